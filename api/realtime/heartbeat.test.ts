import { expect, test } from 'vitest';
import { type ConversationId, type Down, type Op, type OpId, conversationLog, limits } from '#sync-protocol';
import { createMemoryEventLog } from '../store/memory/event-log.ts';
import { createSecrets } from '../gateways/secrets.ts';
import { type LiveClient, openSocket } from '../../tests/kit/live-client.ts';
import { bearer, type SignedIn, startServer } from '../../tests/kit/server.ts';

const { newId } = createSecrets();
const heartbeatMs = 50;

async function aWorld(changes: Parameters<typeof startServer>[0] = {}) {
  const server = await startServer({ heartbeatMs, ...changes });
  const [ann, bob] = [await server.signIn('+41446681800', 'Ann'), await server.signIn('+41446681801', 'Bob')];
  const id = newId() as ConversationId;
  const log = conversationLog(id);
  const doOps = async (ops: readonly Partial<Op>[], who: SignedIn = ann) => {
    const filled = ops.map((op) => ({ opId: newId() as OpId, log, writtenAt: 1, ...op }));
    return (await server.ask('POST', '/api/ops', { body: { ops: filled }, headers: bearer(who) })).body as {
      answers: { seq: number }[];
    };
  };
  const say = (words: string) => ({ type: 'message', payload: { body: { kind: 'text', text: words } } }) as const;
  await doOps([{ type: 'group-created', payload: { title: 'Group', members: [bob.userId] } }]);
  const client = openSocket(server.url, { auth: { token: bob.token } });
  await client.heard('ready');
  const stop = async () => {
    client.close();
    await server.stop();
  };
  return { server, ann, bob, id, log, doOps, say, client, stop };
}

test('[LV-3] a heartbeat carries the root and the self head, as they are by then', async () => {
  const { client, doOps, say, server, bob, stop } = await aWorld();
  expect(limits.heartbeatMs).toBe(20_000);
  const before = await client.heard('heartbeat');
  await doOps([say('hello')]);
  const after = await client.wait(
    () => client.downs.findLast((down) => down.type === 'heartbeat' && down.root !== before.root),
    'a new root',
  );
  const synced = await server.ask('POST', '/api/sync', { body: { version: 1 }, headers: bearer(bob) });
  expect(after).toMatchObject({ root: (synced.body as { root: string }).root, self: before.self });
  await stop();
});

test('[LV-1] a push that was lost shows in the next heartbeat', async () => {
  const { client, doOps, say, stop } = await aWorld();
  const before = await client.heard('heartbeat');
  client.downs.length = 0;
  client.socket.off('down');
  client.socket.on('down', (down: Down) => void (down.type !== 'run' && client.downs.push(down)));
  await doOps([say('lost')]);
  await expect.poll(() => client.downs.some((down) => down.type === 'heartbeat' && down.root !== before.root)).toBe(true);
  await stop();
});

test('[LV-5] a room that was missed is joined again at a later heartbeat', async () => {
  const memory = createMemoryEventLog();
  let hides = true;
  const eventLog = {
    ...memory,
    conversationsOf: async (...args: Parameters<typeof memory.conversationsOf>) => (hides ? [] : memory.conversationsOf(...args)),
  };
  const { client, doOps, say, stop } = await aWorld({ adapters: { eventLog } });
  await doOps([say('not heard')]);
  hides = false;
  await client.heard('heartbeat', 4);
  await doOps([say('heard')]);
  expect((await client.heard('run')).run.items).toMatchObject([{ payload: { body: { text: 'heard' } } }]);
  await stop();
});

test('[AC-6] a session that ended elsewhere is noticed at the next heartbeat', async () => {
  const { client, server, stop } = await aWorld();
  server.pass(91 * 24 * 3_600_000);
  expect(await client.heard('refused')).toEqual({ type: 'refused', refusal: 'signed-out' });
  await client.closed();
  await stop();
});

test('[LV-4] a socket that stopped reading is owed one head, not everything', { timeout: 30_000 }, async () => {
  const { client, doOps, say, stop, id } = await aWorld();
  const wire = wireOf(client);
  wire.pause();
  const words = 'x'.repeat(limits.textBytesMax - 100);
  let head = 0;
  for (let sent = 0; sent < 16 * 1024 * 1024; sent += 10 * words.length) {
    head = (await doOps(Array.from({ length: 10 }, () => say(words)))).answers.at(-1)!.seq;
  }
  client.downs.length = 0;
  wire.resume();
  const owed = await client.wait(() => client.downs.find((down) => down.type === 'head'), 'the head', 20_000);
  expect(owed).toMatchObject({ conversation: id, head });
  const seqs = client.downs.flatMap((down) => (down.type === 'run' ? [down.run.to] : []));
  expect(Math.max(...seqs)).toBeLessThan(head);
  expect(client.downs.filter(({ type }) => type === 'head')).toHaveLength(1);
  await doOps([say('after')]);
  await client.wait(() => client.downs.find((down) => down.type === 'run' && down.run.to === head + 1), 'runs again');
  await stop();
});

/** The connection below the socket, to stop reading from it. */
function wireOf({ socket }: LiveClient): { pause(): void; resume(): void } {
  const { transport } = socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void; resume(): void } } } };
  return transport.ws._socket;
}
