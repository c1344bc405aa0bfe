import type { UserId } from '#sync-protocol';
import type { Account, CodeRequest, Session } from '../../core/accounts-ports.ts';
import { insertNew } from './errors.ts';
import type { AccountDoc, CodePhoneDoc, Models, NumberDoc } from './models.ts';
import { createTurns } from './turns.ts';

export type Held = { readonly codes: readonly CodeRequest[]; readonly user?: UserId | undefined };
/** What follows from a decision in other documents. Each of it may be written again, and late, and changes nothing then. */
export type Owed = {
  readonly requestId: string;
  readonly at: number;
  readonly session?: Session;
  readonly account?: Account;
  readonly moved?: { readonly user: UserId; readonly phone: string; readonly phoneBy: string | undefined };
  readonly takenFrom?: { readonly user: UserId; readonly phoneBy: string | undefined; readonly pinSalt: string | undefined };
};
export type Decision<T> = { readonly answer: T; readonly next?: Held; readonly owed?: Owed };

type Deciding<T> = Promise<Decision<T>> | Decision<T>;

export interface NumberDocs {
  /** Decides on what is there, with nothing owed any more, and again when somebody was faster. */
  amend<T>(phone: string, decide: (held: Held) => Deciding<T>): Promise<T>;
  /** The same of the number to which this code was sent; answers `none` where there is no such code. */
  amendOf<T>(requestId: string, none: T, decide: (held: Held, request: CodeRequest) => Deciding<T>): Promise<T>;
  /** Whose number it is: who was written here last, if theirs is not another by now. */
  holderOf(phone: string, held: Held): Promise<AccountDoc | undefined>;
}

/**
 * A number, its codes and whose it is are one document that is written only as it was read: that is the one step. What follows
 * elsewhere is written into it with the decision, then done, then crossed out; whoever comes by first finishes it. [SQ-14]
 */
export function createNumberDocs(models: Models): NumberDocs {
  const { numbers, codePhones, accounts } = models;
  const inTurn = createTurns();
  const pay = openPayments(models);

  async function swap(
    phone: string,
    before: NumberDoc | null,
    { codes, user }: Held,
    owed?: Owed,
  ): Promise<NumberDoc | undefined> {
    const fields = {
      revision: (before?.revision ?? 0) + 1,
      codes: JSON.stringify(codes),
      ...(user !== undefined && { user }),
      ...(owed && { owed: JSON.stringify(owed), owedAt: owed.at }),
    };
    const inserting = () => insertNew(numbers, { _id: phone, ...fields });
    const isWritten = before
      ? (await numbers.updateOne({ _id: phone, revision: before.revision }, { $set: fields })).matchedCount === 1
      : await inserting();
    return isWritten ? { _id: phone, ...fields } : undefined;
  }
  async function settle({ _id, revision, owed = '' }: NumberDoc): Promise<void> {
    await pay(JSON.parse(owed) as Owed);
    await numbers.updateOne({ _id, revision }, { $set: { revision: revision + 1 }, $unset: { owed: true, owedAt: true } });
  }
  const amend: NumberDocs['amend'] = (phone, decide) =>
    inTurn(phone, async () => {
      for (;;) {
        const doc = await numbers.findById(phone).lean<NumberDoc>();
        if (doc?.owed !== undefined) {
          await settle(doc);
          continue;
        }
        const { answer, next, owed } = await decide({ codes: codesOf(doc), user: doc?.user });
        if (!next) return answer;
        const written = await swap(phone, doc, next, owed);
        if (!written) continue;
        if (owed) await settle(written);
        return answer;
      }
    });

  return {
    amend,
    amendOf: async (requestId, none, decide) => {
      const pointer = await codePhones.findById(requestId).lean<CodePhoneDoc>();
      if (!pointer) return none;
      return amend(pointer.phone, (held) => {
        const request = held.codes.find((code) => code.requestId === requestId);
        return request ? decide(held, request) : { answer: none };
      });
    },
    holderOf: async (phone, { user }) => {
      const account = user === undefined ? null : await accounts.findById(user).lean<AccountDoc>();
      return account?.phone === phone ? account : undefined;
    },
  };
}

/** The same document with one of its codes changed. */
export const withCode = (held: Held, request: CodeRequest, to: Partial<CodeRequest>): Held => ({
  ...held,
  codes: held.codes.map((code) => (code === request ? { ...code, ...to } : code)),
});

export const codesOf = (doc: NumberDoc | null): readonly CodeRequest[] =>
  doc ? (JSON.parse(doc.codes) as readonly CodeRequest[]) : [];

function openPayments({ accounts, pins, sessions, lookups, untold }: Models): (owed: Owed) => Promise<void> {
  /** Whoever found the person by the number does not know one any more, and the person's own devices are to be told. */
  async function noteMoved(user: UserId, { requestId, at }: Owed): Promise<void> {
    await lookups.updateMany({ found: user, at: { $lte: at } }, { $unset: { found: true } });
    await untold.updateOne({ _id: user }, { $set: { requestId } }, { upsert: true });
  }
  return async (owed) => {
    const { requestId, session, account, moved, takenFrom } = owed;
    if (takenFrom) {
      const { user, phoneBy, pinSalt } = takenFrom;
      await accounts.updateOne({ _id: user, ...by(phoneBy) }, { $unset: { phone: true, phoneBy: true } });
      if (pinSalt !== undefined) await pins.deleteOne({ _id: user, salt: pinSalt });
      await noteMoved(user, owed);
    }
    if (account) {
      const { user: _id, ...fields } = account;
      await insertNew(accounts, { _id, ...fields, phoneBy: requestId });
    }
    if (moved) {
      const { user, phone, phoneBy } = moved;
      await accounts.updateOne({ _id: user, ...by(phoneBy) }, { $set: { phone, phoneBy: requestId } });
      await noteMoved(user, owed);
    }
    if (session) {
      const { device: _id, ...fields } = session;
      await insertNew(sessions, { _id, ...fields });
    }
  };
}

/** As it has its number, or has none. */
const by = (phoneBy: string | undefined) => ({ phoneBy: phoneBy ?? { $exists: false } });
