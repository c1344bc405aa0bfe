import { invariant } from '#sync-protocol';
import type { Account, AccountStore, NumberMove, Redemption } from '../../core/accounts-ports.ts';
import type { Clock } from '../../core/ports.ts';
import type { AccountDoc, Models, NumberDoc, PinDoc, SessionDoc, UntoldDoc } from './models.ts';
import { withCode, type Decision, type Held, type NumberDocs, type Owed } from './number-docs.ts';

export type Numbers = Pick<AccountStore, 'accountByPhone' | 'redeem' | 'moveNumber' | 'numbersUntold' | 'numberTold'> & {
  /** Writes what was decided at least `ms` ago and not written: its server is not going to. Answers for how many numbers. */
  settleWaiting(ms: number): Promise<number>;
};
type Redeemed = Awaited<ReturnType<AccountStore['redeem']>>;
type Moved = Awaited<ReturnType<AccountStore['moveNumber']>>;

/** Whose number it is, and how it becomes another's. */
export function openNumbers(models: Models, { amend, amendOf, holderOf }: NumberDocs, clock: Clock): Numbers {
  const { numbers, accounts, untold } = models;

  async function redeem(
    { requestId, account, session, takenFrom }: Redemption,
    held: Held,
    phone: string,
  ): Promise<Decision<Redeemed>> {
    invariant(account?.phone === undefined || account.phone === phone, 'an account begins with the number that was proved');
    const holder = account && (await holderOf(phone, held));
    if (holder && holder._id !== takenFrom?.user) return { answer: 'number-taken' };
    if (holder && takenFrom && (await isUsedSince(models, takenFrom))) return { answer: 'in-use' };
    const owed: Owed = {
      requestId,
      at: clock.now(),
      session,
      ...(account && { account }),
      ...(holder && { takenFrom: { user: holder._id, phoneBy: holder.phoneBy, pinSalt: await saltOf(models, holder) } }),
    };
    return { answer: 'redeemed', next: { ...held, ...(account && { user: account.user }) }, owed };
  }
  async function move({ requestId, user, phone }: NumberMove, held: Held): Promise<Decision<Moved>> {
    const account = await accounts.findById(user).lean<AccountDoc>();
    if (!account) return { answer: 'used-before' };
    const holder = await holderOf(phone, held);
    if (holder && holder._id !== user) return { answer: 'number-taken' };
    const next = { ...held, user };
    const moved = { user, phone, phoneBy: account.phoneBy };
    return holder ? { answer: 'moved', next } : { answer: 'moved', next, owed: { requestId, at: clock.now(), moved } };
  }
  /** Decides by an open code and uses it up, if it decides for anything. */
  const byCode = <T>(requestId: string, decide: (held: Held, phone: string) => Promise<Decision<T | 'used-before'>>) =>
    amendOf<T | 'used-before'>(requestId, 'used-before', async (held, request) => {
      if (request.state === 'used') return { answer: 'used-before' };
      const decision = await decide(held, request.phone);
      return decision.next ? { ...decision, next: withCode(decision.next, request, { state: 'used' }) } : decision;
    });

  return {
    accountByPhone: async (phone) => {
      const holder = await amend(phone, async (held) => ({ answer: await holderOf(phone, held) }));
      return holder && toAccount(holder);
    },
    redeem: (redemption) => byCode<Redeemed>(redemption.requestId, (held, phone) => redeem(redemption, held, phone)),
    moveNumber: async (asked) => {
      const outcome = await byCode<Moved>(asked.requestId, (held, phone) => {
        invariant(phone === asked.phone, 'an account moves to the number that was proved');
        return move(asked, held);
      });
      if (outcome !== 'moved') return outcome;
      // Of two moves of one person at once one came too late, and its code is used up.
      const account = await accounts.findById(asked.user).lean<AccountDoc>();
      return account?.phone === asked.phone ? 'moved' : 'used-before';
    },
    numbersUntold: async () =>
      (await untold.find().sort({ _id: 1 }).lean<UntoldDoc[]>()).map(({ _id: user, requestId }) => ({ user, requestId })),
    numberTold: async ({ user, requestId }) => void (await untold.deleteOne({ _id: user, requestId })),
    settleWaiting: async (ms) => {
      const waiting = await numbers.find({ owedAt: { $lte: clock.now() - ms } }, { _id: 1 }).lean<Pick<NumberDoc, '_id'>[]>();
      for (const { _id } of waiting) await amend(_id, () => ({ answer: undefined }));
      return waiting.length;
    },
  };
}

async function isUsedSince({ sessions }: Models, { user, quietSince }: NonNullable<Redemption['takenFrom']>): Promise<boolean> {
  const ofHolder = await sessions.find({ user }).lean<SessionDoc[]>();
  return ofHolder.some(({ usedAt }) => usedAt > quietSince);
}

async function saltOf({ pins }: Models, { _id }: AccountDoc): Promise<string | undefined> {
  return (await pins.findById(_id).lean<PinDoc>())?.salt;
}

export function toAccount({ _id: user, phoneBy: _, ...account }: AccountDoc): Account {
  return { user, ...account };
}
