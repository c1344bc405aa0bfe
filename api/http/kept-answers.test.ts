import { expect, test } from 'vitest';
import { createKeptAnswers, keyIn, type Said } from './kept-answers.ts';

const createWorld = () => {
  const kept = createKeptAnswers({ now: () => 0 });
  const done: string[] = [];
  /** What is answered is as long as is asked for. */
  const ask = (key: string, chars = 1) =>
    kept.once({ from: 'a device', key, words: key }, async (): Promise<Said> => {
      done.push(key);
      return { status: 200, cookies: [], text: 'x'.repeat(chars) };
    });
  return { ask, done };
};

test('[AC-17] ten thousand answers are kept, and the oldest goes first', async () => {
  const { ask, done } = createWorld();
  for (let n = 0; n < 10_001; n++) await ask(`k${n}`);
  done.length = 0;
  await ask('k1');
  expect(done).toEqual([]);
  await ask('k0');
  expect(done).toEqual(['k0']);
});

test('[AC-17] answers of 16 MiB are kept, however few they are', async () => {
  const { ask, done } = createWorld();
  for (let n = 0; n < 5; n++) await ask(`k${n}`, 4 * 1024 * 1024);
  done.length = 0;
  await ask('k1');
  expect(done).toEqual([]);
  await ask('k0');
  expect(done).toEqual(['k0']);
});

test('[AC-17] a key is a string with its quotes or without', () => {
  const of = (key: string) => keyIn({ 'idempotency-key': key });
  expect(keyIn({})).toBeUndefined();
  expect(of('"8e03978e-40d5-43dd-bc93"')).toBe('8e03978e-40d5-43dd-bc93');
  expect(of('8e03978e-40d5-43dd-bc93')).toBe('8e03978e-40d5-43dd-bc93');
  for (const wrong of ['', 'short', '"8e03978e-40d5', 'k'.repeat(65), '12345678, 12345678']) {
    expect(() => of(wrong)).toThrow('idempotency-key');
  }
});
