import { expect, test } from 'vitest';
import { limits, Refusal } from '#sync-protocol';
import { annsNumber as ann, createAccountsWorld } from '../../tests/kit/accounts-world.ts';
import { createMemoryAccounts } from '../store/memory/accounts.ts';
import { guessLimits, type CodeSent } from './codes.ts';

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;
/** A year takes two seconds, and longer beside other tests. */
const yearTimeoutMs = 60_000;

/** Sign-in with every guess noted that was really compared, and how many digits it had to get right. */
function createWorld() {
  const compared: { at: number; digits: number }[] = [];
  const memory = createMemoryAccounts();
  const takeTry: typeof memory.takeTry = async (...args) => {
    const request = await memory.takeTry(...args);
    if (request) compared.push({ at: clock.nowMs, digits: request.digits });
    return request;
  };
  const { clock, ask, code: lastCode, verify: verifyAs } = createAccountsWorld({ store: { ...memory, takeTry } });
  const verify = (sent: CodeSent, code: string) => verifyAs(sent.requestId, code, 'Ann');
  /** Spends a code on guesses that miss, until the server compares no more of them. */
  async function guessAll(sent: CodeSent): Promise<void> {
    for (let guess = 0; guess <= limits.codeTriesMax; guess++) await verify(sent, 'x'.repeat(sent.digits)).catch(onlyRefusals);
  }
  /** Between requests as little time passes as the limits of codes allow, so that no moment is wasted. */
  async function attackFor(ms: number, isWorthIt: (sent: CodeSent) => boolean): Promise<number> {
    const endMs = clock.nowMs + ms;
    while (clock.nowMs < endMs) {
      const sent = await ask().catch(onlyRefusals);
      if (sent && isWorthIt(sent)) await guessAll(sent);
      clock.nowMs += sent ? 30_000 : dayMs / 24;
    }
    return compared.reduce((sum, { digits }) => sum + 10 ** -digits, 0);
  }
  return { clock, compared, ask, verify, guessAll, attackFor, lastCode };
}

function onlyRefusals(error: unknown): undefined {
  if (!(error instanceof Refusal)) throw error;
  return undefined;
}

const mostWithin = (times: readonly number[], ms: number): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));

test(
  '[AC-2][AC-11] whoever guesses without a pause for a year takes a number over with less than one chance in 4,000',
  async () => {
    const { attackFor, compared } = createWorld();
    expect(await attackFor(yearMs, () => true)).toBeLessThan(2.4e-4);
    const times = compared.map(({ at }) => at);
    expect(mostWithin(times, guessLimits.perNumber.ms - limits.codeMinutes * 60_000)).toBe(10);
    // The limits are worth something only while they are used up.
    expect(times.length).toBeGreaterThan(3_000);
  },
  yearTimeoutMs,
);

test(
  '[AC-11] whoever pauses while codes are long, and guesses only at short ones, fares no better than that',
  async () => {
    const { attackFor, compared } = createWorld();
    expect(await attackFor(yearMs, ({ digits }) => digits === limits.codeDigits)).toBeLessThan(2.4e-4);
    expect(compared.every(({ digits }) => digits === limits.codeDigits)).toBe(true);
    const times = compared.map(({ at }) => at);
    expect(mostWithin(times, guessLimits.stepUp.ms - limits.codeMinutes * 60_000)).toBe(15);
    expect(times.length).toBeGreaterThan(150);
  },
  yearTimeoutMs,
);

test('[AC-11] after fifteen wrong guesses in 30 days the owner signs in with a code of ten digits, later with six again', async () => {
  const { ask, verify, guessAll, lastCode, clock } = createWorld();
  const digits: number[] = [];
  for (let day = 0; day < 3; day++) {
    const sent = await ask();
    digits.push(sent.digits);
    await guessAll(sent);
    clock.nowMs += dayMs;
  }
  const stepped = await ask();
  expect([...digits, stepped.digits]).toEqual([6, 6, 6, 10]);
  expect(lastCode()).toMatch(/^\d{10}$/);
  await expect(verify(stepped, lastCode().slice(0, 6))).rejects.toMatchObject({ code: 'code-invalid' });
  expect(await verify(stepped, lastCode())).toMatchObject({ kind: 'signed-in' });
  clock.nowMs += 30 * dayMs;
  expect((await ask()).digits).toBe(6);
});

test('[AC-11] a short code that was sent before is compared no more; the next one is long, and works', async () => {
  const { ask, verify, guessAll, lastCode, clock } = createWorld();
  await guessAll(await ask());
  clock.nowMs += dayMs;
  await guessAll(await ask());
  clock.nowMs += 30_000;
  const early = { ...(await ask()), code: lastCode() };
  clock.nowMs += 30_000;
  await guessAll(await ask());
  await expect(verify(early, early.code)).rejects.toMatchObject({ code: 'code-invalid' });
  clock.nowMs += dayMs;
  const late = await ask();
  expect(late.digits).toBe(10);
  expect(await verify(late, lastCode())).toMatchObject({ kind: 'signed-in' });
});

test('[AC-3][AC-11] a number that nobody has steps up like one that somebody has', async () => {
  const { ask, verify, guessAll, lastCode, clock } = createWorld();
  const known = ann;
  await verify(await ask(known), lastCode());
  const nobodys = '+41446681801';
  for (let day = 0; day < 3; day++) {
    clock.nowMs += dayMs;
    await guessAll(await ask(known));
    await guessAll(await ask(nobodys));
  }
  clock.nowMs += dayMs;
  const answers = [await ask(known), await ask(nobodys)].map((sent) => ({ ...sent, requestId: '' }));
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]).toMatchObject({ digits: 10 });
});

test('[AC-1] of a thousand guesses at once, five are compared, and the right one after them opens nothing', async () => {
  const { ask, verify, compared, lastCode } = createWorld();
  const sent = await ask();
  const answers = await Promise.allSettled(Array.from({ length: 1_000 }, () => verify(sent, 'x'.repeat(sent.digits))));
  expect(compared).toHaveLength(5);
  expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
  await expect(verify(sent, lastCode())).rejects.toMatchObject({ code: 'code-invalid' });
});
