import { expect, test } from 'vitest';
import { createManualClock, createScriptedServer, createStoreBench, me, quiet } from '../../tests/kit/engine-bench.ts';
import { StorageError } from './ports.ts';
import { createSession } from './session.ts';

async function startOnDisk(failures: readonly Error[], isOnline = true) {
  const { store } = await createStoreBench();
  const [server, clock] = [createScriptedServer(), createManualClock()];
  const reports: string[] = [];
  const waiting = [...failures];
  let leads = 0;
  const session = createSession({
    user: me,
    store: {
      ...store,
      lead: async () => {
        leads += 1;
        const failure = waiting.shift();
        if (failure) throw failure;
        return store.lead();
      },
    },
    storage: 'disk',
    transport: server.transport,
    clock,
    random: () => 0.5,
    ids: { next: () => 'id' },
    digest: async () => new Uint8Array(32),
    leadership: { start: ({ lead }) => lead(), yield: () => undefined, say: () => undefined, stop: () => undefined },
    connectivity: { isOnline: () => isOnline, watch: () => () => undefined },
    report: (what) => void reports.push(what),
    onEnded: () => undefined,
  });
  session.start();
  await quiet();
  return { session, server, clock, reports, leads: () => leads };
}

test('[LS-4] a tab that finds no room on the disk for its term says so, and leads once there is room', async () => {
  const full = new StorageError('full');
  const { session, server, clock, reports } = await startOnDisk([full, full]);
  expect(session.state.get().isDiskFull).toBe(true);
  expect(server.requests).toEqual([]);
  await clock.pass(10_000);
  expect(session.state.get().isDiskFull).toBe(false);
  expect(server.requests).toHaveLength(1);
  expect(reports).toEqual([]);
});

test('[LS-4] a tab that was closed before it could lead does not try again', async () => {
  const { session, clock, leads } = await startOnDisk([new StorageError('full')]);
  await session.stop();
  await clock.pass(60_000);
  expect(leads()).toBe(1);
});

test.each([
  { what: 'a network', isOnline: true, shown: 'connecting' },
  { what: 'none', isOnline: false, shown: 'offline' },
])('with $what a session that only begins is $shown', async ({ isOnline, shown }) => {
  const { session } = await startOnDisk([new StorageError('full')], isOnline);
  expect(session.state.get().link.at).toBe(shown);
});
