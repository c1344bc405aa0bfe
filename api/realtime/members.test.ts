import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import { type Down, selfLog } from '#sync-protocol';
import { aUser } from '#sync-protocol/testing';
import { openSocket } from '../../tests/kit/live-client.ts';
import { createMembers } from './members.ts';
import type { LiveServer } from './ports.ts';

const rooms = ['c:one:0', 'c:two:0', 'c:three:0'];

/** So many sockets, each in all of these rooms. */
async function aRoomOf(count: number) {
  const http = createServer();
  const io: LiveServer = new Server(http);
  io.on('connection', (socket) => void socket.join(rooms));
  await new Promise<void>((resolve) => void http.listen(0, 'localhost', resolve));
  const clients = Array.from({ length: count }, () => openSocket(`http://localhost:${(http.address() as AddressInfo).port}`));
  onTestFinished(async () => {
    for (const client of clients) client.close();
    await io.close();
  });
  await expect.poll(() => io.of('/').adapter.rooms.get(rooms[0]!)?.size, { timeout: 10_000 }).toBe(count);
  return { io, clients, members: createMembers(io) };
}

test.each([2, 60])(
  '[PR-1] for %i sockets in several rooms each a profile is encoded once, and each hears it once',
  async (count) => {
    const { members, clients, io } = await aRoomOf(count);
    let encodings = 0;
    const profile = {
      toJSON: () => {
        encodings++;
        return { id: aUser(1), name: 'Anna', about: '', changedAt: 1 };
      },
    } as unknown as Extract<Down, { type: 'profile' }>['profile'];
    members.carryOut({ log: selfLog(aUser(1)), steps: [{ kind: 'spread', rooms, down: { type: 'profile', profile } }] });
    io.emit('down', { type: 'goodbye', reconnectInMs: 1, jitterMs: 1 });
    for (const client of clients) await client.heard('goodbye');
    expect(clients.map(({ downs }) => downs.map(({ type }) => type))).toEqual(clients.map(() => ['profile', 'goodbye']));
    // Once to see whether there are bytes in it, and once to write it.
    expect(encodings).toBe(2);
  },
);

test('[PR-1] a profile for no room goes to nobody', async () => {
  const { members, clients, io } = await aRoomOf(1);
  const profile = { id: aUser(1), name: 'Anna', about: '', changedAt: 1 };
  members.carryOut({ log: selfLog(aUser(1)), steps: [{ kind: 'spread', rooms: [], down: { type: 'profile', profile } }] });
  io.emit('down', { type: 'goodbye', reconnectInMs: 1, jitterMs: 1 });
  await clients[0]!.heard('goodbye');
  expect(clients[0]!.downs.map(({ type }) => type)).toEqual(['goodbye']);
});
