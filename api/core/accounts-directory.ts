import { Refusal, type UserId } from '#sync-protocol';
import type { AccountStore, PhoneNumbers, Secrets } from './accounts-ports.ts';
import type { Clock, Directory } from './ports.ts';

/** Enough for the longest address book, far too few to try out a country's numbers. [AC-2] */
export const newNumbersPerDay = { max: 1_000, ms: 24 * 60 * 60_000 } as const;

type DirectoryDeps = {
  readonly store: AccountStore;
  readonly phones: PhoneNumbers;
  readonly secrets: Secrets;
  readonly clock: Clock;
};

export function createDirectory({ store, phones, secrets, clock }: DirectoryDeps): Directory {
  return {
    existing: async (users) => new Set((await store.accounts(users)).map(({ user }) => user)),
    byPhone: async (typed, caller) => {
      const own = await store.account(caller);
      const phone = phones.parse(typed, own?.phone);
      if (!phone) throw new Refusal('malformed', 'phone');
      const found = (await store.accountByPhone(phone))?.user;
      await note(caller, phone, found);
      return found;
    },
  };

  async function note(user: UserId, phone: string, found: UserId | undefined): Promise<void> {
    const phoneHash = secrets.keyedHash(await store.codeKey(), phone);
    const noted = await store.noteLookup({ user, phoneHash, at: clock.now(), ...(found && { found }) }, newNumbersPerDay);
    if (!noted) throw new Refusal('too-fast', 'numbers', { retryAfterMs: 60 * 60_000 });
  }
}
