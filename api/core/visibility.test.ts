import { beforeAll, describe, expect, test } from 'vitest';
import {
  CHAIN_START,
  isHidden,
  isRefused,
  limits,
  selfLog,
  type HistoryPage,
  type LogEvent,
  type LogPart,
  type Message,
  type Op,
  type SyncRequest,
  type UserId,
} from '#sync-protocol';
import { aConversation, aLog, aUser } from '#sync-protocol/testing';
import { createCoreWorld, type CoreWorld } from '../../tests/kit/core-world.ts';
import { oracleOf, type Oracle } from '../../tests/kit/history-oracle.ts';
import { createRandom, type Random } from '../../tests/kit/random.ts';
import type { Room } from './ports.ts';

const log = aLog();
const people = [1, 2, 3, 4].map(aUser);
const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

/** A conversation in which everything happens, in an order that only the seed knows, by people who may and who may not. */
async function aHistory(seed: number): Promise<{ world: CoreWorld; events: LogEvent[]; random: Random }> {
  const random = createRandom(seed);
  const world = createCoreWorld({ random: random.next });
  const events: LogEvent[] = [];
  const said: Op[] = [];
  await world.makeGroup(1, people[0]!, people.slice(1, 3));
  const servers = [world.server, world.aServer()];
  for (let step = 0; step < 70; step++) {
    const batch = Array.from({ length: 1 + random.below(4) }, () =>
      anyOp(world, random, said, `${seed}.${step}.${random.below(1e6)}`),
    );
    const answers = await world.write(random.pick(people), batch, random.pick(servers));
    batch.forEach((op, i) => op.type === 'message' && !isRefused(answers[i]!) && said.push(op));
    // Before anything is blanked: what was said is known to the oracle.
    events.push(...(await world.log.read(log, events.length, 100)));
    for (const [i, event] of events.entries()) if (event.blank) events[i] = withWords(event, batch);
  }
  expect(world.bugs).toEqual([]);
  return { world, events, random };
}

const withWords = (event: LogEvent, batch: readonly Op[]): LogEvent => {
  const op = batch.find(({ opId }) => opId === event.opId);
  return op ? { ...event, payload: op.payload } : event;
};

function anyOp(world: CoreWorld, random: Random, said: readonly Op[], words: string): Op {
  const target = said.length > 0 ? random.pick(said.slice(-12)).opId : undefined;
  const body = { kind: 'text' as const, text: `<${words}>` };
  const [user, on] = [random.pick(people), random.chance(0.6)];
  const kind = random.below(20);
  if (kind === 0) return world.say({ log, type: 'member-removed', payload: { user, purge: random.chance(0.4) } });
  if (kind === 1) return world.say({ log, type: 'members-added', payload: { members: [user, random.pick(people)] } });
  if (kind === 2) return world.say({ log, type: 'member-left', payload: {} });
  if (kind === 3)
    return world.say({ log, type: 'policy-changed', payload: { history: random.pick(['joined', 'joined', 'shared']) } });
  if (kind === 4) return world.say({ log, type: 'info-changed', payload: { title: `Title ${words}` } });
  if (kind === 5) return world.say({ log, type: 'role-changed', payload: { user, role: random.pick(['owner', 'member']) } });
  if (kind < 8 && target) return world.say({ log, type: 'pin', target, payload: { on } });
  if (kind < 11 && target) return world.say({ log, type: 'edit', target, payload: { body } });
  if (kind < 12 && target) return world.say({ log, type: 'delete', target, payload: {} });
  if (kind < 14 && target) return world.say({ log, type: 'reaction', target, payload: { emoji: random.pick(['+', '-']), on } });
  return world.say({ log, type: 'message', payload: { body } });
}

describe.each(seeds)('history %i', (seed) => {
  let history: Awaited<ReturnType<typeof aHistory>>;
  beforeAll(async () => {
    history = await aHistory(seed);
  });

  test('[RN-1][RN-3][VS-4][VS-5] whatever one pulls tiles the log and shows exactly what one may see', async () => {
    const { world, events, random } = history;
    const oracle = oracleOf(events);
    for (const user of people) {
      const parts = await pullAll(world, user, random);
      const items = parts.flatMap((part) => (part.kind === 'run' ? part.items : []));
      let at = 0;
      for (const item of items) {
        expect(item.seq).toBe(at + 1);
        at += isHidden(item) ? item.count : 1;
      }
      expect(at).toBe(oracle.isPurged(user) ? 0 : oracle.headOf(user));
      const seen = items.flatMap((item) => (isHidden(item) ? [] : [item.seq]));
      expect(seen).toEqual(events.filter((event) => oracle.seesEvent(user, event)).map(({ seq }) => seq));
      expectNoSecrets(parts, oracle, user);
    }
  });

  test('[SY-6][VS-3][VS-6][FD-11] a window is the fold of the log, as far as one may see', async () => {
    const { world, events } = history;
    const oracle = oracleOf(events);
    for (const user of people) {
      const part = await pull(world, user, { empty: true });
      expectNoSecrets(part, oracle, user);
      if (part.kind !== 'window') {
        expect(part.kind).toBe(oracle.stays(user).length > 0 ? 'gone' : 'unknown');
        expect(part.kind === 'unknown' || oracle.isPurged(user)).toBe(true);
        continue;
      }
      expect(part.head).toBe(oracle.headOf(user));
      const visible = oracle.messages(user).filter(({ seq }) => seq >= part.windowStart);
      expect(part.messages.map(({ seq }) => seq)).toEqual(visible.map(({ seq }) => seq));
      part.messages.forEach((message, i) => expectMessage(message, visible[i]!, oracle, user));
      expectRow(part, oracle, user);
    }
  });

  test('[SY-8][VS-5][VS-6] pages of history claim only what is complete, inside one stay, and together hold everything', async () => {
    const { world, events, random } = history;
    const oracle = oracleOf(events);
    for (const user of people) {
      if (oracle.stays(user).length === 0 || oracle.isPurged(user)) continue;
      for (const pages of [await pageDown(world, user, random), await pageUp(world, user, random)]) {
        expectNoSecrets(pages, oracle, user);
        for (const page of pages) {
          const inside = oracle.messages(user).filter(({ seq }) => seq >= page.from && seq <= page.to);
          expect(page.messages.map(({ seq }) => seq)).toEqual(inside.map(({ seq }) => seq));
          page.messages.forEach((message, i) => expectMessage(message, inside[i]!, oracle, user));
          for (let seq = page.from; seq <= page.to; seq++) expect(oracle.sees(user, seq)).toBe(true);
        }
        expect(pages.flatMap(({ messages }) => messages).length).toBe(oracle.messages(user).length);
      }
    }
  });

  test('[LV-5][LV-7][VS-5] nothing reaches a room that not everybody in it may see', async () => {
    const { world, events } = history;
    const rooms = new Map<Room, readonly UserId[]>();
    let delivered = 0;
    for (const { steps } of world.news.filter((news) => news.log === log)) {
      for (const step of steps) {
        if (step.kind === 'move') {
          rooms.clear();
          rooms.set(`c:${step.conversation}:${step.roomEpoch}`, step.members);
        } else if (step.kind === 'deliver' && step.down.type === 'run') {
          for (const item of step.down.run.items) {
            const now = oracleOf(events.slice(0, item.seq));
            const listeners = rooms.get(step.room) ?? [];
            const event = events[item.seq - 1]!;
            // The event that takes somebody out is seen, even if nothing is theirs after it.
            const wasIn = (user: UserId) => !event.target && oracleOf(events.slice(0, item.seq - 1)).isIn(user);
            for (const user of listeners) expect(now.seesEvent(user, event) || wasIn(user)).toBe(true);
            delivered += listeners.length;
          }
        }
      }
    }
    expect(delivered).toBeGreaterThan(0);
    expect([...rooms.values()].at(-1)?.toSorted()).toEqual(people.filter((user) => oracleOf(events).isIn(user)).toSorted());
  });
});

test('[SY-6][SY-8] a snapshot read while somebody writes without rest is true as of one seq', async () => {
  for (const seed of seeds.slice(0, 20)) {
    const { world, events, random } = await aHistory(seed);
    const writer = people.find((user) => oracleOf(events).isIn(user));
    if (!writer) continue;
    const said: Op[] = [];
    // Between any two reads of a snapshot, something is written.
    const disturb = async (): Promise<void> => {
      const op =
        said.length > 0 && random.chance(0.7) ? revision(world, random, said) : world.message(log, `<late ${said.length}>`);
      await world.write(writer, [op]);
      if (op.type === 'message') said.push(op);
      events.push(...(await world.log.read(log, events.length, 100)));
      for (const [i, event] of events.entries()) if (event.blank) events[i] = withWords(event, [...said, op]);
    };
    const messagesIn: CoreWorld['log']['messagesIn'] = async (...args) => {
      await disturb();
      const found = await world.log.messagesIn(...args);
      await disturb();
      return found;
    };
    const busy = world.aServer({ ...world.log, messagesIn });
    for (const user of people.filter((one) => oracleOf(events).isIn(one))) {
      const { logs } = await world.syncAs(
        user,
        { self: await selfOf(world, user), logs: [{ log, watermark: 0, chain: CHAIN_START, empty: true }] },
        busy,
      );
      const part = logs[0] as Extract<LogPart, { kind: 'window' }>;
      const oracle = oracleOf(events.slice(0, part.head));
      const visible = oracle.messages(user).filter(({ seq }) => seq >= part.windowStart);
      expect(part.messages.map(({ seq }) => seq)).toEqual(visible.map(({ seq }) => seq));
      part.messages.forEach((message, i) => expectMessage(message, visible[i]!, oracle, user));
      expectRow(part, oracle, user);
      const page = await busy.reader.history(user, aConversation(), { limit: 10 });
      const then = oracleOf(events.slice(0, page.asOf));
      const inside = then.messages(user).filter(({ seq }) => seq >= page.from && seq <= page.to);
      expect(page.messages.map(({ seq }) => seq)).toEqual(inside.map(({ seq }) => seq));
      page.messages.forEach((message, i) => expectMessage(message, inside[i]!, then, user));
    }
  }
});

function revision(world: CoreWorld, random: Random, said: readonly Op[]): Op {
  const target = random.pick(said).opId;
  if (random.chance(0.3)) return world.say({ log, type: 'pin', target, payload: { on: true } });
  if (random.chance(0.3)) return world.say({ log, type: 'delete', target, payload: {} });
  if (random.chance(0.5)) return world.say({ log, type: 'reaction', target, payload: { emoji: '+', on: random.chance(0.5) } });
  return world.say({ log, type: 'edit', target, payload: { body: { kind: 'text', text: `<later ${random.below(1e6)}>` } } });
}

async function selfOf(world: CoreWorld, user: UserId): Promise<NonNullable<SyncRequest['self']>> {
  const record = await world.log.record(selfLog(user));
  return { watermark: record?.head ?? 0, chain: record?.chain ?? CHAIN_START };
}

async function pull(world: CoreWorld, user: UserId, asked: object, budgetBytes?: number): Promise<LogPart> {
  const logs = [{ log, watermark: 0, chain: CHAIN_START, ...asked }];
  const response = await world.syncAs(user, { self: await selfOf(world, user), logs, ...(budgetBytes && { budgetBytes }) });
  return response.logs[0]!;
}

async function pullAll(world: CoreWorld, user: UserId, random: Random): Promise<LogPart[]> {
  const parts: LogPart[] = [];
  let from = { watermark: 0, chain: CHAIN_START };
  for (;;) {
    const part = await pull(world, user, from, limits.responseBytesMin + random.below(2_000));
    parts.push(part);
    if (part.kind !== 'run' || part.to === part.head) return parts;
    expect(part).toMatchObject({ from: from.watermark, fromChain: from.chain });
    expect(part.toChain).toBe(await world.log.chainAt(log, part.to));
    from = { watermark: part.to, chain: part.toChain };
  }
}

async function pageDown(world: CoreWorld, user: UserId, random: Random): Promise<HistoryPage[]> {
  const pages: HistoryPage[] = [];
  let before: number | undefined;
  for (;;) {
    const page = await world.server.reader.history(user, aConversation(), { before, limit: 1 + random.below(9) });
    pages.push(page);
    if (!page.more) return pages;
    expect(page.from).toBeLessThan(before ?? Infinity);
    before = page.from;
  }
}

async function pageUp(world: CoreWorld, user: UserId, random: Random): Promise<HistoryPage[]> {
  const pages: HistoryPage[] = [];
  for (let after = 0; ;) {
    const page = await world.server.reader.history(user, aConversation(), { after, limit: 1 + random.below(9) });
    pages.push(page);
    if (!page.more) return pages;
    expect(page.to).toBeGreaterThan(after);
    after = page.to;
  }
}

function expectMessage(
  message: Message,
  { words, deleted, revised, reactions, by, id }: ReturnType<Oracle['messages']>[number],
  oracle: Oracle,
  user: UserId,
): void {
  expect(message).toMatchObject({ id, by });
  const isWithheld = !oracle.isIn(user) && revised > oracle.headOf(user);
  expect(message.withheld ?? false).toBe(isWithheld);
  const text = isWithheld || deleted ? undefined : words.at(-1)!.text;
  expect((message.body as { text: string } | undefined)?.text).toBe(text);
  const people = message.reactions.flatMap(({ emoji, people: users }) => users.map((one) => `${one} ${emoji}`));
  expect(new Set(people)).toEqual(isWithheld ? new Set() : reactions);
  expect(message.reactions.filter(({ mine }) => mine).length).toBe(people.filter((one) => one.startsWith(user)).length);
  if (!isWithheld) expect([message.revised, message.edits]).toEqual([revised, words.length - 1]);
}

function expectRow({ row, state, head }: Extract<LogPart, { kind: 'window' }>, oracle: Oracle, user: UserId): void {
  const stay = oracle.stays(user).at(-1)!;
  const later = oracle.messages(user).filter(({ seq, by }) => seq >= stay.from && seq <= head && by !== user);
  expect(row).toMatchObject({ head, unread: later.length, title: oracle.title(user) });
  expect(row.preview?.id).toBe(oracle.messages(user).at(-1)?.id);
  expect(row.members).toBe(oracle.membersAt(head).length);
  expect(state).toMatchObject({ asOf: head, title: oracle.title(user) });
  expect(state.members.map(([one]) => one).toSorted()).toEqual([...oracle.membersAt(head)].toSorted());
  if (oracle.isIn(user)) expect(state.pins).toEqual(oracle.pins(user));
}

function expectNoSecrets(said: unknown, oracle: Oracle, user: UserId): void {
  const text = JSON.stringify(said);
  expect(oracle.secrets(user).filter((secret) => text.includes(secret))).toEqual([]);
}
