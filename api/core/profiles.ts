import { allowed, Refusal, registerKeys, selfLog } from '#sync-protocol';
import type { ContactRegister, Interval, LogId, Profile, ProfileRegister, UserId } from '#sync-protocol';
import type { Account, AccountStore } from './accounts-ports.ts';
import type { ConversationOfUser, EventLog, People } from './ports.ts';

export interface Profiles extends People {
  own(user: UserId): Promise<Profile>;
}

type ProfilesDeps = {
  readonly store: Pick<AccountStore, 'account' | 'accounts' | 'foundByNumber'>;
  readonly log: EventLog;
};

export function createProfiles({ store, log }: ProfilesDeps): Profiles {
  /** What one changed about oneself is in the self log; what was never changed is as it was given when signing up. */
  async function profileOf({ user, phone, name, signedUpAt }: Account): Promise<Profile> {
    const register = await log.register(user, registerKeys.profile());
    const said: ProfileRegister = (register?.value as ProfileRegister | undefined) ?? {};
    const [event] = register ? await log.read(selfLog(user), register.revised - 1, 1) : [];
    const changedAt = event?.at ?? signedUpAt;
    return { id: user, name, about: '', ...said, ...(phone !== undefined && { phone }), changedAt };
  }

  /** As `reader` may see them; nothing if they have nothing to do with each other. */
  async function seenBy(reader: Reading, account: Account): Promise<Profile | undefined> {
    if (account.user === reader.user) return profileOf(account);
    const contact = await contactOf(log, reader.user, account.user);
    const isKnown = contact.on || contact.of || (await haveMet(log, reader.seen, account.user));
    if (!isKnown) return undefined;
    const { phone, ...profile } = await profileOf(account);
    const isShown = phone !== undefined && contact.on && reader.numbersKnown.has(account.user);
    return isShown ? { ...profile, phone } : profile;
  }

  return {
    own: async (user) => {
      const account = await store.account(user);
      if (!account) throw new Refusal('not-found');
      return profileOf(account);
    },
    visibleTo: async (user, users) => {
      const accounts = await store.accounts([...new Set(users)]);
      const numbersKnown = await store.foundByNumber(user, users);
      const reader = { user, numbersKnown, seen: await intervalsSeen(log, user) };
      const profiles = await Promise.all(accounts.map((account) => seenBy(reader, account)));
      return profiles.filter((profile) => profile !== undefined);
    },
  };
}

type Reading = {
  readonly user: UserId;
  readonly numbersKnown: ReadonlySet<UserId>;
  /** What of each of their conversations they may see. */
  readonly seen: ReadonlyMap<LogId, readonly Interval[]>;
};

async function contactOf(log: EventLog, reader: UserId, other: UserId): Promise<Pick<ContactRegister, 'on' | 'of'>> {
  const register = await log.register(reader, registerKeys.contact(other));
  return (register?.value as ContactRegister | undefined) ?? { on: false, of: false };
}

async function intervalsSeen(log: EventLog, user: UserId): Promise<ReadonlyMap<LogId, readonly Interval[]>> {
  return new Map((await log.conversationsOf(user, 0)).map((held) => [held.record.log, intervalsOf(held)]));
}

const intervalsOf = ({ record, membership }: ConversationOfUser): readonly Interval[] =>
  allowed(membership.spans, record.state?.policy.history ?? 'joined', record.head);

/** Whether the other was in some conversation at a time that the reader may see. [VS-2] */
async function haveMet(log: EventLog, seen: ReadonlyMap<LogId, readonly Interval[]>, other: UserId): Promise<boolean> {
  if (seen.size === 0) return false;
  return (await log.conversationsOf(other, 0)).some(({ record, membership }) => {
    const stays = membership.spans.map(({ from, to }) => ({ from, to: to ?? record.head }));
    return seen.get(record.log)?.some((interval) => stays.some((stay) => stay.from <= interval.to && stay.to >= interval.from));
  });
}
