import { expect, test } from 'vitest';
import type { LogEvent, OpId, UserId } from '#sync-protocol';
import { anOpId, aTime, aUser } from '#sync-protocol/testing';
import { aSelfRun, createStoreBench, type StoreBench } from '../../../tests/kit/engine-bench.ts';
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
