import { type Socket, io } from 'socket.io-client';
import { PROTOCOL_VERSION } from '#sync-protocol';
import { crowd } from '../kit/big-account.ts';
import { connectAll, heard, plain } from '../kit/crowds.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';
import { residentKiBOf } from '../kit/linux.ts';
import { ask } from '../kit/thin-client.ts';
import { type Measured, startBare, startChatter } from '../kit/process.ts';
import { until } from '../../tests/e2e/kit/until.ts';

const groupsEach = 20;
/** Two readings that are this close are the same. */
const steadyKiB = 256;

/** `--connections=5000` for as many; each is one person in twenty conversations. */
export async function idleMemory(): Promise<readonly Figure[]> {
  const count = Number(/--connections=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 1_000);
  const account = await crowd({ people: count, groupsEach });
  const chatter = await repeat(async () => {
    const server = await startChatter(account.dataDir, { preloads: ['collect.ts'] });
    // The store's cache of pages has a bound of its own: it is filled before anybody stays.
    for (const { token } of account.people) await ask(server.url, token, {});
    return measured(server, account.people, async ({ token }) => {
      const socket = io(server.url, { ...plain, auth: { version: PROTOCOL_VERSION, token } });
      await heard(socket, 'ready');
      return socket;
    });
  });
  account.remove();
  const bare = await repeat(async () => {
    const server = await startBare('bare-socket-io.ts', [], ['collect.ts']);
    return measured(server, account.people, async ({ user }) => {
      const socket = io(server.url, { ...plain, auth: { room: user } });
      await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
      return socket;
    });
  });
  const limit = median(bare);
  return [
    figure(`of ${count}, an idle connection`, 'KiB', chatter),
    figure('bare Socket.IO', 'KiB', bare),
    figure(
      'of bare Socket.IO',
      '×',
      chatter.map((kib) => kib / limit),
    ),
  ];
}

async function measured<T>(server: Measured, people: readonly T[], connect: (person: T) => Promise<Socket>): Promise<number> {
  // The first connections load code and fill caches that all share.
  (await connectAll(people.slice(0, 50), connect)).forEach((socket) => socket.disconnect());
  const before = await residentKiB(server.pid);
  const sockets = await connectAll(people, connect);
  const after = await residentKiB(server.pid);
  sockets.forEach((socket) => socket.disconnect());
  await server.stop();
  return (after - before) / people.length;
}

/** Once its garbage is collected and what is left no longer shrinks. */
async function residentKiB(pid: number): Promise<number> {
  let last = Infinity;
  return until(() => {
    const now = residentKiBOf(pid);
    const isSteady = Math.abs(last - now) < steadyKiB;
    last = now;
    process.kill(pid, 'SIGUSR2');
    return isSteady && now;
  }, 'the memory to be steady');
}
