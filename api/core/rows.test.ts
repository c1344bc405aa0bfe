import { expect, test } from 'vitest';
import { CHAIN_START, conversationLog, selfLog, type LogId, type UserId } from '#sync-protocol';
import { aConversation, aUser } from '#sync-protocol/testing';
import { createCoreWorld, directOf, type CoreWorld } from '../../tests/kit/core-world.ts';

const [ann, bob, cem, dan] = [aUser(1), aUser(2), aUser(3), aUser(4)] as const;

async function windowOf(world: CoreWorld, user: UserId, log: LogId) {
  const record = await world.log.record(selfLog(user));
  const self = { watermark: record!.head, chain: record!.chain };
  return (await world.syncAs(user, { self, logs: [{ log, watermark: 0, chain: CHAIN_START, empty: true }] })).logs[0];
}

test('[UN-4][RC-2] what a blocked person says is not counted, and they learn nothing of the blocker', async () => {
  const world = createCoreWorld();
  const direct = directOf(ann, bob);
  const say = (by: UserId, other: UserId) => world.write(by, [{ ...world.message(conversationLog(direct)), with: other }]);
  await say(bob, ann);
  await world.write(ann, [world.say({ log: selfLog(ann), type: 'blocked', payload: { user: bob, on: true } })]);
  await say(bob, ann);
  await world.server.sync.received({ user: ann, device: 'device' }, [{ conversation: direct, seq: 2 }]);
  expect((await world.syncAs(ann)).self).toMatchObject({ rows: [{ unread: 1, other: bob }] });
  const theirs = (await world.syncAs(bob)).self as { rows: readonly object[] };
  expect(theirs.rows[0]).not.toHaveProperty('delivered');
  await world.write(ann, [world.say({ log: selfLog(ann), type: 'blocked', payload: { user: bob, on: false } })]);
  await say(bob, ann);
  expect((await world.syncAs(ann)).self).toMatchObject({ rows: [{ unread: 2 }] });
});

test('[RC-1] receipts come by version to members, and live to the room', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob, cem]);
  await world.chat(log, ann, 2);
  const conversation = aConversation(1);
  await world.syncAs(bob, { received: [{ conversation, seq: 99 }] });
  expect(world.news.at(-1)?.steps).toMatchObject([
    { room: `c:${conversation}:0`, down: { type: 'receipts', people: [{ user: bob, delivered: 3, read: 0 }] } },
  ]);
  const { receipts } = await world.syncAs(ann, { receiptsOf: [{ conversation, version: 0 }] });
  expect(receipts).toEqual([{ conversation, people: [{ user: bob, version: 1, delivered: 3, read: 0 }] }]);
  expect((await world.syncAs(ann, { receiptsOf: [{ conversation, version: 1 }] })).receipts).toEqual([]);
  expect((await world.syncAs(dan, { receiptsOf: [{ conversation, version: 0 }] })).receipts).toEqual([]);
});

test('[UN-2] a message written after reading to an earlier one leaves what came between unread', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, bob, 2);
  await world.write(ann, [
    world.say({ log: selfLog(ann), type: 'read-marker', payload: { conversation: aConversation(1), seq: 3 } }),
  ]);
  await world.chat(log, bob, 3);
  await world.chat(log, ann, 1);
  expect((await world.syncAs(ann)).self).toMatchObject({ rows: [{ unread: 3, marks: { seq: 7, ordinal: 6, ownOrdinal: 1 } }] });
});

test('[SY-5] the mentions of a skipped stretch come with its window', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const mention = world.say({
    log,
    type: 'message',
    payload: { body: { kind: 'text', text: '@ann', mentions: [ann, ann, dan, bob] } },
  });
  await world.write(bob, [mention]);
  await world.chat(log, bob, 60);
  expect(await windowOf(world, ann, log)).toMatchObject({
    mentions: [2],
    row: { mentions: 1, unread: 61 },
  });
  expect(await world.log.mentions(log, dan, 0, 10)).toEqual([]);
});

test('[UN-3] a deletion changes neither unread nor the place in the list, only the preview', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  const message = world.message(log, 'secret');
  await world.write(bob, [message, world.say({ log, type: 'delete', target: message.opId, payload: {} })]);
  const { rows } = (await world.syncAs(ann)).self as { rows: readonly object[] };
  expect(rows).toMatchObject([{ unread: 1, preview: { id: message.opId, deleted: true } }]);
  expect(JSON.stringify(rows)).not.toContain('secret');
});

test('[VS-3] a former member keeps a row as it stood when they left', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob, cem]);
  await world.chat(log, ann, 2);
  const before = { log, type: 'info-changed', payload: { title: 'Before' } } as const;
  await world.write(ann, [world.say(before), world.say({ log, type: 'member-removed', payload: { user: bob } })]);
  const after = world.say({ log, type: 'info-changed', payload: { title: 'After' } });
  await world.write(ann, [after, world.say({ log, type: 'member-removed', payload: { user: cem } })]);
  await world.chat(log, ann, 5);
  const { row, state } = await world.server.reader.conversation(bob, aConversation());
  expect(row).toMatchObject({ title: 'Before', head: 5, members: 2, unread: 2, marks: { seq: 5, ordinal: 2 }, roomEpoch: 1 });
  expect(row).not.toHaveProperty('role');
  expect(state).toEqual({
    asOf: 5,
    title: 'Before',
    policy: { history: 'joined' },
    pins: [],
    members: [
      [ann, 'owner'],
      [cem, 'member'],
    ],
  });
});

test('[AC-8] a conversation one never was in is not found, like one that does not exist', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob]);
  for (const n of [1, 2])
    await expect(world.server.reader.conversation(dan, aConversation(n))).rejects.toMatchObject({ code: 'not-found' });
});

test('[RG-6] contacts are whom one added, who added one, and whom one meets in direct conversations and groups', async () => {
  const world = createCoreWorld();
  await world.makeGroup(1, ann, [bob, cem]);
  await world.write(ann, [world.say({ log: selfLog(ann), type: 'contact', payload: { user: bob, name: 'Bobby', on: true } })]);
  await world.write(dan, [world.say({ log: selfLog(dan), type: 'contact', payload: { user: ann, on: true } })]);
  await world.write(cem, [{ ...world.message(conversationLog(directOf(cem, ann))), with: ann }]);
  expect(await world.server.reader.contacts(ann)).toEqual([
    { user: bob, via: ['added', 'group'], name: 'Bobby' },
    { user: dan, via: ['added-me'] },
    { user: cem, via: ['direct', 'group'] },
  ]);
});

test('[UN-1][RT-1] what was dropped unread is not counted when the conversation comes back', async () => {
  const world = createCoreWorld();
  const log = await world.makeGroup(1, ann, [bob]);
  await world.chat(log, bob, 4);
  await world.write(ann, [
    world.say({ log: selfLog(ann), type: 'dropped', payload: { conversation: aConversation(), upTo: 5 } }),
  ]);
  await world.chat(log, bob, 2);
  expect((await world.syncAs(ann)).self).toMatchObject({ rows: [{ head: 7, unread: 2 }] });
});
