import {
  conversationLog,
  directConversationId,
  directSeed,
  visibleHead,
  type ConversationId,
  type Op,
  type OpOf,
  type RefusalCode,
  type Seq,
  type UserId,
} from '#sync-protocol';
import type { Directory, EventLog, Hashes, Marks } from './ports.ts';

/** What an op comes to, given facts from outside its log. The outcome is written into the event. [AU-6] */
export type Outcome =
  | { readonly kind: 'stands'; readonly type: string; readonly payload: unknown }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly detail: string; readonly retryAfterMs?: number | undefined };

export const stands = (type: string, payload: unknown): Outcome => ({ kind: 'stands', type, payload });
export const refused = (code: RefusalCode, detail = ''): Outcome => ({ kind: 'refused', code, detail });

type SelfOutcomesDeps = { readonly log: EventLog; readonly directory: Directory; readonly hashes: Hashes };

/** Ops of a self log that speak of conversations and people. */
export function createSelfOutcomes({ log, directory, hashes }: SelfOutcomesDeps): { of(op: Op, by: UserId): Promise<Outcome> } {
  const exists = async (user: UserId): Promise<boolean> => (await directory.existing([user])).has(user);

  async function seenTo(conversation: ConversationId, user: UserId): Promise<Seq | undefined> {
    const id = conversationLog(conversation);
    const [record, membership] = [await log.record(id), await log.membership(id, user)];
    return record && membership && visibleHead(membership.spans, record.head);
  }

  /** Nobody reads further than they may see. [RG-2] */
  async function readMarker({ payload }: OpOf<'read-marker'>, by: UserId): Promise<Outcome> {
    const head = await seenTo(payload.conversation, by);
    if (head === undefined) return refused('not-found');
    const seq = Math.min(payload.seq, head);
    const marks = await log.marksAt(conversationLog(payload.conversation), by, seq);
    return stands('read-marker', { ...payload, seq, marks });
  }

  async function dropped({ payload }: OpOf<'dropped'>, by: UserId): Promise<Outcome> {
    const head = await seenTo(payload.conversation, by);
    if (head === undefined) return refused('not-found');
    return stands('dropped', { ...payload, upTo: Math.min(payload.upTo, head) });
  }

  /** The event says where the direct conversation stood, so that unread is counted without looking there. [RG-4] */
  async function blocked({ payload }: OpOf<'blocked'>, by: UserId): Promise<Outcome> {
    if (payload.user === by || !(await exists(payload.user))) return refused('not-found');
    const direct = conversationLog(directConversationId(hashes.digest(directSeed(by, payload.user))));
    const head = (await log.record(direct))?.head ?? 0;
    const marks: Marks = head > 0 ? await log.marksAt(direct, by, head) : { seq: 0, ordinal: 0, ownOrdinal: 0 };
    return stands('blocked', { ...payload, marks });
  }

  /** [RG-6] */
  async function contactByNumber({ payload }: OpOf<'contact-by-number'>, by: UserId): Promise<Outcome> {
    const { phone, ...name } = payload;
    const user = await directory.byPhone(phone, by);
    if (!user || user === by) return refused('not-found');
    return stands('contact', { user, ...name, on: true });
  }

  return {
    of: async (op, by) => {
      switch (op.type) {
        case 'read-marker':
          return readMarker(op, by);
        case 'dropped':
          return dropped(op, by);
        case 'blocked':
          return blocked(op, by);
        case 'contact':
          return op.payload.user !== by && (await exists(op.payload.user)) ? stands(op.type, op.payload) : refused('not-found');
        case 'contact-by-number':
          return contactByNumber(op, by);
        default:
          return stands(op.type, op.payload);
      }
    },
  };
}
