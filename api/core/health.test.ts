import { expect, test } from 'vitest';
import { bearer, startServer } from '../../tests/kit/server.ts';
import { createMemoryAccounts } from '../store/memory/accounts.ts';
import { createMemoryEventLog } from '../store/memory/event-log.ts';
import { createStoreHealth } from './health.ts';
import { StorageBrokenError, StorageFullError } from './ports.ts';

function aStore() {
  const state: { failure: Error | undefined } = { failure: undefined };
  const memory = createMemoryAccounts();
  const log = createMemoryEventLog();
  const fail = async <T>(write: () => Promise<T>): Promise<T> => {
    if (state.failure) throw state.failure;
    return write();
  };
  const accounts: typeof memory = {
    ...memory,
    openCode: (...args) => fail(() => memory.openCode(...args)),
    probe: () => fail(() => memory.probe()),
  };
  const eventLog: typeof log = { ...log, append: (...args) => fail(() => log.append(...args)) };
  return { state, accounts, eventLog };
}

test('a full disk is red, 507 for who writes, 200 for who reads, and heals by itself', async () => {
  const { state, accounts, eventLog } = aStore();
  const server = await startServer({ adapters: { accounts, eventLog } });
  const ann = await server.signIn('+41446681800');
  const bob = await server.signIn('+41446681801');
  const say = () => server.ask('POST', '/api/message', { body: { to: bob.userId, text: 'hi' }, headers: bearer(ann) });
  await say();
  state.failure = new StorageFullError('full');
  expect(await say()).toMatchObject({ status: 507, body: { refusal: 'storage-full' } });
  expect(await server.ask('GET', '/health')).toMatchObject({ status: 503, body: { ok: false, store: 'full' } });
  expect(await server.ask('GET', '/api/me', { headers: bearer(ann) })).toMatchObject({ status: 200 });
  state.failure = undefined;
  await expect.poll(async () => (await server.ask('GET', '/health')).status, { timeout: 5_000 }).toBe(200);
  expect(await say()).toMatchObject({ status: 200 });
  await server.stop();
});

test('a broken disk stays broken, whatever succeeds later', async () => {
  const { state, accounts } = aStore();
  const health = createStoreHealth();
  const store = health.watchAccounts(accounts);
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
  state.failure = new StorageBrokenError('broken');
  await expect(store.openCode(request, [])).rejects.toThrow('broken');
  state.failure = undefined;
  await store.openCode(request, [{ max: 1, ms: 1 }]);
  await health.probe(accounts);
  expect(health.state()).toBe('broken');
});

test('another error says nothing about the disk', async () => {
  const { state, accounts } = aStore();
  const health = createStoreHealth();
  state.failure = new Error('a mistake');
  await expect(health.watchAccounts(accounts).openCode({} as never, [])).rejects.toThrow('a mistake');
  expect(health.state()).toBe('ok');
});
