/** Clients that are slow on purpose: heads, bodies and readers that never finish, and honest people beside them. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { expect, onTestFinished, test } from 'vitest';
import { patience } from '../../api/http/connections.ts';
import { until } from '../e2e/kit/until.ts';
import { headOf } from '../kit/raw-http.ts';
import { openRawSocket } from '../kit/raw-socket.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { report } from './kit/figures.ts';
import { counts } from './kit/tier.ts';

const connections = counts({ test: 100, torture: 1_000 });
const bounds = counts({ test: { headersMs: 1_000, requestMs: 2_000, silenceMs: 2_000 }, torture: patience });
const readers = counts({ test: 30, torture: 200 });
const honestRequests = counts({ test: 100, torture: 1_000 });
/** Node looks twice: who took something since it looked last, be it into the network's own memory, is given that time again. */
const looks = 2;
/** The longest of the three, and what a busy machine may add. */
const endsWithinMs = Math.max(bounds.headersMs, bounds.requestMs, looks * bounds.silenceMs) + 15_000;

async function aServer(changes: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const appFolder = mkdtempSync(join(tmpdir(), 'chatter-slow-'));
  writeFileSync(join(appFolder, 'large.bin'), Buffer.alloc(16 * 1024 * 1024, 1));
  const server = await startServer({ patience: bounds, appFolder, ...changes });
  onTestFinished(async () => {
    await server.stop();
    rmSync(appFolder, { recursive: true });
  });
  return server;
}

const json = { 'content-type': 'application/json' };
const slowAddress = '127.0.0.2';

/** Says the beginning, then a little now and then, for as long as it is listened to. */
function dawdle(server: TestServer, beginning: string, little: string): Socket {
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: slowAddress });
  const timer = setInterval(() => socket.write(little), 200);
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.once('close', () => clearInterval(timer));
  socket.write(beginning);
  return socket;
}

/** Asks for more than the network holds for somebody who does not read, and does not read. */
function refuseToRead(server: TestServer): Socket {
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: slowAddress });
  socket.pause();
  socket.on('error', () => undefined);
  socket.write(headOf('GET', '/large.bin', {}));
  return socket;
}

type Mode = { readonly what: string; readonly count: number; readonly begin: (server: TestServer) => Socket };
const modes: readonly Mode[] = [
  {
    what: 'a head that never ends',
    count: connections,
    begin: (server) => dawdle(server, 'GET /health HTTP/1.1\r\nHost: x\r\n', 'a: b\r\n'),
  },
  {
    what: 'a body that never ends',
    count: connections,
    begin: (server) => dawdle(server, headOf('POST', '/api/login', { ...json, 'content-length': 200_000 }), ' '),
  },
  { what: 'an answer that is not read', count: readers, begin: refuseToRead },
];

test.each(modes)(
  '$count connections with $what: honest requests are answered, and the slow ones are ended',
  async ({ what, count, begin }) => {
    const server = await aServer({ connectionsPerAddress: count });
    const slow = Array.from({ length: count }, () => begin(server));
    onTestFinished(() => slow.forEach((socket) => void socket.destroy()));
    await Promise.all(slow.filter(({ connecting }) => connecting).map((socket) => once(socket, 'connect')));
    expect(await statusOf(server, { from: slowAddress })).toBe(0);
    const agent = new Agent({ keepAlive: true });
    const took: number[] = [];
    for (let n = 0; n < honestRequests; n++) {
      const startedMs = performance.now();
      expect(await statusOf(server, { agent })).toBe(200);
      took.push(performance.now() - startedMs);
    }
    agent.destroy();
    report(`honest requests beside ${what}`, took);
    // As many as one address may hold, all at once: so none of the slow ones is left.
    const haveRoom = async () => {
      const room = new Agent({ keepAlive: true });
      const statuses = await Promise.all(
        Array.from({ length: count }, () => statusOf(server, { agent: room, from: slowAddress })),
      );
      room.destroy();
      return statuses.every((status) => status === 200);
    };
    // Connections of the last time are let go of a moment after they were closed here.
    await until(haveRoom, 'the slow ones to be ended', endsWithinMs, 500);
  },
);

test('a WebSocket that never says who it is is closed', async () => {
  const server = await aServer();
  const raw = await openRawSocket({ port: server.port });
  expect(await raw.closed).toBe(1005);
});

test('one address holds so many connections and no more; others are not concerned, and a proxy is not counted', async () => {
  const server = await aServer({ connectionsPerAddress: 20 });
  const of = (localAddress: string) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', localAddress });
    const state = { isOver: false };
    socket.on('error', () => undefined);
    socket.once('close', () => (state.isOver = true));
    onTestFinished(() => void socket.destroy());
    return { socket, state };
  };
  const many = Array.from({ length: 30 }, () => of('127.0.0.3'));
  await until(() => many.filter(({ state }) => state.isOver).length === 10, 'what is too many to be closed');
  expect(await statusOf(server)).toBe(200);
  expect(await statusOf(server, { from: '127.0.0.3' })).toBe(0);
  // Who goes makes room.
  for (const { socket } of many) socket.destroy();
  await until(async () => (await statusOf(server, { from: '127.0.0.3' })) === 200, 'room');

  const behindProxy = await aServer({ connectionsPerAddress: 5, trustProxy: ['127.0.0.0/8'] });
  const agent = new Agent({ keepAlive: true });
  const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(behindProxy, { agent })));
  agent.destroy();
  expect(statuses).toEqual(Array(20).fill(200));
});

type Asking = { readonly agent?: Agent; readonly from?: string };

/** 0 when it was not answered. */
function statusOf({ url }: TestServer, { agent, from }: Asking = {}): Promise<number> {
  return new Promise((resolve) => {
    const options = { ...(agent && { agent }), ...(from !== undefined && { localAddress: from }) };
    const request = get(`${url}/health`, options, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', () => resolve(0));
  });
}
