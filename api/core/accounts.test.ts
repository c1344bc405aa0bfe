import { expect, test } from 'vitest';
import { Refusal, type DeviceId } from '#sync-protocol';
import { createAccountsWorld as createWorld } from '../../tests/kit/accounts-world.ts';
import { createSecrets } from '../gateways/secrets.ts';
import { newNumbersPerDay } from './accounts-directory.ts';
import { guessLimits } from './codes.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const refusal = (code: string) => expect.objectContaining({ name: Refusal.name, code }) as Refusal;

test('[AC-1] a code has six digits, and is nowhere kept as it is', async () => {
  const { ask, code, store } = createWorld();
  const { requestId } = await ask();
  expect(code()).toMatch(/^\d{6}$/);
  const kept = await store.takeTry(requestId, 1_700_000_000_000, guessLimits);
  const real = await createSecrets().hashCode(code(), kept!.salt, await store.codeKey());
  expect(real).toMatch(/^[0-9a-f]{64}$/);
  expect(await createSecrets().hashCode(code(), 'other salt', await store.codeKey())).not.toBe(real);
  expect(await createSecrets().hashCode(code(), kept!.salt, 'cd'.repeat(32))).not.toBe(real);
});

test('[AC-1] 100,000 codes are spread evenly', () => {
  const secrets = createSecrets();
  const counts = Array<number>(100).fill(0);
  for (let i = 0; i < 100_000; i++) counts[Math.floor(Number(secrets.newCode(6)) / 10_000)]! += 1;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
  // 99 degrees of freedom: one run in a million lies above 175.
  expect(chiSquare).toBeLessThan(175);
});

test('[AC-1] a code works once', async () => {
  const { ask, code, verify } = createWorld();
  const { requestId } = await ask();
  const proofs = await Promise.allSettled(Array.from({ length: 5 }, () => verify(requestId, code(), 'Ann')));
  expect(proofs.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(verify(requestId, code(), 'Ann')).rejects.toEqual(refusal('code-invalid'));
});

test('[AC-1] a code works for ten minutes', async () => {
  const { ask, code, verify, clock } = createWorld();
  const { requestId, expiresInMs } = await ask();
  clock.nowMs += expiresInMs - 1;
  expect(await verify(requestId, code())).toEqual({ kind: 'name-needed' });
  clock.nowMs += 1;
  await expect(verify(requestId, code(), 'Ann')).rejects.toEqual(refusal('code-invalid'));
});

test('[AC-1] after five wrong guesses the right one is wrong too', async () => {
  const { ask, code, wrong, verify } = createWorld();
  const { requestId } = await ask();
  for (let i = 0; i < 5; i++) await expect(verify(requestId, wrong())).rejects.toEqual(refusal('code-invalid'));
  await expect(verify(requestId, code(), 'Ann')).rejects.toEqual(refusal('code-invalid'));
});

test('[AC-1] a code works only with the request it was made for', async () => {
  const { ask, code, verify, clock } = createWorld();
  const first = await ask();
  const firstCode = code();
  clock.nowMs += 30_000;
  const second = await ask();
  if (firstCode !== code()) await expect(verify(second.requestId, firstCode, 'Ann')).rejects.toEqual(refusal('code-invalid'));
  await expect(verify('another-request', code(), 'Ann')).rejects.toEqual(refusal('code-invalid'));
  expect(await verify(first.requestId, firstCode, 'Ann')).toMatchObject({ kind: 'signed-in' });
});

test('[AC-1] a new number proves itself, then names itself, with the same code', async () => {
  const { ask, code, wrong, verify } = createWorld();
  const { requestId } = await ask();
  expect(await verify(requestId, code())).toEqual({ kind: 'name-needed' });
  await expect(verify(requestId, wrong(), 'Eve')).rejects.toEqual(refusal('code-invalid'));
  expect(await verify(requestId, code(), ' Ann ')).toMatchObject({
    kind: 'signed-in',
    account: { name: 'Ann', phone: '+41446681800' },
  });
});

test('[AC-1] two sign-ups of one number at once are one account', async () => {
  const { ask, code, verify, clock } = createWorld();
  const first = { ...(await ask()), code: code() };
  clock.nowMs += 30_000;
  const second = { ...(await ask()), code: code() };
  const both = await Promise.all([first, second].map((request) => verify(request.requestId, request.code, 'Ann')));
  const users = both.map((verified) => (verified.kind === 'signed-in' ? verified.account.user : 'none'));
  expect(new Set(users).size).toBe(1);
  expect(users).not.toContain('none');
});

test('[AC-2] a number gets one code in 30 seconds, five in an hour, ten in a day', async () => {
  const { ask, clock, sent } = createWorld();
  const startMs = clock.nowMs;
  while (clock.nowMs < startMs + hourMs) {
    await ask().catch(() => undefined);
    clock.nowMs += 10_000;
  }
  expect(sent).toHaveLength(5);
  while (clock.nowMs < startMs + dayMs) {
    await ask().catch(() => undefined);
    clock.nowMs += 60_000;
  }
  expect(sent).toHaveLength(10);
  await expect(createWorld().ask('12')).rejects.toEqual(refusal('malformed'));
});

test('[AC-2] an address, and everybody together, get so many codes an hour', async () => {
  const { ask } = createWorld({ perAddress: 2, inAll: 3 });
  await ask('+41446681801', 'a');
  await ask('+41446681802', 'a');
  await expect(ask('+41446681803', 'a')).rejects.toMatchObject({ code: 'too-fast', retryAfterMs: expect.any(Number) as number });
  await ask('+41446681804', 'b');
  await expect(ask('+41446681805', 'c')).rejects.toEqual(refusal('too-fast'));
});

test('[AC-2] a block of ten thousand numbers gets so many codes an hour, whoever asks', async () => {
  const { ask } = createWorld({ perBlock: 2 });
  await ask('+41446681801', 'a');
  await ask('+41446681802', 'b');
  await expect(ask('+41446681803', 'c')).rejects.toMatchObject({ code: 'too-fast', retryAfterMs: expect.any(Number) as number });
  await ask('+41446691804', 'c');
});

test('[AC-2] where countries are named, no others are sent codes, and nothing is counted for them', async () => {
  const { ask, sent } = createWorld({ countries: ['CH', 'DE'], inAll: 2 });
  for (let i = 0; i < 3; i++) await expect(ask('+14155552671')).rejects.toEqual(refusal('forbidden'));
  await ask('+41446681801');
  await ask('+4930901820');
  expect(sent.map(({ phone }) => phone)).toEqual(['+41446681801', '+4930901820']);
});

test('[AC-2] a number whose guesses were wasted signs in again a day later, and five tries take a new code', async () => {
  const { signIn, ask, code, wrong, verify, clock } = createWorld();
  await signIn();
  const waste = async () => {
    clock.nowMs += 30_000;
    const { requestId } = await ask();
    for (let guess = 0; guess < 5; guess++) await expect(verify(requestId, wrong())).rejects.toEqual(refusal('code-invalid'));
    await expect(verify(requestId, code())).rejects.toEqual(refusal('code-invalid'));
  };
  await waste();
  clock.nowMs += 30_000;
  const fresh = await ask();
  expect(await verify(fresh.requestId, code())).toMatchObject({ kind: 'signed-in' });
  await waste();
  const wastedAtMs = clock.nowMs;
  clock.nowMs += 30_000;
  const late = await ask();
  await expect(verify(late.requestId, code())).rejects.toEqual(refusal('code-invalid'));
  clock.nowMs = wastedAtMs + dayMs;
  const { requestId } = await ask();
  expect(await verify(requestId, code())).toMatchObject({ kind: 'signed-in' });
});

test('[AC-2] a number is looked up as it is typed at home, a thousand new ones a day', async () => {
  const { signIn, directory, clock } = createWorld();
  const { caller } = await signIn();
  const bob = await signIn('+41 44 668 18 01', 'Bob');
  expect(await directory.byPhone('044 668 18 01', caller.user)).toBe(bob.account.user);
  expect(await directory.byPhone('+41 44 668 18 02', caller.user)).toBeUndefined();
  await expect(directory.byPhone('nobody', caller.user)).rejects.toEqual(refusal('malformed'));
  for (let n = 2; n < newNumbersPerDay.max; n++) await directory.byPhone(`+1201555${String(n).padStart(4, '0')}`, caller.user);
  await expect(directory.byPhone('+12015559999', caller.user)).rejects.toEqual(refusal('too-fast'));
  expect(await directory.byPhone('044 668 18 01', caller.user)).toBe(bob.account.user);
  clock.nowMs += dayMs;
  expect(await directory.byPhone('+12015559999', caller.user)).toBeUndefined();
});

test('[AC-4] a token is 32 random bytes, kept as a hash, new at each sign-in', async () => {
  const { signIn, store, clock } = createWorld();
  const first = await signIn();
  clock.nowMs += 30_000;
  const second = await signIn();
  expect(Buffer.from(first.session.token, 'base64url')).toHaveLength(32);
  expect(second.session.token).not.toBe(first.session.token);
  expect(JSON.stringify(await store.sessionsOf(first.account.user))).not.toContain(first.session.token);
});

test('[AC-4] a session lives 90 days from its last use', async () => {
  const { signIn, sessions, clock } = createWorld();
  const { session, caller } = await signIn();
  for (let i = 0; i < 5; i++) {
    clock.nowMs += 89 * dayMs;
    expect(await sessions.authenticate(session.token)).toEqual(caller);
  }
  clock.nowMs += 90 * dayMs + 1;
  await expect(sessions.authenticate(session.token)).rejects.toEqual(refusal('signed-out'));
  expect(await sessions.list(caller.user)).toEqual([]);
});

test('[AC-6] a revoked device is told so, not only that it is signed out', async () => {
  const { signIn, sessions, clock } = createWorld();
  const first = await signIn();
  clock.nowMs += 30_000;
  const second = await signIn();
  const ended: unknown[] = [];
  sessions.onEnded((end) => void ended.push(end));
  await sessions.revoke(second.caller, first.caller.device);
  expect(ended).toEqual([{ ...first.caller, endedAs: 'revoked' }]);
  clock.nowMs += 200 * dayMs;
  await expect(sessions.authenticate(first.session.token)).rejects.toEqual(refusal('revoked'));
  await expect(sessions.authenticate('made up')).rejects.toEqual(refusal('signed-out'));
});

test('[AC-8] another person’s device is not found, like one that never was', async () => {
  const { signIn, sessions } = createWorld();
  const { caller } = await signIn();
  const bob = await signIn('+41446681801', 'Bob');
  await expect(sessions.revoke(bob.caller, caller.device)).rejects.toEqual(refusal('not-found'));
  await expect(sessions.revoke(bob.caller, '0' as DeviceId)).rejects.toEqual(refusal('not-found'));
});
