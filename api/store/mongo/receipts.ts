import { mergeReceipt, type ConversationId, type Receipt, type UserId } from '#sync-protocol';
import type { Receipts } from '../../core/ports.ts';
import { ifTaken, insertNew } from './errors.ts';
import type { Models, ReceiptDoc } from './models.ts';
import { createTurns } from './turns.ts';

/**
 * A rise takes the next version of its conversation, and the unique index lets one have it: whoever saw version 7 could have
 * seen 6. Of two servers the slower reads again. [RC-1]
 */
export function createMongoReceipts({ receipts }: Models): Receipts {
  const inTurn = createTurns();
  const idOf = (conversation: ConversationId, user: UserId): string => `${conversation} ${user}`;
  const held = (conversation: ConversationId, user: UserId) => receipts.findById(idOf(conversation, user)).lean<ReceiptDoc>();

  async function nextVersion(conversation: ConversationId): Promise<number> {
    const newest = await receipts.findOne({ conversation }, { version: 1 }).sort({ version: -1 }).lean<ReceiptDoc>();
    return 1 + (newest?.version ?? 0);
  }
  /** Whether it is written: not when somebody else wrote the row, or took the version. */
  async function swap(before: ReceiptDoc | null, next: ReceiptDoc): Promise<boolean> {
    const { _id, ...fields } = next;
    if (!before) {
      return insertNew(receipts, next);
    }
    const writing = receipts.updateOne({ _id, version: before.version }, { $set: fields });
    return ifTaken(
      writing.then(({ matchedCount }) => matchedCount === 1),
      false,
    );
  }

  async function raise(conversation: ConversationId, user: UserId, to: { readonly delivered: number; readonly read: number }) {
    for (;;) {
      const before = await held(conversation, user);
      const asked = { user, version: 0, delivered: Math.max(to.delivered, to.read), read: to.read };
      const merged = mergeReceipt(before ? toReceipt(before) : undefined, asked);
      if (before && merged.delivered === before.delivered && merged.read === before.read) return undefined;
      const risen = { ...merged, version: await nextVersion(conversation) };
      if (await swap(before, { _id: idOf(conversation, user), conversation, ...risen })) return risen;
    }
  }

  return {
    raise: (conversation, user, to) => inTurn(conversation, () => raise(conversation, user, to)),
    since: async (conversation, version) => {
      const found = receipts.find({ conversation, version: { $gt: version } }).sort({ version: 1 });
      return (await found.lean<ReceiptDoc[]>()).map(toReceipt);
    },
    of: async (conversation, user) => {
      const doc = await held(conversation, user);
      return doc ? toReceipt(doc) : undefined;
    },
  };
}

const toReceipt = ({ user, version, delivered, read }: ReceiptDoc): Receipt => ({ user, version, delivered, read });
