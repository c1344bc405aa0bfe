import {
  conversationLog,
  isDirect,
  registerKeys,
  type BlockedRegister,
  type ConversationId,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { conversationRoom } from './live.ts';
import type { Bus, EventLog, Receipts } from './ports.ts';

type Got = { readonly conversation: ConversationId; readonly delivered: Seq; readonly read: Seq };

/** Raises what a person received and read, and tells the others. */
export interface ReceiptKeeper {
  raise(user: UserId, got: Got): Promise<void>;
}

type ReceiptKeeperDeps = { readonly log: EventLog; readonly receipts: Receipts; readonly bus: Bus };

export function createReceiptKeeper({ log: store, receipts, bus }: ReceiptKeeperDeps): ReceiptKeeper {
  /** While the other person of a direct conversation is blocked, they learn nothing of the blocker. [RC-2] */
  async function isFrozen(conversation: ConversationId, user: UserId, members: readonly UserId[]): Promise<boolean> {
    const other = members.find((member) => member !== user);
    if (!isDirect(conversation) || !other) return false;
    const register = await store.register(user, registerKeys.blocked(other));
    return (register?.value as BlockedRegister | undefined)?.on === true;
  }

  return {
    raise: async (user, { conversation, delivered, read }) => {
      const log = conversationLog(conversation);
      const [record, membership] = await Promise.all([store.record(log), store.membership(log, user)]);
      if (!record?.state || !membership?.role) return;
      if (
        await isFrozen(
          conversation,
          user,
          record.state.members.map(([member]) => member),
        )
      )
        return;
      const { head, roomEpoch } = record;
      const risen = await receipts.raise(conversation, user, {
        delivered: Math.min(Math.max(delivered, read), head),
        read: Math.min(read, head),
      });
      if (!risen) return;
      const room = conversationRoom(conversation, roomEpoch);
      bus.tell({ log, steps: [{ kind: 'deliver', room, down: { type: 'receipts', conversation, people: [risen] } }] });
    },
  };
}
