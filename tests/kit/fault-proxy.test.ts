import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../e2e/kit/until.ts';
import { type Faults, createFaultProxy, createRepeatProxy } from './fault-proxy.ts';

/** Answers every chunk with the same in capitals. */
async function anEcho(faults: Faults = {}) {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const port = await listening(
    createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', (chunk: Buffer) => {
        heard.push(chunk.toString());
        socket.write(chunk.toString().toUpperCase());
      });
    }),
  );
  const proxy = await createFaultProxy(port, faults);
  onTestFinished(() => proxy.close());
  return { proxy, heard, sockets };
}

function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

function aCaller(port: number) {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.setNoDelay(true);
  const chunks: string[] = [];
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => (isClosed = true));
  return { say: (said: string) => void socket.write(said), heard: () => chunks.join(''), chunks, isClosed: () => isClosed };
}

test('passes both ways when nothing is wrong', async () => {
  const { proxy } = await anEcho();
  const caller = aCaller(proxy.port);
  caller.say('hello');
  await until(() => caller.heard().length === 5, 'the echo');
  expect(caller.heard()).toBe('HELLO');
});

test('drops a reply after the server got the request', async () => {
  const { proxy, heard } = await anEcho({ replyFate: () => 'drop' });
  const caller = aCaller(proxy.port);
  caller.say('hello');
  await until(caller.isClosed, 'the connection to end');
  expect({ server: heard, client: caller.heard(), lost: proxy.lost() }).toEqual({ server: ['hello'], client: '', lost: 1 });
});

test('cuts a reply in the middle', async () => {
  const { proxy } = await anEcho({ replyFate: () => 'cut' });
  const caller = aCaller(proxy.port);
  caller.say('hello');
  await until(caller.isClosed, 'the connection to end');
  expect(caller.heard()).toBe('HEL');
});

test('cuts a request in the middle', async () => {
  const { proxy, heard } = await anEcho({ cutAfterBytes: 3 });
  const caller = aCaller(proxy.port);
  caller.say('hello');
  await until(caller.isClosed, 'the connection to end');
  expect(heard.join('')).toBe('hel');
});

test('slices both ways and loses nothing', async () => {
  const { proxy, heard } = await anEcho({ sliceBytes: () => 2 });
  const caller = aCaller(proxy.port);
  caller.say('hello');
  await until(() => caller.heard() === 'HELLO', 'the echo');
  expect(heard.join('')).toBe('hello');
  expect(caller.chunks.length).toBeGreaterThan(1);
});

test('delays and keeps the order', async () => {
  const { proxy } = await anEcho({ delayMs: 5 });
  const caller = aCaller(proxy.port);
  for (const word of ['a', 'b', 'c']) caller.say(word);
  await until(() => caller.heard().length === 3, 'the echo');
  expect(caller.heard()).toBe('ABC');
});

test('a blackhole tells neither end, and what connects after it healed gets through', async () => {
  const { proxy, heard, sockets } = await anEcho();
  const caller = aCaller(proxy.port);
  caller.say('a');
  await until(() => caller.heard() === 'A', 'the echo');
  proxy.blackhole();
  caller.say('b');
  proxy.heal();
  const other = aCaller(proxy.port);
  other.say('c');
  await until(() => other.heard() === 'C', 'the echo');
  expect({ heard, isClosed: caller.isClosed(), held: sockets.size }).toEqual({ heard: ['a', 'c'], isClosed: false, held: 2 });
});

test('repeats whole requests at once, and replays them later', async () => {
  const bodies: string[] = [];
  const server = createHttpServer((req, res) => {
    void text(req).then((body) => {
      bodies.push(`${req.method} ${req.url} ${String(req.headers['x-who'])} ${body}`);
      res.writeHead(201).end(String(bodies.length));
    });
  });
  const proxy = await createRepeatProxy(await listening(server), 3);
  onTestFinished(() => proxy.close());

  const answer = await fetch(`${proxy.url}/a?b=c`, { method: 'POST', body: 'hello', headers: { 'x-who': 'ann' } });
  expect([answer.status, await answer.text()]).toEqual([201, '3']);
  expect(await proxy.replay(proxy.recorded[0]!)).toMatchObject({ status: 201, body: '4' });
  expect(bodies).toEqual(Array.from({ length: 4 }, () => 'POST /a?b=c ann hello'));
});
