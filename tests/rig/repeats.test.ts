import { expect, onTestFinished, test } from 'vitest';
import { type Answer, type ConversationId, type Op, type OpId, conversationLog, selfLog } from '#sync-protocol';
import { createScriptClient, mintId, type ScriptClient } from '../kit/script-client.ts';
import { type SignedIn, type TestServer, startServer } from '../kit/server.ts';

const times = 3;
const replayedAfterMs = 60_000;

async function aWorld() {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const [ann, ben, cleo] = [
    await server.signIn('+41446681800', 'Ann'),
    await server.signIn('+41446681801', 'Ben'),
    await server.signIn('+41446681802', 'Cleo'),
  ];
  const client = scriptFor(server, ann);
  return { server, ann, ben, cleo, client };
}

const scriptFor = (server: TestServer, { userId, deviceId, token }: SignedIn): ScriptClient =>
  createScriptClient({ url: server.url, name: 'Ann', user: userId, device: deviceId, token });

/** One op of each type, each of use only after the ones before it. */
function everyOp({ ann, ben, cleo }: Pick<Awaited<ReturnType<typeof aWorld>>, 'ann' | 'ben' | 'cleo'>): readonly Op[] {
  const group = mintId<ConversationId>();
  const inGroup = { log: conversationLog(group), writtenAt: Date.now() };
  const own = { log: selfLog(ann.userId), writtenAt: Date.now() };
  const said = mintId<OpId>();
  const body = (text: string) => ({ body: { kind: 'text' as const, text } });
  const drafts = [
    { ...inGroup, type: 'group-created', payload: { title: 'Rig', members: [ben.userId] } },
    { ...inGroup, opId: said, type: 'message', payload: body('Said') },
    { ...inGroup, type: 'edit', target: said, payload: body('Said better') },
    { ...inGroup, type: 'reaction', target: said, payload: { emoji: '👍', on: true } },
    { ...inGroup, type: 'pin', target: said, payload: { on: true } },
    { ...inGroup, type: 'members-added', payload: { members: [cleo.userId] } },
    { ...inGroup, type: 'role-changed', payload: { user: ben.userId, role: 'owner' } },
    { ...inGroup, type: 'info-changed', payload: { title: 'Rig two' } },
    { ...inGroup, type: 'policy-changed', payload: { history: 'shared' } },
    { ...inGroup, type: 'member-removed', payload: { user: cleo.userId } },
    { ...inGroup, type: 'delete', target: said, payload: {} },
    { ...own, type: 'read-marker', payload: { conversation: group, seq: 2 } },
    { ...own, type: 'marked-unread', payload: { conversation: group, on: true } },
    { ...own, type: 'muted', payload: { conversation: group, on: true } },
    { ...own, type: 'pinned', payload: { conversation: group, on: true } },
    { ...own, type: 'archived', payload: { conversation: group, on: true } },
    { ...own, type: 'draft', payload: { conversation: group, text: 'Half a' } },
    { ...own, type: 'hidden', payload: { conversation: group, message: said, on: true } },
    { ...own, type: 'starred', payload: { conversation: group, message: said, on: true } },
    { ...own, type: 'blocked', payload: { user: cleo.userId, on: true } },
    { ...own, type: 'contact', payload: { user: ben.userId, on: true } },
    { ...own, type: 'contact-by-number', payload: { phone: cleo.phone } },
    { ...own, type: 'profile', payload: { name: 'Ann B.' } },
    { ...inGroup, type: 'member-left', payload: {} },
    { ...own, type: 'dropped', payload: { conversation: group, upTo: 3 } },
  ];
  return drafts.map((draft) => ({ opId: mintId<OpId>(), ...draft }) as Op);
}

test(`[OP-2][SQ-5] every type of op, sent ${times} times at once through every door, backwards and again after ${replayedAfterMs / 1_000} s: one event each, answered alike`, async () => {
  const world = await aWorld();
  const { client, server } = world;
  const socket = await client.connect();
  onTestFinished(() => socket.close());
  const doors: ((ops: readonly Op[]) => Promise<readonly Answer[]>)[] = [
    (ops) => client.send(ops),
    (ops) => socket.send(ops),
    async (ops) => ((await client.ask('POST', '/api/ops', { ops })).body as { answers: readonly Answer[] }).answers,
  ];
  const ops = everyOp(world);
  const first = new Map<string, Answer>();
  for (const op of ops) {
    const answers = await Promise.all(Array.from({ length: times }, (_, i) => doors[i % doors.length]!([op])));
    for (const [answer] of answers) expect(answer, op.type).toEqual(answers[0]![0]);
    expect(answers[0]![0], op.type).toHaveProperty('seq');
    first.set(op.opId, answers[0]![0]!);
  }
  /** As somebody would be told who begins anew. */
  const everything = async () => {
    const { self, rows, root } = await scriptFor(server, world.ann).sync();
    return { self, rows, root };
  };
  const before = await everything();
  server.pass(replayedAfterMs);
  for (const door of doors) {
    for (const op of ops.toReversed()) expect((await door([op]))[0], op.type).toEqual(first.get(op.opId));
    expect(await door(ops.toReversed())).toEqual(ops.toReversed().map(({ opId }) => first.get(opId)));
  }
  expect(await everything()).toEqual(before);
});
