import { expect, test } from 'vitest';
import type { UserId } from '#sync-protocol';
import { bearer, startServer } from '../../tests/kit/server.ts';
import { createSecrets } from '../gateways/secrets.ts';
import { createLog } from '../log.ts';
import { createMemoryAccounts } from '../store/memory/accounts.ts';
import { StorageBrokenError, StorageFullError } from './ports.ts';
import { createSessions } from './sessions.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Accounts on a disk that fails to note a last use while `failure` is set, and how often it was asked to. */
function createFailingAccounts() {
  const memory = createMemoryAccounts();
  const disk: { failure: Error | undefined; touches: number } = { failure: undefined, touches: 0 };
  const touchSession: typeof memory.touchSession = async (...args) => {
    disk.touches++;
    if (disk.failure) throw disk.failure;
    return memory.touchSession(...args);
  };
  return { disk, accounts: { ...memory, touchSession } };
}

async function createWorld() {
  const { disk, accounts: store } = createFailingAccounts();
  const clock = { nowMs: 1_700_000_000_000, now: () => clock.nowMs };
  const lines: string[] = [];
  const log = createLog({ level: 'debug', serverId: 'test', to: { write: (line) => void lines.push(line) } });
  const sessions = createSessions({ store, secrets: createSecrets(), clock, log });
  const session = sessions.make('ann' as UserId, 'a phone');
  const request = {
    requestId: 'r',
    phone: '+1',
    salt: '',
    codeHash: '',
    digits: 6,
    sentAt: 0,
    expiresAt: 1,
    tries: 0,
    state: 'open',
  } as const;
  await store.openCode(request, [{ max: 1, ms: minuteMs }]);
  await store.redeem({ requestId: 'r', session: session.stored });
  return { disk, clock, lines, sessions, ...session };
}

test('[SQ-8] on a full disk a session goes on, though its last use cannot be noted; that is said once and tried again later', async () => {
  const { disk, clock, lines, sessions, token, stored } = await createWorld();
  disk.failure = new StorageFullError('full');
  clock.nowMs += 2 * hourMs;
  const caller = { user: stored.user, device: stored.device };
  expect(await sessions.authenticate(token)).toEqual(caller);
  expect(await sessions.authenticate(token)).toEqual(caller);
  expect(await sessions.stillLive(stored.device)).toBe('live');
  expect(disk.touches).toBe(1);
  clock.nowMs += minuteMs;
  expect(await Promise.all([sessions.authenticate(token), sessions.authenticate(token)])).toEqual([caller, caller]);
  expect(disk.touches).toBe(2);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([expect.objectContaining({ level: 'warn' })]);

  disk.failure = undefined;
  clock.nowMs += minuteMs;
  await sessions.authenticate(token);
  expect(await sessions.list(stored.user)).toMatchObject([{ usedAt: clock.nowMs }]);
  clock.nowMs += 89 * dayMs;
  expect(await sessions.authenticate(token)).toEqual(caller);

  disk.failure = new StorageFullError('full again');
  clock.nowMs += 2 * hourMs;
  expect(await sessions.authenticate(token)).toEqual(caller);
  expect(lines).toHaveLength(2);
});

test('[SQ-9] a disk that failed is not taken for a full one', async () => {
  const { disk, clock, sessions, token } = await createWorld();
  disk.failure = new StorageBrokenError('EIO');
  clock.nowMs += 2 * hourMs;
  await expect(sessions.authenticate(token)).rejects.toBe(disk.failure);
});

test('[SQ-8] a request that only reads is answered on a full disk, also by a session that was last used long ago', async () => {
  const { disk, accounts } = createFailingAccounts();
  const server = await startServer({ adapters: { accounts } });
  const ann = await server.signIn('+41446681800');
  disk.failure = new StorageFullError('full');
  server.pass(2 * hourMs);
  expect(await server.ask('GET', '/api/me', { headers: bearer(ann) })).toMatchObject({ status: 200 });
  expect(disk.touches).toBe(1);
  expect(server.lines.filter((line) => line.includes('the disk is full'))).toHaveLength(1);
  await server.stop();
});
