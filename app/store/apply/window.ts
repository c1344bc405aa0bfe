import { conversationLog, conversationOf, invariant, type LogPart, type Window } from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import type { Rejected } from '../../sync/ports.ts';
import { blankConversation, saveConversation } from '../conversation.ts';
import { fromWire } from '../message.ts';
import { forgetHistory } from '../membership.ts';
import { settle } from '../outbox.ts';
import { nameMembers } from '../people-wanted.ts';
import type { Scope } from '../outcome.ts';
import { PENDING_ORDER, type ConversationRecord, type MessageRecord } from '../rows.ts';

/** The newest messages instead of a run that would be too long: what lies before becomes stale, what lies between is a hole. [AP-1, AP-3] */
export async function applyWindow(scope: Scope, { window }: ChangeOf<'window'>): Promise<Rejected | undefined> {
  const { tx, device, outcome } = scope;
  const id = conversationOf(window.log);
  invariant(id, 'a self log has no window');
  const record = (await tx.conversations.get(id)) ?? blankConversation(id);
  if (!device.rules.windowFits(window, record.watermark)) return { kind: 'rejected', why: 'stale' };
  if (!device.rules.keepsOver('window')) outcome.afterwards.push(() => device.kept.forget(id));
  await put(scope, record, window);
  return undefined;
}

/** Another history than the one that was seen: as from nothing, but nothing that was written here is lost. [AP-5] */
export async function applyReset(scope: Scope, { reset }: ChangeOf<'reset'>): Promise<Rejected | undefined> {
  const id = conversationOf(reset.log);
  invariant(id, 'a self log is reset by a snapshot');
  const record = (await scope.tx.conversations.get(id)) ?? blankConversation(id);
  const present = new Set(reset.messages.map((message) => message.id));
  // What the window covers it tells of; of what lies before, only the server knows whether it has it still.
  const fateOf = ({ id: message, seq }: MessageRecord) =>
    present.has(message) ? 'held' : seq >= reset.windowStart ? 'lost' : 'in-doubt';
  const { state: _, ...blank } = await forgetHistory(scope, record, fateOf);
  await put(scope, blank, reset);
  return undefined;
}

async function put(scope: Scope, record: ConversationRecord, part: Window | (LogPart & { kind: 'reset' })): Promise<void> {
  const { tx, device, outcome } = scope;
  const { head, chain, windowStart, row, state, messages } = part;
  const isNew = part.messages.length > 0 || windowStart <= head;
  const before = await tx.messages.between(record.id, { from: windowStart, to: PENDING_ORDER - 1 });
  const present = new Set(messages.map((message) => message.id));
  await tx.messages.remove(before.filter((message) => !present.has(message.id)).map((message) => message.id));
  const held = new Map(before.map((message) => [message.id, message]));
  const own = await tx.messages.getMany(messages.map((message) => message.id));
  for (const message of own) if (message) held.set(message.id, message);
  await tx.messages.putMany(
    messages.map((message) => device.rules.mergeSnapshot(held.get(message.id), fromWire(message, head, record.id, device.user))),
  );
  for (const { by } of messages) outcome.people.add(by);
  nameMembers(scope, record.state, state);

  const isAhead = record.knownHead > head;
  const { needsRow: _, ...rest } = record;
  await saveConversation(scope, {
    ...rest,
    row,
    state,
    ...(row.other && { other: row.other }),
    ...(state.title !== undefined && { title: state.title }),
    ranges: device.rules.putWindow(record.ranges, record.watermark, windowStart, head, isNew),
    watermark: head,
    chain,
    knownHead: isAhead ? record.knownHead : head,
    knownChain: isAhead ? record.knownChain : chain,
    marks: row.marks,
  });
  await settle(scope, { log: conversationLog(record.id), arrived: present, watermark: head });
}
