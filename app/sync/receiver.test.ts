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

test('[EN-5] what waits is bounded: the latest runs are let go, so that the rest can be applied, and asked for', async () => {
  const applied: number[] = [];
  const pulled: string[] = [];
  const receiver = createReceiver({
    commit: async (change) => {
      applied.push((change as { run: Run }).run.to);
      return { kind: 'committed', heads: [], gone: [], people: [], unknown: [], nudge: false };
    },
    clock: createManualClock(),
    random: () => 0.5,
    report: () => undefined,
    pull: (log) => pulled.push(log),
  });
  receiver.hold([aLog()]);
  const seqs = Array.from({ length: limits.bufferedRunsMax }, (_, i) => i + 2);
  for (const seq of seqs) receiver.receive(aRun(seq, seq));
  expect(pulled).toEqual([]);
  receiver.receive(aRun(1, 1));
  expect(pulled).toEqual([aLog()]);
  receiver.release();
  await quiet();
  expect(applied).toEqual([1, ...seqs.slice(0, -1)]);
});

test('[EN-5] when more came early than is kept, what is kept is applied once the gap closes, and the rest is asked for', async () => {
  const { server, conversation, clock } = await startEngine();
  await server.answer();
  const end = 5 + limits.bufferedRunsMax;
  for (let seq = 5; seq < end; seq++) await server.say(live(seq));
  expect(server.open()).toBe(0);
  await server.say(live(end));
  expect(server.requests.at(-1)).toMatchObject({ root: aRoot(3) });
  await server.say(live(4));
  await server.answer({ root: aRoot(end) });
  expect(await conversation()).toMatchObject({ watermark: end - 2 });
  await server.answer({ root: aRoot(end), heads: [[aConversation(), end, aChain(end)]] });
  expect(server.requests.at(-1)).toMatchObject({ logs: [{ log: aLog(), watermark: end - 2 }] });
  await server.answer({ root: aRoot(end), logs: [{ kind: 'run', ...aRun(end - 1, end) }] });
  expect(await conversation()).toMatchObject({ watermark: end });
  // Two were let go, the second while the first was asked about.
  await server.answer({ root: aRoot(end) });
  await clock.pass(limits.gapWaitMs * 4);
  expect(server.open()).toBe(0);
});
