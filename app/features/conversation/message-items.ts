import type { I18n } from '@lingui/core';
import type { OpId, Seq, UserId } from '#sync-protocol';
import type { ScreenItem } from '../../store/queries/queries.ts';
import type { ParkedReason } from '../frame/refusal-words.ts';
import { parkedWords } from '../frame/refusal-words.ts';
import { withDays } from '../../ui/arrange.ts';
import type { ListItem, LoadState, MessageState, MessageView } from '../../ui/list-item.ts';

type HeldMessage = Extract<ScreenItem, { kind: 'message' }>['message'];

/** What the rows need to know beside the messages themselves. */
export type Setting = {
  readonly i18n: I18n;
  readonly me: UserId;
  readonly nameOf: (user: UserId) => string;
  /** Why a message of this id was not taken. */
  readonly parked: ReadonlyMap<OpId, ParkedReason>;
  readonly loads: ReadonlyMap<string, LoadState>;
  /** What was unread when the conversation was opened. */
  readonly unread: { readonly after: Seq; readonly count: number } | undefined;
};

const writtenApartMs = 60_000;

/** The rows of a conversation, oldest first, with days and the place where reading goes on. */
export function toListItems(held: readonly ScreenItem[], setting: Setting): readonly ListItem[] {
  const items = withDays(held.map((item) => toListItem(item, setting)));
  const unread = unreadOf(held, setting);
  const at = items.findIndex(({ key }) => key === unread?.first);
  if (!unread || at < 0) return items;
  return [...items.slice(0, at), { kind: 'unread', key: unreadKey, count: unread.count }, ...items.slice(at)];
}

export const gapKey = (kind: 'hole' | 'stale' | 'absent', to: Seq): string => `${kind} to ${to}`;

function toListItem(item: ScreenItem, setting: Setting): ListItem {
  switch (item.kind) {
    case 'message':
      return { kind: 'message', key: item.message.id, message: toView(item.message, setting) };
    case 'hole': {
      const key = gapKey('hole', item.to);
      return { kind: 'hole', key, count: item.to - item.from + 1, load: setting.loads.get(key) ?? 'idle' };
    }
    case 'stale': {
      const key = gapKey('stale', item.to);
      return { kind: 'stale', key, load: setting.loads.get(key) ?? 'idle' };
    }
    case 'absent':
      return { kind: 'absent', key: gapKey('absent', item.to) };
  }
}

function toView(message: HeldMessage, setting: Setting): MessageView {
  const { at, writtenAt } = message;
  return {
    id: message.id,
    senderId: message.by,
    senderName: message.by === setting.me ? setting.i18n._('You') : setting.nameOf(message.by),
    isOwn: message.by === setting.me,
    text: textOf(message, setting.i18n),
    timeMs: at,
    state: stateOf(message, setting),
    isEdited: message.edits > 0,
    isDeleted: message.deleted !== undefined,
    ...(Math.abs(at - writtenAt) > writtenApartMs && { writtenAtMs: writtenAt }),
  };
}

function textOf({ body, withheld }: HeldMessage, i18n: I18n): string {
  if (body && 'text' in body && typeof body.text === 'string') return body.text;
  if (withheld) return i18n._('Changed after you left: its present text is not shown.');
  return body ? i18n._('This version of Chatter cannot show this message yet.') : '';
}

function stateOf({ id, local }: HeldMessage, { i18n, parked }: Setting): MessageState {
  if (local !== 'parked') return { at: local ?? 'sent' };
  const reason = parked.get(id);
  return { at: 'failed', reason: reason === undefined ? i18n._('it was not taken') : parkedWords(i18n, reason) };
}

/**
 * The first message of somebody else that had not been read. Where some are not held, the count is the one of the list. Whoever
 * has written after it has seen what was new.
 */
function unreadOf(
  held: readonly ScreenItem[],
  { unread, me }: Setting,
): { readonly first: string; readonly count: number } | undefined {
  if (!unread) return undefined;
  const isUnread = (item: ScreenItem) =>
    item.kind === 'message' && item.message.by !== me && item.message.local === undefined && item.message.seq > unread.after;
  const at = held.findIndex(isUnread);
  const first = held[at];
  if (first?.kind !== 'message' || held.slice(at).some((item) => item.kind === 'message' && item.message.by === me))
    return undefined;
  return { first: first.message.id, count: Math.max(held.filter(isUnread).length, unread.count) };
}

export const unreadKey = 'unread';
