import {
  effectiveMarker,
  isDirect,
  registerKeys,
  unread,
  within,
  type BlockedRegister,
  type BlockedStretch,
  type ConversationRow,
  type Marks,
  type MessageFold,
  type ReadRegister,
  type UserId,
} from '#sync-protocol';
import { bounds } from './bounds.ts';
import { isWithheld } from './messages.ts';
import type { EventLog, Receipts } from './ports.ts';
import type { OwnRegisters, View } from './view.ts';

export interface Rows {
  /** One conversation in one person's list, as of its visible head. `newest` when it is at hand already. */
  row(view: View, registers: OwnRegisters, newest?: MessageFold): Promise<ConversationRow>;
  /** Rows in the same order, a few at a time. */
  rows(views: readonly View[], registers: OwnRegisters): Promise<ConversationRow[]>;
}

type RowsDeps = { readonly log: EventLog; readonly receipts: Receipts };

export function createRows({ log: store, receipts }: RowsDeps): Rows {
  /** The newest message that may be seen, in whichever stay. */
  async function newestOf(view: View): Promise<MessageFold | undefined> {
    for (const { from, to } of view.intervals.toReversed()) {
      const [newest] = await store.messagesIn(view.log, from, to, 1, true);
      if (newest) return newest;
    }
    return undefined;
  }

  /** Where reading goes on: after the marker, after what was dropped, and not before the present stay. [UN-2] */
  async function markerOf({ log, user, conversation, membership, droppedTo }: View, registers: OwnRegisters): Promise<Marks> {
    const span = membership.spans.at(-1)!;
    const read = registers.get(registerKeys.read(conversation))?.value as ReadRegister | undefined;
    const marker = effectiveMarker(read?.marks, span.from, span.before);
    return droppedTo > marker.seq ? store.marksAt(log, user, droppedTo) : marker;
  }

  async function mentionsAfter(view: View, marker: Marks, blocked: readonly BlockedStretch[]): Promise<number> {
    const seqs = await store.mentions(view.log, view.user, marker.seq, bounds.mentionsPageMax);
    const isBlocked = (seq: number) => blocked.some(({ from, to }) => seq > from.seq && seq <= (to?.seq ?? Infinity));
    return seqs.filter((seq) => within(seq, view.intervals) && !isBlocked(seq)).length;
  }

  async function row(view: View, registers: OwnRegisters, newest?: MessageFold): Promise<ConversationRow> {
    const { conversation, head, chain, lastAt, marks, record, membership, shared } = view;
    const other = otherOf(view);
    const blocked = other && (registers.get(registerKeys.blocked(other))?.value as BlockedRegister | undefined)?.stretches;
    const marker = await markerOf(view, registers);
    const count = unread(marks, marker, blocked);
    const theirs = other && other !== view.user ? await receipts.of(conversation, other) : undefined;
    const shown = newest ?? (await newestOf(view));
    const { role } = membership;
    return {
      id: conversation,
      kind: isDirect(conversation) ? 'direct' : 'group',
      ...(shared.title !== undefined && { title: shared.title }),
      ...(other && { other }),
      head,
      chain,
      lastAt,
      ...(shown && { preview: previewOf(shown, view) }),
      marks,
      unread: count,
      mentions: count > 0 ? await mentionsAfter(view, marker, blocked ?? []) : 0,
      ...(role && { role }),
      members: role ? (record.state?.members.length ?? 0) : (membership.spans.at(-1)?.end?.members ?? 0),
      roomEpoch: role ? record.roomEpoch : (membership.spans.at(-1)?.end?.roomEpoch ?? 0),
      compactedTo: record.compactedTo,
      ...(theirs && { delivered: theirs.delivered, read: theirs.read }),
    };
  }

  return {
    row,
    rows: async (views, registers) => {
      const rows: ConversationRow[] = [];
      for (let at = 0; at < views.length; at += bounds.rowsAtOnce) {
        rows.push(...(await Promise.all(views.slice(at, at + bounds.rowsAtOnce).map((view) => row(view, registers)))));
      }
      return rows;
    },
  };
}

/** The other person of a direct conversation, oneself for notes. */
export function otherOf({ conversation, record, user }: View): UserId | undefined {
  if (!isDirect(conversation)) return undefined;
  return record.state?.members.map(([member]) => member).find((member) => member !== user) ?? user;
}

function previewOf(message: MessageFold, view: View): NonNullable<ConversationRow['preview']> {
  const { id, by, body, deleted } = message;
  const isHidden = isWithheld(message, view) || deleted !== undefined;
  const text = !isHidden && body?.kind === 'text' ? (body as { text: string }).text : undefined;
  return {
    id,
    by,
    kind: isHidden ? 'text' : (body?.kind ?? 'text'),
    ...(text !== undefined && { text: firstChars(text, bounds.previewCharsMax) }),
    ...(deleted !== undefined && !isWithheld(message, view) && { deleted: true }),
  };
}

/** Never half of a pair of surrogates. */
const firstChars = (text: string, max: number): string => text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
