import { allowed, Refusal, registerKeys, selfLog } from '#sync-protocol';
import type { ContactRegister, HistoryPolicy, LogId, Profile, ProfileRegister, UserId } from '#sync-protocol';
import type { Account, AccountStore } from './accounts-ports.ts';
import type { EventLog, People, RootPart } from './ports.ts';

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
    const isKnown = contact.on || contact.of || (await haveMet(log, reader.own, account.user));
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
      const reader = { user, numbersKnown, own: await ownParts(log, user) };
      const profiles = await Promise.all(accounts.map((account) => seenBy(reader, account)));
      return profiles.filter((profile) => profile !== undefined);
    },
  };
}

type Reading = {
  readonly user: UserId;
  readonly numbersKnown: ReadonlySet<UserId>;
  /** How far each of their conversations goes, and when they were in it. */
  readonly own: ReadonlyMap<LogId, RootPart>;
};

async function contactOf(log: EventLog, reader: UserId, other: UserId): Promise<Pick<ContactRegister, 'on' | 'of'>> {
  const register = await log.register(reader, registerKeys.contact(other));
  return (register?.value as ContactRegister | undefined) ?? { on: false, of: false };
}

const ownParts = async (log: EventLog, user: UserId): Promise<Reading['own']> =>
  new Map((await log.rootPartsOf(user)).map((part) => [part.log, part]));

/** Whether the other was in some conversation at a time that the reader may see. [VS-2] */
async function haveMet(store: EventLog, own: Reading['own'], other: UserId): Promise<boolean> {
  if (own.size === 0) return false;
  const common = (await store.rootPartsOf(other)).flatMap((theirs) => {
    const mine = own.get(theirs.log);
    return mine ? [{ mine, theirs }] : [];
  });
  if (common.some((both) => areSeen(both, 'joined'))) return true;
  // Only where more is seen than one's own stays does it matter which policy holds: states hold every member, so few are read.
  for (const both of common.filter((one) => areSeen(one, 'shared'))) {
    if ((await store.record(both.mine.log))?.state?.policy.history === 'shared') return true;
  }
  return false;
}

type Both = { readonly mine: RootPart; readonly theirs: RootPart };

/** Whether under this policy the one may see of a time at which the other was there. */
function areSeen({ mine, theirs }: Both, history: HistoryPolicy): boolean {
  const seen = allowed(mine.spans, history, mine.head);
  return theirs.spans.some(({ from, to }) => seen.some((part) => from <= part.to && (to ?? theirs.head) >= part.from));
}
