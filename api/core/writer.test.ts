import { expect, test } from 'vitest';
import {
  conversationLog,
  isRefused,
  limits,
  Refusal,
  selfLog,
  type Answer,
  type LogId,
  type Op,
  type UserId,
} from '#sync-protocol';
import { aConversation, aLog, anOpId, aUser } from '#sync-protocol/testing';
import { createCoreWorld, directOf, type CoreWorld } from '../../tests/kit/core-world.ts';
import { StorageBrokenError, StorageFullError, type EventLog } from './ports.ts';

const [ann, bob, cem, dan] = [aUser(1), aUser(2), aUser(3), aUser(4)] as const;
const log = aLog();
const group = aConversation();

const text = (words: string) => ({ body: { kind: 'text' as const, text: words } });

async function aGroup(world: CoreWorld, members: readonly UserId[] = [bob]): Promise<void> {
  const [answer] = await world.write(ann, [
    world.say({ log, type: 'group-created', payload: { title: 'Group', members: [...members] } }),
  ]);
  expect(answer).toMatchObject({ seq: 1 });
}
const message = (world: CoreWorld, words = 'hello'): Op => world.say({ log, type: 'message', payload: text(words) });
const seqs = async (store: EventLog, of: LogId) => (await store.read(of, 0, 100_000)).map(({ seq }) => seq);
const upTo = (head: number) => Array.from({ length: head }, (_, i) => i + 1);
const refusals = (answers: readonly Answer[]) => answers.map((answer) => (isRefused(answer) ? answer.refusal : answer.seq));

test('[SQ-3][SQ-5] 200 racing senders on two servers: no hole, nothing twice, everybody answered', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const servers = [world.server, world.aServer()];
  const answers = await Promise.all(upTo(200).map((n) => world.write(n % 3 ? ann : bob, [message(world)], servers[n % 2])));
  expect(new Set(answers.flatMap(refusals))).toEqual(new Set(upTo(201).slice(1)));
  expect(await seqs(world.log, log)).toEqual(upTo(201));
  expect(world.bugs).toEqual([]);
});

test('[OP-2] the same op ten times on two servers, at once and later, is one event and one answer', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const servers = [world.server, world.aServer()];
  const op = message(world);
  const answers = await Promise.all(upTo(10).map((n) => world.write(ann, [op], servers[n % 2])));
  answers.push(await world.write(ann, [op]));
  expect(new Set(answers.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify([{ opId: op.opId, log, seq: 2 }])]));
  expect(await seqs(world.log, log)).toEqual([1, 2]);
});

test('[OP-2] another body, or another person, under the same id is a conflict and changes nothing', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const op = message(world);
  await world.write(ann, [op]);
  expect(refusals(await world.write(ann, [{ ...op, payload: text('other') } as Op]))).toEqual(['conflict']);
  expect(refusals(await world.write(bob, [op]))).toEqual(['conflict']);
  expect(refusals(await world.write(dan, [op]))).toEqual(['not-found']);
  expect(await seqs(world.log, log)).toEqual([1, 2]);
});

test('[OP-4] one bad op does not fail the batch', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const alien = world.say({ log, type: 'edit', target: anOpId(999), payload: text('?') });
  expect(refusals(await world.write(ann, [message(world), alien, message(world)]))).toEqual([2, 'not-found', 3]);
});

test('[LN-1] the ops of one call and log keep their order, whatever else is written', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const servers = [world.server, world.aServer()];
  const lanes = upTo(20).map(() => upTo(10).map(() => message(world)));
  const answers = await Promise.all(lanes.map((ops, i) => world.write(i % 2 ? ann : bob, ops, servers[i % 2])));
  for (const lane of answers) expect(refusals(lane)).toEqual(refusals(lane).toSorted((a, b) => Number(a) - Number(b)));
});

test('[LN-2] after a retryable refusal the rest of that log is untried, other logs are not held up', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  let isFull = true;
  const store: EventLog = {
    ...world.log,
    append: async (to, ...rest) => {
      if (isFull && to === log) throw new StorageFullError();
      return world.log.append(to, ...rest);
    },
  };
  const writer = world.aServer(store);
  const draft = world.say({ log: selfLog(ann), type: 'draft', payload: { conversation: group, text: 'x' } });
  const ops = [message(world), draft, message(world)];
  expect(refusals(await world.write(ann, ops, writer))).toEqual(['storage-full', 2, 'untried']);
  isFull = false;
  expect(refusals(await world.write(ann, ops, writer))).toEqual([2, 2, 3]);
});

test('[LN-2] an op refused until later stops its lane within the batch', async () => {
  const world = createCoreWorld({ byPhone: () => Promise.reject(new Refusal('too-fast', 'numbers', { retryAfterMs: 9 })) });
  const self = selfLog(ann);
  const draft = (words: string) => world.say({ log: self, type: 'draft', payload: { conversation: group, text: words } });
  const byNumber = world.say({ log: self, type: 'contact-by-number', payload: { phone: '+41446681800' } });
  const answers = await world.write(ann, [draft('one'), byNumber, draft('two')]);
  expect(refusals(answers)).toEqual([1, 'too-fast', 'untried']);
  expect(answers[1]).toMatchObject({ retryAfterMs: 9 });
});

test('[LN-2] a full queue refuses, and what follows in that lane does not overtake', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const crowd = upTo(limits.writerQueueOps).map(() => message(world));
  const [, late] = await Promise.all([world.write(ann, crowd), world.write(bob, [message(world), message(world)])]);
  expect(refusals(late)).toEqual(['too-fast', 'untried']);
});

test('[SQ-2] a removal on one server is obeyed by the next message on another, whatever it remembers', async () => {
  const world = createCoreWorld();
  await aGroup(world, [bob, cem]);
  const other = world.aServer();
  await world.write(bob, [message(world)], other);
  await world.write(ann, [world.say({ log, type: 'member-removed', payload: { user: bob } })]);
  expect(refusals(await world.write(bob, [message(world)], other))).toEqual(['forbidden']);
  await world.write(ann, [world.say({ log, type: 'members-added', payload: { members: [bob] } })]);
  expect(refusals(await world.write(bob, [message(world)], other))).toEqual([5]);
});

test('[SQ-2] racing sends and removals: every stored message was written by a member at that seq', async () => {
  const world = createCoreWorld();
  await aGroup(world, [bob, cem]);
  const servers = [world.server, world.aServer()];
  const rounds = upTo(60).map((n) => {
    const type = n % 4 < 2 ? 'member-removed' : 'members-added';
    const payload = type === 'member-removed' ? { user: bob } : { members: [bob] };
    const change = world.say({ log, type, payload } as Parameters<typeof world.say>[0]);
    return [world.write(ann, [change], servers[n % 2]), world.write(bob, [message(world)], servers[(n + 1) % 2])];
  });
  await Promise.all(rounds.flat());
  let isIn = true;
  let isBroken = false;
  for (const { type, by, payload } of await world.log.read(log, 0, 1_000)) {
    if (type === 'member-removed') isIn = false;
    if (type === 'members-added' && (payload as { members: UserId[] }).members.length > 0) isIn = true;
    if (by === bob) isBroken ||= !isIn;
  }
  expect(isBroken).toBe(false);
});

test('[SQ-4] time never runs backwards in a log', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  world.clock.advance(-3_600_000);
  await world.write(ann, [message(world)]);
  const [first, second] = await world.log.read(log, 0, 10);
  expect(second!.at).toBe(first!.at);
});

test('[SQ-1] an append that failed after storing is answered from the log', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  let fails = 1;
  const store: EventLog = {
    ...world.log,
    append: async (...rest) => {
      const stored = await world.log.append(...rest);
      if (fails-- > 0) throw new Error('connection lost');
      return stored;
    },
  };
  const ops = [message(world), message(world)];
  expect(refusals(await world.write(ann, ops, world.aServer(store)))).toEqual([2, 3]);
  expect(await seqs(world.log, log)).toEqual([1, 2, 3]);
  expect(world.news.at(-1)).toMatchObject({ log, after: { head: 3 } });
});

test('[SQ-1] a store that stores only the beginning of each batch: all is stored and told, once, in order', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const append: EventLog['append'] = (to, after, events) => world.log.append(to, after, events.slice(0, 2));
  const before = world.news.length;
  const edited = message(world);
  const edit = world.say({ log, type: 'edit', target: edited.opId, payload: text('edited') });
  const unknown = world.say({ log, type: 'delete', target: anOpId(999), payload: {} });
  const ops = [message(world), unknown, message(world), edited, edit, message(world)];
  expect(refusals(await world.write(ann, ops, world.aServer({ ...world.log, append })))).toEqual([2, 'not-found', 3, 4, 5, 6]);
  const steps = world.news.slice(before).flatMap((news) => news.steps);
  const told = steps.flatMap((step) => (step.kind === 'deliver' && step.down.type === 'run' ? [step.down.run] : []));
  expect(told.map(({ from, to }) => [from, to])).toEqual([
    [1, 3],
    [3, 5],
    [5, 6],
  ]);
});

test('[SQ-5] the same op twice in one batch needs no second append', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const sizes: number[] = [];
  const append: EventLog['append'] = (to, after, events) => (sizes.push(events.length), world.log.append(to, after, events));
  const op = message(world);
  expect(refusals(await world.write(ann, [op, op], world.aServer({ ...world.log, append })))).toEqual([2, 2]);
  expect(sizes).toEqual([1]);
});

test('[SQ-9] a broken disk is answered at once, and never tried again by the writer', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  let appends = 0;
  const append = async (): Promise<number> => {
    appends++;
    throw new StorageBrokenError();
  };
  expect(refusals(await world.write(ann, [message(world)], world.aServer({ ...world.log, append })))).toEqual(['unavailable']);
  expect(appends).toBe(1);
});

test('[OP-3][AU-6] the answer carries the event when fewer people were added than asked', async () => {
  const world = createCoreWorld({ existing: new Set([ann, bob]) });
  const op = world.say({ log, type: 'group-created', payload: { title: 'Group', members: [bob, dan] } });
  const [answer] = await world.write(ann, [op]);
  expect(answer).toMatchObject({ seq: 1, event: { payload: { members: [bob] } } });
  expect((await world.write(ann, [op]))[0]).toEqual(answer);
});

test('[AU-6][OP-3] of people to add, those who are there already are left out of the event', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const add = world.say({ log, type: 'members-added', payload: { members: [bob, cem, ann] } });
  expect(await world.write(ann, [add])).toMatchObject([{ seq: 2, event: { payload: { members: [cem] } } }]);
});

test('[FD-11] within one batch a register follows from what the batch wrote before', async () => {
  const world = createCoreWorld();
  const block = (on: boolean) => world.say({ log: selfLog(ann), type: 'blocked', payload: { user: bob, on } });
  await world.write(ann, [block(true), block(false), block(true)]);
  expect((await world.log.register(ann, `blocked:${bob}`))?.value).toMatchObject({
    on: true,
    stretches: [{ to: { seq: 0 } }, {}],
  });
});

test('[AU-6] whoever was blocked does not add the blocker to a group', async () => {
  const world = createCoreWorld();
  await world.write(bob, [world.say({ log: selfLog(bob), type: 'blocked', payload: { user: ann, on: true } })]);
  await aGroup(world, [bob, cem]);
  expect((await world.log.record(log))?.state?.members).toEqual([
    [ann, 'owner'],
    [cem, 'member'],
  ]);
});

test('[RG-2] a read marker is clamped to the visible head and carries the counts there', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  await world.write(ann, [message(world), message(world)]);
  await world.write(bob, [message(world)]);
  const op = world.say({ log: selfLog(bob), type: 'read-marker', payload: { conversation: group, seq: 900 } });
  const [answer] = await world.write(bob, [op]);
  expect(answer).toMatchObject({ event: { payload: { seq: 4, marks: { seq: 4, ordinal: 3, ownOrdinal: 1 } } } });
  expect(await world.receipts.of(group, bob)).toMatchObject({ delivered: 4, read: 4 });
  expect(refusals(await world.write(dan, [{ ...op, log: selfLog(dan) } as Op]))).toEqual(['not-found']);
});

test('[RG-6] a contact by number becomes the person found; an unknown number is not found', async () => {
  const world = createCoreWorld({ phones: new Map([['+41446681800', bob]]) });
  const byNumber = (phone: string) => world.say({ log: selfLog(ann), type: 'contact-by-number', payload: { phone } });
  const [answer] = await world.write(ann, [byNumber('+41446681800')]);
  expect(answer).toMatchObject({ seq: 1, event: { type: 'contact', payload: { user: bob, on: true } } });
  expect(refusals(await world.write(ann, [byNumber('+1')]))).toEqual(['not-found']);
  expect((await world.log.registers(bob)).map(({ key, value }) => [key, value])).toEqual([
    [`contact:${ann}`, { on: false, of: true }],
  ]);
});

test('[DR-2] a direct conversation begins with its first message, for both, and only for them', async () => {
  const world = createCoreWorld();
  const direct = conversationLog(directOf(ann, bob));
  const first = world.say({ log: direct, type: 'message', with: bob, payload: text('hi') });
  expect(refusals(await world.write(cem, [first]))).toEqual(['not-found']);
  expect(refusals(await world.write(ann, [first]))).toEqual([1]);
  const spans = [{ from: 1 }];
  expect(await world.log.registers(bob)).toEqual([
    { key: `member:${directOf(ann, bob)}`, revised: 1, value: { with: ann, spans } },
  ]);
  expect(await world.log.registers(ann)).toEqual([
    { key: `member:${directOf(ann, bob)}`, revised: 1, value: { with: bob, spans } },
  ]);
});

test('[DR-2] nobody begins a direct conversation with a person who does not exist', async () => {
  const world = createCoreWorld({ existing: new Set([ann]) });
  const op = world.say({ log: conversationLog(directOf(ann, bob)), type: 'message', with: bob, payload: text('hi') });
  expect(refusals(await world.write(ann, [op]))).toEqual(['not-found']);
});

test('[FD-1][FD-3] a deletion leaves no text in the log, whatever was edited before or after', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  const original = message(world, 'secret');
  const edit = (words: string) => world.say({ log, type: 'edit', target: original.opId, payload: text(words) });
  await world.write(ann, [original, edit('secret 2'), edit('secret 3')]);
  await world.write(ann, [world.say({ log, type: 'delete', target: original.opId, payload: {} }), edit('secret 4')]);
  expect(JSON.stringify(await world.log.read(log, 0, 100))).not.toContain('secret');
  expect(JSON.stringify(await world.log.messages(log, [original.opId]))).not.toContain('secret');
  expect(refusals(await world.write(ann, [original]))).toEqual([2]);
});

test('[SQ-2][FD-7] what another server writes while a log is first read is counted once', async () => {
  const world = createCoreWorld();
  await aGroup(world);
  let isQuiet = false;
  const memberships: EventLog['memberships'] = async (of) => {
    if (!isQuiet) await world.write(ann, [message(world)]);
    isQuiet = true;
    return world.log.memberships(of);
  };
  await world.write(ann, [message(world)], world.aServer({ ...world.log, memberships }));
  expect(await world.log.membership(log, ann)).toMatchObject({ ownMessages: 2 });
  expect(await world.log.record(log)).toMatchObject({ head: 3, messageCount: 2 });
});
