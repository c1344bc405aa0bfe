import type { DatabaseSync } from 'node:sqlite';
import type { UserId } from '#sync-protocol';
import type { ProfileChange } from '../../core/ports.ts';

/** When each person last changed how they appear: a projection of their self logs. [PR-2] */
export const profileChangesTables = `
CREATE TABLE profile_changes (user TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX profile_changes_by_time ON profile_changes (at);
INSERT INTO profile_changes (user, at)
  SELECT substr(log, 3), max(content ->> 'at') FROM events
  WHERE log >= 'u:' AND log < 'u;' AND content ->> 'type' = 'profile' GROUP BY log;
`;

/** Up to so many changes are looked at one by one; when there were more, it is less to look at whom the person has to do with. */
const fewMax = 100;

export function openProfileChanges(db: DatabaseSync) {
  const recent = db.prepare('SELECT user, at FROM profile_changes WHERE at >= ? LIMIT ?');
  const isMet = db.prepare(`
    SELECT 1 FROM memberships AS own JOIN memberships AS theirs ON theirs.log = own.log
    WHERE own.user = ? AND own.role IS NOT NULL AND theirs.user = ? AND theirs.role IS NOT NULL LIMIT 1`);
  const isContact = db.prepare(`SELECT 1 FROM registers WHERE user = ? AND key = 'contact:' || ? AND ${onOrOf}`);
  const own = db.prepare('SELECT user, at FROM profile_changes WHERE user = ? AND at >= ?');
  const amongMet = db.prepare(`
    SELECT theirs.user, changes.at FROM memberships AS own
      CROSS JOIN memberships AS theirs ON theirs.log = own.log CROSS JOIN profile_changes AS changes ON changes.user = theirs.user
    WHERE own.user = ? AND changes.at >= ? AND own.role IS NOT NULL AND theirs.role IS NOT NULL`);
  const amongContacts = db.prepare(`
    SELECT changes.user, changes.at FROM registers CROSS JOIN profile_changes AS changes ON changes.user = substr(key, 9)
    WHERE registers.user = ? AND changes.at >= ? AND key >= 'contact:' AND key < 'contact;' AND ${onOrOf}`);
  const isKnown = (user: UserId, other: UserId) =>
    user === other || isMet.get(user, other) !== undefined || isContact.get(user, other) !== undefined;
  return {
    profilesChanged(user: UserId, since: number): readonly ProfileChange[] {
      const few = recent.all(since, fewMax + 1) as ProfileChange[];
      const found =
        few.length > fewMax
          ? ([own, amongMet, amongContacts].flatMap((among) => among.all(user, since)) as ProfileChange[])
          : few.filter((one) => isKnown(user, one.user));
      const times = new Map(found.map((one) => [one.user, one.at]));
      return [...times].map(([one, at]) => ({ user: one, at })).sort((a, b) => a.at - b.at);
    },
  };
}

const onOrOf = "(value ->> 'on' = 1 OR value ->> 'of' = 1)";
