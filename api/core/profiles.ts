import { allowed, Refusal, registerKeys } from '#sync-protocol';
import type { ContactRegister, Interval, LogId, Profile, UserId } from '#sync-protocol';
import type { Account, AccountStore } from './accounts-ports.ts';
import type { Clock, ConversationOfUser, EventLog } from './ports.ts';

/** `hue: null` goes back to the colour that is derived from the id. */
export type ProfileChange = {
  readonly name?: string | undefined;
  readonly about?: string | undefined;
  readonly hue?: number | null | undefined;
};

export interface Profiles {
  own(user: UserId): Promise<Profile>;
  write(user: UserId, change: ProfileChange): Promise<Profile>;
  /** Those of `users` whom `reader` may see, each as `reader` may see them. Who is missing is unknown or none of theirs. [AC-8] */
  visibleTo(reader: UserId, users: readonly UserId[]): Promise<readonly Profile[]>;
}

type ProfilesDeps = { readonly store: AccountStore; readonly log: EventLog; readonly clock: Clock };

export function createProfiles({ store, log, clock }: ProfilesDeps): Profiles {
  async function accountOf(user: UserId): Promise<Account> {
    const account = await store.account(user);
    if (!account) throw new Refusal('not-found');
    return account;
  }

  return {
    own: async (user) => ownProfile(await accountOf(user)),
    write: async (user, change) => {
      const account = await accountOf(user);
      const hue = change.hue === undefined ? account.hue : (change.hue ?? undefined);
      const changed = {
        name: (change.name ?? account.name).trim(),
        about: change.about ?? account.about,
        changedAt: clock.now(),
      };
      const profile = { ...changed, ...(hue !== undefined && { hue }) };
      await store.writeProfile(user, profile);
      return ownProfile({ user, phone: account.phone, ...profile });
    },
    visibleTo: async (reader, users) => {
      const accounts = await store.accounts([...new Set(users)]);
      const numbersKnown = await store.foundByNumber(reader, users);
      const seen = await intervalsSeen(log, reader);
      const profiles = accounts.map(async (account) => {
        if (account.user === reader) return ownProfile(account);
        const contact = await contactOf(log, reader, account.user);
        const isKnown = contact.on || contact.of || (await haveMet(log, seen, account.user));
        if (!isKnown) return undefined;
        return contact.on && numbersKnown.has(account.user) ? ownProfile(account) : withoutPhone(account);
      });
      return (await Promise.all(profiles)).filter((profile) => profile !== undefined);
    },
  };
}

export function ownProfile(account: Account): Profile {
  return { ...withoutPhone(account), phone: account.phone };
}

function withoutPhone({ user, name, about, hue, changedAt }: Account): Profile {
  return { id: user, name, about, ...(hue !== undefined && { hue }), changedAt };
}

async function contactOf(log: EventLog, reader: UserId, other: UserId): Promise<Pick<ContactRegister, 'on' | 'of'>> {
  const register = await log.register(reader, registerKeys.contact(other));
  return (register?.value as ContactRegister | undefined) ?? { on: false, of: false };
}

/** What of each of their conversations a person may see. */
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
