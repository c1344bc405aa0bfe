import { registerKeys, selfLog, type ContactRegister, type UserId } from '#sync-protocol';
import { bounds } from './bounds.ts';
import { roomsOf, userRoom } from './live.ts';
import type { Bus, EventLog, Pause, People, ReportBug, Room } from './ports.ts';

/** Pushes changed profiles to whoever sees their person, at most so often for each and the last one always. [PR-1] */
export interface ProfileNews {
  changed(user: UserId): void;
}

type Deps = {
  readonly log: EventLog;
  readonly people: People;
  readonly bus: Bus;
  readonly pause: Pause;
  readonly reportBug: ReportBug;
};

export function createProfileNews({ log, people, bus, pause, reportBug }: Deps): ProfileNews {
  /** Whose profile was pushed a moment ago, and whether it changed again since. */
  const recent = new Map<UserId, boolean>();

  async function push(user: UserId): Promise<void> {
    const [own] = await people.visibleTo(user, [user]);
    if (!own) return;
    const { phone: _, ...profile } = own;
    const rooms = [...(await roomsOf(log, user)), ...(await roomsOfContacts(log, user))];
    bus.tell({ log: selfLog(user), steps: [{ kind: 'spread', rooms, down: { type: 'profile', profile } }] });
  }

  /** Ends when nothing changed during a pause. */
  async function run(user: UserId): Promise<void> {
    do {
      recent.set(user, false);
      await push(user).catch(reportBug);
      await pause(bounds.profilePauseMs);
    } while (recent.get(user));
    recent.delete(user);
  }

  return {
    changed: (user) => {
      if (recent.has(user)) recent.set(user, true);
      else void run(user);
    },
  };
}

async function roomsOfContacts(log: EventLog, user: UserId): Promise<readonly Room[]> {
  const prefix = registerKeys.contact('' as UserId);
  return (await log.registers(user, prefix)).flatMap(({ key, value }) => {
    const { on, of } = value as ContactRegister;
    return on || of ? [userRoom(key.slice(prefix.length) as UserId)] : [];
  });
}
