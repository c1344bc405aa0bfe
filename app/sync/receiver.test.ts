import { expect, test } from 'vitest';
import { limits, type Run } from '#sync-protocol';
import { aChain, aConversation, aLog, aRun } from '#sync-protocol/testing';
import { aRoot, createManualClock, quiet, startEngine } from '../../tests/kit/engine-bench.ts';
import { createReceiver } from './receiver.ts';

const live = (from: number, to = from) => ({ type: 'run', run: aRun(from, to) }) as const;

test('[EN-5] live runs that come early wait for what lies between, without a question', async () => {
  const { server, conversation, clock } = await startEngine();
  await server.answer();
  await server.say(live(6));
  await server.say(live(5));
  expect(await conversation()).toMatchObject({ watermark: 3 });
  await server.say(live(4));
  expect(await conversation()).toMatchObject({ watermark: 6 });
  await clock.pass(limits.gapWaitMs * 2);
  expect(server.open()).toBe(0);
});

test('[EN-5] a gap that stays is asked for, once', async () => {
  const { server, conversation, clock } = await startEngine();
  await server.answer();
  await server.say(live(5));
  await clock.pass(limits.gapWaitMs - 1);
  expect(server.open()).toBe(0);
  await clock.pass(1);
  expect(server.open()).toBe(1);
  await server.answer({ root: aRoot(5) });
  await server.answer({ root: aRoot(5), heads: [[aConversation(), 5, aChain(5)]] });
  expect(server.requests.at(-1)).toMatchObject({ logs: [{ log: aLog(), watermark: 3 }] });
  await server.answer({ root: aRoot(5), logs: [{ kind: 'run', ...aRun(4, 5) }] });
  await clock.pass(limits.gapWaitMs * 4);
  expect(await conversation()).toMatchObject({ watermark: 5 });
  expect(server.open()).toBe(0);
});

test('[EN-5] what waits is bounded: the oldest runs are let go', async () => {
  const applied: number[] = [];
  const receiver = createReceiver({
    commit: async (change) => {
      applied.push((change as { run: Run }).run.from);
      return { kind: 'committed', heads: [], gone: [], people: [], unknown: [], nudge: false };
    },
    clock: createManualClock(),
    random: () => 0.5,
    report: () => undefined,
    pull: () => undefined,
  });
  receiver.hold([aLog()]);
  for (let seq = 1; seq <= limits.bufferedRunsMax + 6; seq++) receiver.receive(aRun(seq, seq));
  receiver.release();
  await quiet();
  expect(applied).toHaveLength(limits.bufferedRunsMax);
  expect(applied[0]).toBe(6);
});
