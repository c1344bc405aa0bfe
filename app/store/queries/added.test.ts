import { expect, test } from 'vitest';
import { selfLog, type LogEvent, type Op, type OpId, type UserId } from '#sync-protocol';
import { aChain, anOpId, aTime, aUser } from '#sync-protocol/testing';
import { aSelfRun, createStoreBench, type StoreBench } from '../../../tests/kit/engine-bench.ts';
import type { Change } from '../../sync/change.ts';
import { readAdded } from './added.ts';

const [former, owner] = [aUser(2), aUser(3)];
const phone = '+41446681800';
const asked = anOpId(77);

/** Knows the number as that of somebody who has another one since. */
async function aDevice(): Promise<StoreBench> {
  const bench = await createStoreBench();
  await bench.commit({ kind: 'people', people: [{ id: former, name: 'Former', about: '', phone, changedAt: aTime(0) }] });
  return bench;
}
const added = ({ backend }: StoreBench, opId: OpId = asked) => backend.read((tx) => readAdded(tx, opId));
const answer = (user: UserId, opId: OpId, seq = 1) => {
  const run = aSelfRun(seq, { type: 'contact', payload: { user, on: true } });
  return { kind: 'self-run' as const, run: { ...run, items: [{ ...run.items[0]!, opId } as LogEvent] } };
};

test('[RG-6] whom a number added is whom the server says, not who had it when this device last heard', async () => {
  const bench = await aDevice();
  expect(await added(bench)).toBeNull();
  await bench.commit(answer(owner, asked));
  await bench.commit({ kind: 'people', people: [{ id: owner, name: 'Owner', about: '', phone, changedAt: aTime(1) }] });
  expect(await added(bench)).toBe(owner);
});

test('[RG-6] it is not said before there is somebody to show, and of another op never', async () => {
  const bench = await aDevice();
  await bench.commit(answer(owner, asked));
  expect(await added(bench)).toBeNull();
  await bench.commit(answer(former, anOpId(78), 2));
  expect(await added(bench)).toBeNull();
  expect(await added(bench, anOpId(78))).toBe(former);
});

const snapshot = (user: UserId) => ({
  kind: 'self-snapshot' as const,
  storeEpoch: 'one',
  snapshot: { snapshot: [{ key: `contact:${user}`, revised: 1, value: { on: true } }], at: 1, chain: aChain(1), rows: [] },
});

test.each(['the answer', 'the event'])(
  '[RG-6] a snapshot that has the contact already takes nothing from it: %s came first',
  async (first) => {
    const bench = await aDevice();
    await bench.commit({ kind: 'people', people: [{ id: owner, name: 'Owner', about: '', phone, changedAt: aTime(1) }] });
    await bench.store.stage({
      opId: asked,
      log: selfLog(aUser(1)),
      writtenAt: aTime(0),
      type: 'contact-by-number',
      payload: { phone },
    } as Op);
    const { leaderTerm } = await bench.store.lead();
    await bench.store.takeNext({ leaderTerm, limit: { ops: 9, bytes: 100_000 }, skip: new Set() });
    if (first === 'the event') await bench.commit(answer(owner, asked));
    await bench.store.commit(
      [{ kind: 'answers', answers: [{ opId: asked, log: selfLog(aUser(1)), seq: 1 }], sent: [asked] }, snapshot(owner) as Change],
      leaderTerm,
    );
    expect(await added(bench)).toBe(owner);
  },
);
