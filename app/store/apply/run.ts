import {
  emptyState,
  conversationOf,
  foldState,
  invariant,
  isHidden,
  understand,
  type ConversationId,
  type ConversationState,
  type Interval,
  type KnownEvent,
  type LogEvent,
  type Marks,
  type MessageId,
  type Run,
  type RunItem,
  type Seq,
  type UserId,
  type Watermark,
} from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import type { Rejected } from '../../sync/ports.ts';
import { blankConversation, outsideOf, saveConversation } from '../conversation.ts';
import { fromEvent } from '../message.ts';
import { settle } from '../outbox.ts';
import { nameMembers } from '../people-wanted.ts';
import type { Scope } from '../outcome.ts';
import type { ConversationRecord, MessageRecord } from '../rows.ts';
import type { Tables } from '../tables.ts';

type Visible = { readonly event: LogEvent; readonly known: KnownEvent | undefined };

/** Consecutive events of a conversation, live or caught up: applied exactly behind the watermark, or not at all. [WM-1, AP-2] */
export async function applyRun(scope: Scope, { run }: ChangeOf<'run'>): Promise<Rejected | undefined> {
  const { tx, device, outcome } = scope;
  const id = conversationOf(run.log);
  invariant(id, 'a self log is applied by self-run');
  const record = (await tx.conversations.get(id)) ?? blankConversation(id);
  const admission = device.rules.admit({ log: run.log, seq: record.watermark, chain: record.chain }, run);
  if (admission.kind === 'duplicate' && isAllThereIs(record, run)) {
    await saveConversation(scope, { ...record, knownHead: record.watermark, knownChain: record.chain });
    return undefined;
  }
  if (admission.kind !== 'apply') {
    return { kind: 'rejected', why: admission.kind, ...(admission.kind === 'broken' && { detail: admission.why }) };
  }
  const { items, to } = admission;
  const visible = items.flatMap((item) => (isHidden(item) ? [] : [{ event: item, known: understand(item) }]));
  await applyToMessages(scope, record, visible);
  await keepUnknown(scope, run, visible);
  for (const { event } of visible) outcome.people.add(event.by);

  const state = stateAfter(record, run, visible);
  if (state) nameMembers(scope, record.state, state);
  const stays = spansAfter(record, visible, device.user);
  const away = absentIn(stays.spans, items);
  const saved = await saveConversation(scope, {
    ...record,
    ...(state && { state, ...(state.title !== undefined && { title: state.title }) }),
    ...stays,
    ...otherIn(record, visible, device.user),
    ...knownAfter(record, run, to),
    ...marksAfter(record, { to: to.seq, away, visible }, device.user),
    ranges: rangesAfter(record, to.seq, away, device.rules),
    watermark: to.seq,
    chain: to.chain,
  });
  outcome.afterwards.push(() => device.kept.append(id, items));
  await settle(scope, { log: run.log, arrived: new Set(visible.map(({ event }) => event.opId)), watermark: saved.watermark });
  return undefined;
}

/** The server was asked and has no more than is held: what was heard of beyond it, or of another chain, is not so. */
const isAllThereIs = ({ watermark, chain, knownHead, knownChain }: ConversationRecord, { items, to, head }: Run): boolean =>
  items.length === 0 && to === watermark && head === watermark && (knownHead !== watermark || knownChain !== chain);

async function applyToMessages(scope: Scope, record: ConversationRecord, visible: readonly Visible[]): Promise<void> {
  const { tx, device } = scope;
  const held = new Map((await rowsNamed(tx, record.id, visible)).map((row) => [row.id, row]));
  const changed = new Set<MessageId>();
  const write = (row: MessageRecord) => {
    held.set(row.id, row);
    changed.add(row.id);
  };
  for (const { event, known } of visible) {
    if (event.type === 'message') {
      // A page that was ahead of the watermark may have brought it already.
      const own = held.get(event.opId);
      if (!own || own.local) write(fromEvent({ ...event, type: 'message' }, known, record.id));
      continue;
    }
    const target = event.target && held.get(event.target);
    if (!target) continue;
    const revised = device.rules.reviseHeld(target, event, known);
    if (revised !== target) write(revised);
  }
  await tx.messages.putMany([...changed].map((id) => held.get(id)!));
}

/** A request costs the same however little it answers: what a long run makes is looked for by place, not one by one. */
const askedOneByOne = 3;

/** What is held of the messages that these events make or name. */
async function rowsNamed(
  { messages }: Tables,
  id: ConversationId,
  visible: readonly Visible[],
): Promise<readonly MessageRecord[]> {
  const made = visible.flatMap(({ event }) => (event.type === 'message' ? [event] : []));
  const targets = visible.flatMap(({ event }) => (event.type !== 'message' && event.target ? [event.target] : []));
  const isLong = made.length > askedOneByOne;
  const byPlace = isLong ? await messages.between(id, { from: made[0]!.seq, to: made.at(-1)!.seq }) : [];
  const byId = await messages.getMany([...new Set([...(isLong ? [] : made.map(({ opId }) => opId)), ...targets])]);
  return [...byPlace, ...byId.flatMap((row) => (row?.conversationId === id ? [row] : []))];
}

async function keepUnknown({ tx }: Scope, { log }: Run, visible: readonly Visible[]): Promise<void> {
  const unknown = visible.filter(({ event, known }) => !known && !event.blank && event.type !== 'message');
  await tx.raw.putMany(unknown.map(({ event }) => ({ key: `${log}:${String(event.seq).padStart(12, '0')}`, log, event })));
}

function stateAfter(
  { state: held, watermark }: ConversationRecord,
  run: Run,
  visible: readonly Visible[],
): ConversationState | undefined {
  const sent = run.state && (!held || run.state.asOf >= held.asOf) ? run.state : undefined;
  const start = sent ?? held ?? (watermark === 0 && run.items.every((item) => !isHidden(item)) ? emptyState() : undefined);
  if (!start) return undefined;
  return visible.reduce((state, { event, known }) => (event.seq > state.asOf ? foldState(state, event, known) : state), start);
}

/** The chain at a head beyond this run is not said: the roots will differ until it is reached. */
function knownAfter(
  { knownHead, knownChain }: ConversationRecord,
  { head }: Run,
  to: Watermark,
): Pick<ConversationRecord, 'knownHead' | 'knownChain'> {
  if (Math.max(knownHead, head) <= to.seq) return { knownHead: to.seq, knownChain: to.chain };
  return head > knownHead ? { knownHead: head, knownChain: to.chain } : { knownHead, knownChain };
}

/** Every event of a direct conversation names the other person. */
function otherIn(
  { kind, other }: ConversationRecord,
  visible: readonly Visible[],
  me: UserId,
): Pick<ConversationRecord, 'other'> {
  const event = kind === 'direct' && !other ? visible.find((one) => one.event.with)?.event : undefined;
  const found = event?.by === me ? event.with : event?.by;
  return found ? { other: found } : {};
}

/** The log tells of one's own coming and going, sometimes before the self log does. [AP-8] */
function spansAfter({ spans }: ConversationRecord, visible: readonly Visible[], me: UserId): Pick<ConversationRecord, 'spans'> {
  if (!spans) return {};
  return {
    spans: visible.reduce((stays, { event, known }) => {
      const last = stays.at(-1);
      const isOpen = last !== undefined && last.to === undefined;
      const leaves =
        known?.type === 'member-left' ? event.by === me : known?.type === 'member-removed' && known.payload.user === me;
      if (isOpen && leaves && event.seq >= last.from) return [...stays.slice(0, -1), { ...last, to: event.seq }];
      const comes = known?.type === 'members-added' && known.payload.members.includes(me);
      return !isOpen && comes && event.seq > (last?.to ?? 0) ? [...stays, { from: event.seq }] : stays;
    }, spans),
  };
}

type Passed = { readonly to: Seq; readonly away: readonly Interval[]; readonly visible: readonly Visible[] };

/** Messages count on from the last counts known. Numbers outside one's stays may have been messages: the server must say. [AP-16] */
function marksAfter(
  { marks, row }: ConversationRecord,
  { to, away, visible }: Passed,
  me: UserId,
): { marks: Marks; needsRow?: true } {
  const counted = visible.filter(({ event }) => event.type === 'message' && event.seq > marks.seq);
  const own = counted.filter(({ event }) => event.by === me).length;
  const after = { seq: Math.max(marks.seq, to), ordinal: marks.ordinal + counted.length, ownOrdinal: marks.ownOrdinal + own };
  const mayHaveCounted = away.some((interval) => interval.to > marks.seq);
  // The row was told by a server with another past than the one that has come now.
  const isOtherPast = visible.some(({ event }) => event.seq === row?.head && event.chain !== row.chain);
  return { marks: after, ...((mayHaveCounted || isOtherPast) && { needsRow: true }) };
}

/** Hidden numbers inside a stay are events about messages one may not see; outside, they are not one's history at all. */
function absentIn(spans: ConversationRecord['spans'], items: readonly RunItem[]): readonly Interval[] {
  const stays = (spans ?? []).map(({ from, to }) => ({ from, to: to ?? Number.MAX_SAFE_INTEGER }));
  return items.flatMap((item) => (isHidden(item) ? outsideOf(stays, { from: item.seq, to: item.seq + item.count - 1 }) : []));
}

/**
 * The newest range grows to the end of the run, without what lies outside one's stays. Over such a time everything before it
 * becomes stale: what happened to it meanwhile was not shown here. [RA-2, AP-7, AP-8]
 */
function rangesAfter(
  { ranges: before, watermark }: ConversationRecord,
  to: Seq,
  away: readonly Interval[],
  rules: Scope['device']['rules'],
): ConversationRecord['ranges'] {
  let ranges = before;
  let at = watermark;
  for (const interval of away) {
    ranges = rules.makeStale(rules.extend(ranges, at, interval.from - 1), interval.from - 1);
    at = interval.to;
  }
  return rules.extend(ranges, at, to);
}
