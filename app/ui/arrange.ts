import { isSameDay } from './dates.ts';
import type { ListItem, MessageView } from './list-item.ts';

/** Where a message stands in an unbroken run by one person; it decides corners, name and avatar. */
export type RunPlace = 'first' | 'mid' | 'last' | 'solo';

const runGapMsMax = 5 * 60_000;

export function runPlaceOf(items: readonly ListItem[], index: number): RunPlace {
  const joinsBefore = joins(items[index - 1], items[index]);
  const joinsAfter = joins(items[index], items[index + 1]);
  if (joinsBefore) return joinsAfter ? 'mid' : 'last';
  return joinsAfter ? 'first' : 'solo';
}

function joins(earlier: ListItem | undefined, later: ListItem | undefined): boolean {
  if (earlier?.kind !== 'message' || later?.kind !== 'message') return false;
  const [a, b] = [earlier.message, later.message];
  return a.senderId === b.senderId && Math.abs(b.timeMs - a.timeMs) <= runGapMsMax;
}

/** Puts a day before the first message of each local day. Items keep their order: no clock decides that. */
export function withDays(items: readonly ListItem[]): readonly ListItem[] {
  const arranged: ListItem[] = [];
  let previousMs: number | undefined;
  for (const item of items) {
    if (item.kind === 'message') {
      const { timeMs } = item.message;
      if (previousMs === undefined || !isSameDay(previousMs, timeMs)) {
        arranged.push({ kind: 'day', key: `day before ${item.key}`, timeMs });
      }
      previousMs = timeMs;
    }
    arranged.push(item);
  }
  return arranged;
}

/** Only the last of several waiting messages says so; a sentence under each would be noise. */
export function isLastWaiting(items: readonly ListItem[], index: number): boolean {
  return isWaiting(items[index]) && !isWaiting(items[index + 1]);
}

function isWaiting(item: ListItem | undefined): boolean {
  return item?.kind === 'message' && isQueued(item.message);
}

function isQueued(message: MessageView): boolean {
  return message.isOwn && message.state.at === 'queued';
}

/**
 * Whether the list grew before the row being read, so that the place is kept measured from the end.
 * `anchorKey` is the first row on screen.
 */
export function grewBefore(anchorKey: string | undefined, before: readonly ListItem[], after: readonly ListItem[]): boolean {
  if (anchorKey === undefined || before.length === after.length) return false;
  const wasAt = before.findIndex(({ key }) => key === anchorKey);
  const isAt = after.findIndex(({ key }) => key === anchorKey);
  if (wasAt < 0 || isAt < 0) return false;
  return isAt !== wasAt && before.length - wasAt === after.length - isAt;
}
