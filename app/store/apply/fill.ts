import { conversationLog, understand, type HistoryPage, type Interval } from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import type { Rejected } from '../../sync/ports.ts';
import { outsideOf, saveConversation, seenOf } from '../conversation.ts';
import { fromWire } from '../message.ts';
import { settle } from '../outbox.ts';
import { spansText, type Scope } from '../outcome.ts';
import type { ConversationRecord, MessageRecord } from '../rows.ts';

/**
 * A page of history goes only where there still is a hole or something older than it, in a conversation whose stays are
 * still those it was asked for under. It is current when it is as new as the watermark or can be brought there. [AP-9, AP-10]
 */
export async function applyFill(scope: Scope, { conversation, page, spans }: ChangeOf<'fill'>): Promise<Rejected | undefined> {
  const { tx, device, outcome } = scope;
  const record = await tx.conversations.get(conversation);
  const epoch = await tx.meta.get('storeEpoch');
  if (!record || epoch?.value !== page.storeEpoch || spansText(record) !== spans) return { kind: 'rejected', why: 'stale' };
  const claim = { from: page.from, to: Math.min(page.to, page.asOf), asOf: page.asOf };
  const seen = seenOf(record);
  const open = device.rules
    .fillable(record.ranges, claim, record.watermark)
    .flatMap((interval) => (seen ? outsideOf(outsideOf(seen, interval), interval) : [interval]));
  const between = device.kept.between(conversation, page.asOf, record.watermark);
  const asOf = device.rules.filledAsOf(page.asOf, record.watermark, between);
  let { ranges } = record;
  for (const interval of open) {
    await putPage(scope, record, page, interval, asOf === undefined ? (between ?? []) : undefined);
    ranges = device.rules.fill(ranges, interval, asOf);
  }
  if (open.length > 0) await saveConversation(scope, { ...record, ranges });
  for (const { by } of page.messages) outcome.people.add(by);
  const arrived = new Set(page.messages.map(({ id }) => id));
  await settle(scope, { log: conversationLog(conversation), arrived, watermark: record.watermark });
  return open.length === 0 && page.from <= record.watermark ? { kind: 'rejected', why: 'duplicate' } : undefined;
}

/** `replay`: every event after the page, so that the result is the present; absent when some of them are not known here. */
async function putPage(
  { tx, device }: Scope,
  { id }: ConversationRecord,
  page: HistoryPage,
  interval: Interval,
  replay: ReturnType<Scope['device']['kept']['between']>,
): Promise<void> {
  const held = new Map((await tx.messages.between(id, interval)).map((message) => [message.id, message]));
  const inside = page.messages.filter(({ seq }) => seq >= interval.from && seq <= interval.to);
  const present = new Set(inside.map((message) => message.id));
  await tx.messages.remove([...held.keys()].filter((key) => !present.has(key)));
  const events = (replay ?? []).filter(({ seq }) => seq > page.asOf).map((event) => ({ event, known: understand(event) }));
  const rows = inside.map((message): MessageRecord => {
    const fresh = fromWire(message, page.asOf, id, device.user);
    // With every later event at hand the page alone is the truth to start from; else later registers held here stay.
    if (!replay) return device.rules.mergeSnapshot(held.get(message.id), fresh);
    const from = held.get(message.id);
    const start = from && from.asOf > fresh.asOf ? from : fresh;
    return events
      .filter(({ event }) => event.target === message.id)
      .reduce((row, { event, known }) => device.rules.reviseHeld(row, event, known), start);
  });
  await tx.messages.putMany(rows);
}
