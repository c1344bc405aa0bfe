/** What must hold of every device after every step, and what must hold when everything has come to rest. */
import {
  conversationLog,
  isSelfLog,
  registerKeys,
  rootOf,
  selfLog,
  type ConversationId,
  type LogId,
  type MessageId,
  type OpId,
  type ProfileRegister,
  type Seq,
} from '#sync-protocol';
import { seenOf } from '../../app/store/conversation.ts';
import { screenOf } from '../../app/store/screen.ts';
import { type ConversationRecord, type MessageRecord, type OutboxRecord } from '../../app/store/rows.ts';
import type { SimDevice } from './world-device.ts';
import { difference, olderThan, type WorldOracle } from './world-oracle.ts';
import type { ServerSide } from './world-server.ts';

export type Failing = (what: string) => never;
export type CheckDeps = {
  readonly oracle: WorldOracle;
  readonly server: Pick<ServerSide, 'events' | 'logs'>;
  readonly restored: () => boolean;
};
/** What is looked at of a device. */
export type Checked = Pick<SimDevice, 'user' | 'name' | 'read' | 'deeds'>;

type Held = {
  readonly conversations: readonly ConversationRecord[];
  readonly messages: ReadonlyMap<ConversationId, readonly MessageRecord[]>;
  readonly outbox: readonly OutboxRecord[];
  readonly cancelled: ReadonlySet<OpId>;
  readonly selfWatermark: Seq;
};

const LAST = Number.MAX_SAFE_INTEGER;

async function holdings(device: Checked): Promise<Held> {
  return device.read(async (tx) => {
    const conversations = await tx.conversations.all();
    const messages = new Map<ConversationId, readonly MessageRecord[]>();
    for (const { id } of conversations) messages.set(id, await tx.messages.between(id, { from: 0, to: LAST }));
    const self = (await tx.meta.get('self'))?.value as { watermark: Seq } | undefined;
    return {
      conversations,
      messages,
      outbox: await tx.outbox.all(),
      cancelled: new Set((await tx.cancelled.all()).flatMap(({ opId, undo }) => (undo ? [opId, undo.opId] : [opId]))),
      selfWatermark: self?.watermark ?? 0,
    };
  });
}

/** After any step. Names are those of the design: C1, C5, C6, C8, C9. */
export async function checkStep(device: Checked, deps: CheckDeps, fail: Failing): Promise<void> {
  const held = await holdings(device);
  for (const record of held.conversations) {
    const messages = held.messages.get(record.id) ?? [];
    const say: Failing = (what) =>
      fail(`${device.name} in ${record.id.slice(-4)} at ${record.watermark}/${record.knownHead}: ${what}`);
    checkRanges(device, record, messages, deps, say);
    checkScreen(device, record, messages, held.outbox, deps, say);
    if (record.knownHead < record.watermark) say('C2: the known head is below the watermark');
  }
  checkConservation(device, held, deps, fail);
}

function checkRanges(
  { user }: Checked,
  record: ConversationRecord,
  messages: readonly MessageRecord[],
  { oracle, restored }: CheckDeps,
  say: Failing,
): void {
  const { ranges, id } = record;
  ranges.forEach((range, i) => {
    if (range.from > range.to) say('C5: an empty range');
    if (i > 0 && ranges[i - 1]!.to >= range.from) say('C5: ranges overlap');
    if (range.to > record.watermark) say('C5: a range beyond the watermark');
  });
  // Between a restore and the reset that follows, what is held is another history's.
  if (restored()) return;
  const received = messages.filter(({ local }) => !local);
  for (const { seq } of received)
    if (!ranges.some(({ from, to }) => seq >= from && seq <= to)) say(`C5: ${seq} is held outside all ranges`);
  const now = oracle.at(id, record.watermark);
  const latest = oracle.at(id, oracle.head(id));
  const bySeq = new Map(received.map((message) => [message.seq, message]));
  for (const range of ranges) {
    for (const truth of now.messages(user)) {
      if (truth.seq < range.from || truth.seq > range.to || !latest.sees(user, truth.seq) || truth.seq <= record.droppedUpTo)
        continue;
      const message = bySeq.get(truth.seq);
      if (!message) say(`C1: ${truth.seq} is missing from ${range.from}–${range.to}`);
      if (!message) continue;
      if (range.asOf !== undefined) {
        const why = olderThan(
          message,
          oracle
            .at(id, range.asOf)
            .messages(user)
            .find((one) => one.id === truth.id),
        );
        if (why) say(`C7: ${truth.seq} is older than ${range.asOf}: ${why}`);
        continue;
      }
      const asOf = Math.max(record.watermark, message.asOf);
      const then =
        asOf === record.watermark
          ? truth
          : oracle
              .at(id, asOf)
              .messages(user)
              .find((one) => one.id === truth.id);
      const why = then && difference(message, then);
      if (why) say(`C5: ${truth.seq} is not as of ${asOf}: ${why}`);
    }
  }
}

/** No two messages stand next to each other that are apart in the log. */
function checkScreen(
  device: Checked,
  record: ConversationRecord,
  messages: readonly MessageRecord[],
  outbox: readonly OutboxRecord[],
  { oracle, restored }: CheckDeps,
  say: Failing,
): void {
  const lane = outbox.filter(({ log }) => log === conversationLog(record.id));
  const items = screenOf({
    record,
    me: device.user,
    messages,
    outbox: lane,
    hidden: new Set(),
    blocked: [],
    whole: { from: record.droppedUpTo + 1, to: LAST },
  });
  const ids = items.flatMap((item) => (item.kind === 'message' ? [item.message.id] : []));
  if (new Set(ids).size !== ids.length) say('C9: a message is shown twice');
  for (const { id, local } of messages) if (local && !ids.includes(id)) say(`LS-1: ${id.slice(-4)} is not shown`);
  if (restored()) return;
  const seen = new Set(
    oracle
      .at(record.id, record.watermark)
      .messages(device.user)
      .map(({ seq }) => seq),
  );
  const latest = oracle.at(record.id, oracle.head(record.id));
  items.forEach((item, i) => {
    const next = items[i + 1];
    if (item.kind !== 'message' || next?.kind !== 'message' || item.message.local || next.message.local) return;
    for (let seq = item.message.seq + 1; seq < next.message.seq; seq++) {
      if (seen.has(seq) && latest.sees(device.user, seq))
        say(`C6: ${item.message.seq} and ${next.message.seq} are shown side by side`);
    }
  });
}

/** Everything a person did is somewhere. */
function checkConservation(device: Checked, held: Held, { server, restored }: CheckDeps, fail: Failing): void {
  const waiting = new Map(held.outbox.map((entry) => [entry.opId, entry]));
  if (waiting.size < held.outbox.length) fail(`${device.name}: LS-2: an op is queued twice`);
  const seqs = new Map<string, Map<string, Seq>>();
  const seqOf = (log: LogId, opId: OpId): Seq | undefined => {
    if (!seqs.has(log)) seqs.set(log, new Map(server.events(log).map((event) => [event.opId, event.seq])));
    return seqs.get(log)!.get(opId);
  };
  // What was removed for oneself counts as passed.
  const watermarks = new Map(
    held.conversations.map(({ id, watermark, droppedUpTo }) => [conversationLog(id) as string, Math.max(watermark, droppedUpTo)]),
  );
  for (const [opId, op] of device.deeds.ops) {
    if (waiting.has(opId) || device.deeds.over.has(opId) || device.deeds.uncertain.has(opId) || held.cancelled.has(opId))
      continue;
    const seq = seqOf(op.log, opId);
    if (seq === undefined) {
      if (!restored()) fail(`${device.name}: C8: ${op.type} ${opId.slice(-6)} is nowhere`);
      continue;
    }
    const watermark = isSelfLog(op.log) ? held.selfWatermark : watermarks.get(op.log);
    // Of a conversation that is no more on this device, nothing is to be expected.
    if (watermark !== undefined && seq > watermark && !restored())
      fail(`${opId} ${device.name}: OB-6: ${op.type} ${opId.slice(-6)} was let go at ${watermark} before ${seq}`);
  }
}

/** When everything has come to rest: E1, and the order of lanes. */
export async function checkRest(
  device: SimDevice,
  { oracle, server, restored }: CheckDeps & { readonly server: ServerSide },
  fail: Failing,
): Promise<void> {
  const held = await holdings(device);
  const rows = new Map((await server.rows(device.user)).map((row) => [row.id, row]));
  const records = new Map(held.conversations.map((record) => [record.id, record]));
  const say: Failing = (what) => fail(`${device.name}: E1: ${what}`);
  for (const entry of held.outbox) {
    // A store that went back in silence may have lost what it had accepted and nobody had seen in the log yet.
    const isLost = restored() && entry.state.at === 'answered';
    if (entry.state.at !== 'parked' && !isLost) say(`${entry.op.type} is still ${entry.state.at}`);
  }
  for (const log of server.logs()) {
    if (isSelfLog(log)) continue;
    const id = log.slice(2) as ConversationId;
    const truth = oracle.at(id, oracle.head(id));
    const head = truth.headOf(device.user);
    const record = records.get(id);
    const here = `${id.slice(-4)}:`;
    if (truth.stays(device.user).length === 0 || truth.isPurged(device.user)) {
      if ((held.messages.get(id) ?? []).some(({ local }) => !local)) say(`${here} holds what is not theirs`);
      continue;
    }
    if (record && head <= record.droppedUpTo) continue;
    if (!record) say(`${here} is missing`);
    if (record!.watermark !== head || record!.knownHead !== head)
      say(`${here} is at ${record!.watermark}/${record!.knownHead}, not at ${head}`);
    if (record!.chain !== server.events(log)[head - 1]?.chain) say(`${here} has another chain`);
    const row = rows.get(id);
    // A marker the store lost in silence still counts here.
    const isMarkerLost = restored() && held.outbox.some(({ log: lane, state }) => isSelfLog(lane) && state.at === 'answered');
    if (row && row.unread !== record!.unread && !isMarkerLost)
      say(`${here} counts ${record!.unread} unread, the server ${row.unread}`);
    if (record!.state && truth.isIn(device.user)) {
      const members = record!.state.members.map(([user]) => user).toSorted();
      if (JSON.stringify(members) !== JSON.stringify([...truth.membersAt(head)].toSorted())) say(`${here} has other members`);
      if ((record!.state.title ?? '') !== truth.title(device.user)) say(`${here} has another title`);
    }
    checkHoldings(device, record!, held.messages.get(id) ?? [], truth, say);
  }
  const root = rootOf(
    held.conversations
      .filter(({ knownHead, droppedUpTo }) => knownHead > droppedUpTo)
      .map(({ id, knownHead, knownChain }) => ({ id, head: knownHead, chain: knownChain })),
  );
  if (root !== rootOf([...rows.values()].map(({ id, head, chain }) => ({ id, head, chain })))) say('the roots differ');
  const self = server.events(selfLog(device.user)).length;
  if (held.selfWatermark !== self) say(`the self log is at ${held.selfWatermark}, not at ${self}`);
  if (!restored()) checkLanes(device, server, fail);
}

/** Everybody one has to do with is called as they now call themselves. */
export async function checkNames(device: Checked, server: ServerSide, fail: Failing): Promise<void> {
  for (const { user, at } of await server.store().profilesChanged(device.user, 0)) {
    const held = await device.read((tx) => tx.people.get(user));
    const { name } = (await server.store().register(user, registerKeys.profile()))!.value as ProfileRegister;
    if (held?.name !== name || held?.changedAt !== at)
      fail(`${device.name}: PR-2: ${user.slice(-2)} is called ${held?.name} of ${held?.changedAt} here, and is ${name} of ${at}`);
  }
}

function checkHoldings(
  device: SimDevice,
  record: ConversationRecord,
  messages: readonly MessageRecord[],
  truth: ReturnType<WorldOracle['at']>,
  say: Failing,
): void {
  const seen = seenOf(record);
  for (const message of messages) {
    const isCurrent = record.ranges.some(({ from, to, asOf }) => asOf === undefined && message.seq >= from && message.seq <= to);
    if (message.withheld && isCurrent && truth.isIn(device.user))
      say(`${record.id.slice(-4)}: ${message.seq} is withheld from a member`);
    if (message.local || truth.sees(device.user, message.seq)) continue;
    say(`${record.id.slice(-4)}: holds ${message.seq}, which is not theirs to see (${JSON.stringify(seen)})`);
  }
}

/** Ops of one device and conversation stand in the log in the order in which the person made them. */
function checkLanes(device: SimDevice, server: ServerSide, fail: Failing): void {
  const last = new Map<string, Seq>();
  for (const [opId, op] of device.deeds.ops) {
    if (isSelfLog(op.log) || device.deeds.reordered.has(opId)) continue;
    const seq = server.events(op.log).find((event) => event.opId === opId)?.seq;
    if (seq === undefined) continue;
    if (seq < (last.get(op.log) ?? 0))
      fail(`${device.name}: S15: ${op.type} ${opId.slice(-6)} at ${seq} overtook what was done before it`);
    last.set(op.log, seq);
  }
}

/** What is stored on the server, in every state: S1, S3, S4. Looks at what is new since it last looked. */
export function createServerCheck(server: ServerSide, fail: Failing): () => void {
  const places = new Map<string, { readonly ids: Set<MessageId>; last: string; count: number }>();
  let writes = -1;
  return () => {
    if (writes === server.writes()) return;
    writes = server.writes();
    for (const log of server.logs()) {
      const events = server.events(log);
      const place = places.get(log) ?? { ids: new Set(), last: '', count: 0 };
      places.set(log, place);
      const before = events[place.count - 1];
      if (events.length < place.count || (before && before.chain !== place.last)) fail(`S3: ${log.slice(0, 12)} changed`);
      for (let i = place.count; i < events.length; i++) {
        const event = events[i]!;
        if (event.seq !== i + 1) fail(`S1: ${log.slice(0, 12)} has ${event.seq} in place ${i + 1}`);
        if (place.ids.has(event.opId)) fail(`S4: ${event.opId} stands twice`);
        place.ids.add(event.opId);
        place.last = event.chain;
      }
      place.count = events.length;
    }
  };
}
