import { expect, test } from 'vitest';
import { createAdmission } from './admission.ts';

/** Writes that end when they are told to. */
function aServer() {
  let nowMs = 0;
  const admission = createAdmission(() => nowMs);
  const ends: (() => void)[] = [];
  const begin = (count = 1) =>
    Promise.all(Array.from({ length: count }, () => admission.take(() => new Promise<void>((end) => void ends.push(end)))));
  return { admission, begin, ends, pass: (ms: number) => void (nowMs += ms) };
}
const quick = async () => 'done';

test('[RF-1] many at once are taken as long as none waits for long', async () => {
  const { admission, begin } = aServer();
  void begin(1_000);
  expect(await admission.take(quick)).toBe('done');
});

test('[RF-1] when others have waited for a second, whoever comes is told when to come back, until they are done', async () => {
  const { admission, begin, ends, pass } = aServer();
  const begun = begin(32);
  pass(1_001);
  await expect(admission.take(quick)).rejects.toMatchObject({ code: 'too-fast', retryAfterMs: 2_000 });
  expect(() => admission.check()).toThrow(expect.objectContaining({ code: 'too-fast', retryAfterMs: 2_000 }));
  for (const end of ends) end();
  await begun;
  admission.check();
  expect(await admission.take(quick)).toBe('done');
});

test('[RF-1] a few that never end keep nobody out', async () => {
  const { admission, begin, pass } = aServer();
  void begin(31);
  pass(60_000);
  expect(await admission.take(quick)).toBe('done');
});

test('[RF-1] what fails is not under way any more', async () => {
  const { admission, pass } = aServer();
  for (let n = 0; n < 40; n++) await admission.take(() => Promise.reject(new Error('no'))).catch(() => undefined);
  pass(5_000);
  expect(await admission.take(quick)).toBe('done');
});
