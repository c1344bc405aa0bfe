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

/** A receiver over a log that is held up to a watermark, on a disk as slow as the test wants. */
function startReceiver(watermark = 0) {
  const [begun, applied, pulled]: [number[], number[], string[]] = [[], [], []];
  const writes: (() => void)[] = [];
  let isSlow = false;
  let at = watermark;
  const clock = createManualClock();
  const receiver = createReceiver({
    commit: async (change) => {
      const { run } = change as { run: Run };
      begun.push(run.to);
      if (run.from > at) return { kind: 'rejected', why: 'gap' };
      if (run.to <= at) return { kind: 'rejected', why: 'duplicate' };
      if (isSlow) await new Promise<void>((resolve) => void writes.push(resolve));
      at = run.to;
      applied.push(run.to);
      return { kind: 'committed', heads: [], gone: [], people: [], unknown: [], nudge: false };
    },
    clock,
    random: () => 0.5,
    report: () => undefined,
    pull: (log) => pulled.push(log),
  });
  const hear = async (...seqs: readonly number[]) => {
    for (const seq of seqs) receiver.receive(aRun(seq, seq));
    await quiet();
  };
  const slow = (): (() => Promise<void>) => {
    isSlow = true;
    return async () => {
      isSlow = false;
      for (const write of writes.splice(0)) write();
      await quiet();
    };
  };
  return { receiver, clock, begun, applied, pulled, hear, slow };
}

test('[EN-5] what waits is bounded: the latest runs are let go, so that the rest can be applied, and asked for', async () => {
  const { receiver, applied, pulled, hear } = startReceiver();
  const seqs = Array.from({ length: limits.bufferedRunsMax }, (_, i) => i + 2);
  receiver.hold([aLog()]);
  await hear(...seqs);
  expect(pulled).toEqual([]);
  await hear(1);
  expect(pulled).toEqual([aLog()]);
  receiver.release();
  await quiet();
  expect(applied).toEqual([1, ...seqs.slice(0, -1)]);
});

test('[EN-5] a run that comes twice takes the room of one', async () => {
  const { receiver, pulled, hear } = startReceiver();
  receiver.hold([aLog()]);
  for (let i = 0; i <= limits.bufferedRunsMax; i++) await hear(1);
  expect(pulled).toEqual([]);
});

test('[EN-5] runs of one log are stored one after another', async () => {
  const { begun, applied, hear, slow } = startReceiver();
  const resume = slow();
  await hear(1, 2, 3);
  expect(begun).toEqual([1]);
  await resume();
  expect(applied).toEqual([1, 2, 3]);
});

test('[EN-2] of a log an answer is under way about, nothing is stored until it has come', async () => {
  const { receiver, begun, applied, hear } = startReceiver();
  receiver.hold([aLog()]);
  await hear(1, 2);
  expect(begun).toEqual([]);
  receiver.release();
  await quiet();
  expect(applied).toEqual([1, 2]);
});

test('[EN-5] however many runs come behind a gap, it is asked for once', async () => {
  const { clock, pulled, hear } = startReceiver();
  await hear(3);
  await clock.pass(limits.gapWaitMs / 2);
  await hear(4, 5);
  await clock.pass(limits.gapWaitMs * 4);
  expect(pulled).toEqual([aLog()]);
});

test('[EN-5] what still leads nowhere once the server has answered is let go, and a gap that opens later is asked for anew', async () => {
  const { receiver, clock, applied, pulled, hear } = startReceiver();
  const askAndAnswer = async () => {
    await clock.pass(limits.gapWaitMs);
    receiver.hold([aLog()]);
    receiver.release();
    await clock.pass(limits.gapWaitMs * 4);
  };
  await hear(3);
  await askAndAnswer();
  expect(pulled).toHaveLength(1);
  await hear(1, 2);
  expect(applied).toEqual([1, 2]);
  await hear(4);
  await askAndAnswer();
  expect(pulled).toHaveLength(2);
});

test('[EN-5] a log that moved after it was asked about has a gap anew, which waits again', async () => {
  const { receiver, clock, applied, pulled, hear } = startReceiver();
  await hear(3);
  await clock.pass(limits.gapWaitMs);
  receiver.hold([aLog()]);
  await hear(1);
  receiver.release();
  await quiet();
  expect(applied).toEqual([1]);
  await hear(2);
  expect(applied).toEqual([1, 2, 3]);
  expect(pulled).toHaveLength(1);
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
