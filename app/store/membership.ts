import {
  conversationLog,
  CHAIN_START,
  registerKeys,
  textBodySchema,
  type ConversationId,
  type DroppedRegister,
  type MemberRegister,
  type Op,
  type Seq,
} from '#sync-protocol';
import { blankConversation, forgetReceived, saveConversation } from './conversation.ts';
import { enqueue, enqueueInDoubt, move, park, take } from './outbox.ts';
import type { Scope } from './outcome.ts';
import type { ConversationRecord, MessageRecord } from './rows.ts';

/**
 * What the self log says about one's stays. A stay that ends takes what is on its way out of the lane; one that begins again
 * makes what is held from before stale, because what happened in between was not shown here. [AP-7, AP-8]
 */
export async function setMembership(
  scope: Scope,
  id: ConversationId,
  member: MemberRegister,
  told: 'by-event' | 'in-full' = 'by-event',
): Promise<void> {
  const { tx, device, outcome } = scope;
  const held = await tx.conversations.get(id);
  // A snapshot may be of another history than the one in which this device saw comings and goings.
  const spans = told === 'in-full' ? member.spans : mergeSpans(held?.spans ?? [], member.spans);
  const end = spans.at(-1)?.to;
  if (end !== undefined && member.purge) return purge(scope, id);
  if (!held?.row) outcome.unknown.add(id);
  const record = held ?? { ...blankConversation(id, member.with), droppedUpTo: await droppedTo(scope, id) };
  const before = record.spans?.at(-1);
  const returned = before?.to !== undefined && end === undefined;
  const ranges = returned ? device.rules.makeStale(record.ranges, Math.min(record.watermark, before.to)) : record.ranges;
  await saveConversation(scope, { ...record, ...(member.with && { other: member.with }), spans, ranges });
  // What they changed while one was out was told to nobody here. [PR-3]
  if (returned) for (const [user] of record.state?.members ?? []) if (user !== device.user) outcome.outdated.add(user);
  if (end !== undefined) await stopLane(scope, id);
}

/** A conversation that comes back is still removed up to where it was. */
export async function droppedTo({ tx }: Scope, id: ConversationId): Promise<Seq> {
  const register = await tx.registers.get(registerKeys.dropped(id));
  return ((register?.local?.value ?? register?.value) as DroppedRegister | undefined)?.upTo ?? 0;
}

type Spans = NonNullable<ConversationRecord['spans']>;

/** The conversation's own log may have told of a return or an end before the self log does. */
function mergeSpans(held: Spans, said: Spans): Spans {
  const last = said.at(-1);
  const ends = new Map(held.flatMap(({ from, to }) => (to === undefined ? [] : [[from, to] as const])));
  const known = said.map(({ from, to }) => {
    const end = to ?? ends.get(from);
    return { from, ...(end !== undefined && { to: end }) };
  });
  return [...known, ...held.filter(({ from }) => last === undefined || from > (last.to ?? last.from))];
}

/** Deletes what was received; what was written here and never delivered stays with the person. [AP-6] */
export async function purge(scope: Scope, id: ConversationId): Promise<void> {
  const { tx, device, outcome } = scope;
  await forgetReceived(tx, id);
  await tx.conversations.remove([id]);
  outcome.heads.delete(id);
  outcome.gone.add(id);
  if (!device.rules.keepsOver('gone')) outcome.afterwards.push(() => device.kept.forget(id));
  await stopLane(scope, id);
  await letGo(scope, id);
}

/** Keeps what was received up to the end of one's stay. */
export async function endStay(scope: Scope, record: ConversationRecord, to: Seq): Promise<void> {
  const last = record.spans?.at(-1);
  const spans =
    last && last.to === undefined ? [...(record.spans ?? []).slice(0, -1), { ...last, to }] : (record.spans ?? [{ from: 1, to }]);
  const { watermark: knownHead, chain: knownChain } = record;
  await saveConversation(scope, { ...record, spans, knownHead, knownChain });
  await stopLane(scope, record.id);
}

/** Nothing more leaves for a conversation one is not in: what was not delivered is kept for the person. */
async function stopLane(scope: Scope, id: ConversationId): Promise<void> {
  const log = conversationLog(id);
  for (const entry of await scope.tx.outbox.all()) {
    if (entry.log === log && (entry.state.at === 'queued' || entry.state.at === 'sending'))
      await park(scope, entry, 'no-longer-member');
  }
}

/** What was accepted is in a log this person sees no more: no watermark will ever pass it. */
async function letGo(scope: Scope, id: ConversationId): Promise<void> {
  const log = conversationLog(id);
  await take(
    scope,
    (await scope.tx.outbox.all()).filter((entry) => entry.log === log && entry.state.at === 'answered'),
  );
}

/** More own messages than these are not asked for again: the newest are what a restored store may lack. */
const inDoubtMax = 1_000;

/**
 * The server's history is not the one that was seen here: what was received goes. Own messages it does not have come back to
 * the person; those it may not have, and what it had answered, are sent again under the same ids. [AP-5, OB-7]
 */
export async function forgetHistory(
  scope: Scope,
  record: ConversationRecord,
  fateOf: (own: MessageRecord) => 'held' | 'lost' | 'in-doubt',
): Promise<ConversationRecord> {
  const { tx, device, outcome } = scope;
  const log = conversationLog(record.id);
  const received = await forgetReceived(tx, record.id);
  const own = received.filter(({ by }) => by === device.user);
  const opsOf = (fate: 'lost' | 'in-doubt') =>
    own.filter((message) => fateOf(message) === fate).flatMap((message) => again(record, message) ?? []);
  for (const op of opsOf('in-doubt').slice(-inDoubtMax)) await enqueueInDoubt(scope, op);
  for (const op of opsOf('lost')) await enqueue(scope, op, { at: 'parked', refusal: 'lost-by-server', attempted: true });
  for (const entry of await tx.outbox.all()) {
    const state = device.rules.afterReset(entry);
    if (entry.log === log && state !== entry.state) await move(scope, entry, state);
  }
  outcome.nudge = true;
  if (!device.rules.keepsOver('reset')) outcome.afterwards.push(() => device.kept.forget(record.id));
  return {
    ...record,
    watermark: 0,
    chain: CHAIN_START,
    knownHead: 0,
    knownChain: CHAIN_START,
    ranges: [],
    marks: blankConversation(record.id).marks,
  };
}

/** The op that made a message, as far as the message tells. */
function again({ id, other }: ConversationRecord, message: MessageRecord): Op | undefined {
  const body = textBodySchema.safeParse(message.body);
  if (!body.success || message.deleted !== undefined) return undefined;
  const log = conversationLog(id);
  const { writtenAt } = message;
  return { opId: message.id, log, type: 'message', writtenAt, ...(other && { with: other }), payload: { body: body.data } };
}
