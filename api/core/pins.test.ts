import { expect, test } from 'vitest';
import { annsNumber, createAccountsWorld } from '../../tests/kit/accounts-world.ts';
import { createSecrets } from '../gateways/secrets.ts';
import { createMemoryAccounts } from '../store/memory/accounts.ts';
import { quietMs } from './accounts.ts';
import { createPins } from './pins.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Ann, who has a PIN and a phone that is signed in; and somebody who is sent her codes. */
async function createWorld() {
  const world = createAccountsWorld();
  const { clock, accounts, ask, code, pins, signIn } = world;
  const ann = await signIn();
  await pins.set(ann.caller.user, 'right');
  clock.nowMs += 30_000;
  /** Signs in with a right code and whatever else is given. */
  async function enter(given: { pin?: string; name?: string; anew?: boolean } = {}) {
    const { requestId } = await ask();
    const answer = await accounts.verify({ requestId, code: code(), label: '', ...given });
    clock.nowMs += 30_000;
    return answer;
  }
  return { ...world, ann, enter };
}

test('[AC-12] a right code opens nothing while the PIN is missing or wrong', async () => {
  const { enter, ann, sessions } = await createWorld();
  expect(await enter()).toEqual({ kind: 'pin-needed', isWrong: false, canStartAnew: false });
  expect(await enter({ pin: 'wrong', name: 'Eve' })).toEqual({ kind: 'pin-needed', isWrong: true, canStartAnew: false });
  expect(await sessions.list(ann.caller.user)).toHaveLength(1);
  expect(await enter({ pin: 'right' })).toMatchObject({ kind: 'signed-in', account: { user: ann.caller.user } });
  expect(await sessions.list(ann.caller.user)).toHaveLength(2);
});

test('[AC-12] only whoever shows the right code is told that there is a PIN', async () => {
  const { ask, accounts, wrong } = await createWorld();
  const { requestId } = await ask();
  const guess = accounts.verify({ requestId, code: wrong(), pin: 'right', label: '' });
  await expect(guess).rejects.toMatchObject({ code: 'code-invalid' });
});

test('[AC-12] after five wrong tries each further one waits longer, up to a day, and the right one too', async () => {
  const { accounts, ask, code, clock, pins, ann } = await createWorld();
  const { requestId } = await ask();
  const proof = code();
  const guess = (pin: string) => accounts.verify({ requestId, code: proof, pin, label: '' });
  for (let n = 1; n < 5; n++) expect(await guess('wrong')).not.toHaveProperty('retryAfterMs');
  expect(await guess('wrong')).toMatchObject({ isWrong: true, retryAfterMs: minuteMs });
  expect(await guess('right')).toMatchObject({ kind: 'pin-needed', isWrong: false, retryAfterMs: minuteMs });
  const check = (pin: string) => pins.check(ann.caller.user, pin);
  for (const waitMs of [minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 8 * hourMs, dayMs]) {
    clock.nowMs += waitMs - 1;
    expect(await check('right')).toMatchObject({ isWrong: false, retryAfterMs: 1 });
    clock.nowMs += 1;
    expect(await check('wrong')).toMatchObject({ isWrong: true });
  }
  clock.nowMs += dayMs;
  expect(await check('right')).toEqual({ kind: 'passed' });
  expect(await check('wrong')).toEqual({ kind: 'pin-needed', isWrong: true });
});

test('[AC-12] of a thousand guesses at a PIN at once, five are compared', async () => {
  const store = createMemoryAccounts();
  const compared: string[] = [];
  const secrets = { ...createSecrets(), hashCode: async (code: string) => code };
  const equal: typeof secrets.equal = (one, other) => {
    compared.push(one);
    return secrets.equal(one, other);
  };
  const pins = createPins({ store, secrets: { ...secrets, equal }, clock: { now: () => 1_700_000_000_000 } });
  const { ann } = await createWorld();
  await pins.set(ann.caller.user, '0000');
  const guesses = Array.from({ length: 1_000 }, (_, n) => pins.check(ann.caller.user, `1${String(n).padStart(3, '0')}`));
  const answers = await Promise.all(guesses);
  expect(compared).toHaveLength(5);
  expect(answers.filter((answer) => answer.kind === 'pin-needed' && answer.isWrong)).toHaveLength(5);
});

test('[AC-12] a PIN is kept as a slow hash with a salt of its own, and typed in any form of the same letters', async () => {
  const { store, pins, ann } = await createWorld();
  const kept = await store.pin(ann.caller.user);
  await pins.set(ann.caller.user, 'right');
  expect((await store.pin(ann.caller.user))!.hash).not.toBe(kept!.hash);
  const slow = createPins({ store, secrets: createSecrets(), clock: { now: () => 0 } });
  await slow.set(ann.caller.user, 'caf\u00e9');
  expect((await store.pin(ann.caller.user))!.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await slow.check(ann.caller.user, 'cafe\u0301')).toEqual({ kind: 'passed' });
});

test('[AC-13] a PIN that was switched off on a signed-in device is asked for no more', async () => {
  const { enter, pins, ann } = await createWorld();
  await pins.remove(ann.caller.user);
  expect(await enter()).toMatchObject({ kind: 'signed-in', account: { user: ann.caller.user } });
});

test('[AC-13] while a device is used now and then the number begins nothing anew', async () => {
  const { enter, sessions, ann, clock } = await createWorld();
  for (let n = 0; n < 4; n++) {
    clock.nowMs += quietMs - hourMs;
    expect(await enter({ anew: true, name: 'Eve' })).toMatchObject({ kind: 'pin-needed', canStartAnew: false });
    await sessions.authenticate(ann.session.token);
  }
});

test('[AC-13] after seven quiet days the number begins another account, and the old one keeps everything but the number', async () => {
  const { enter, sessions, store, pins, ann, clock, directory, signIn } = await createWorld();
  const bob = await signIn('+41446681801', 'Bob');
  expect(await directory.byPhone(annsNumber, bob.caller.user)).toBe(ann.caller.user);
  clock.nowMs += quietMs;
  expect(await enter()).toEqual({ kind: 'pin-needed', isWrong: false, canStartAnew: true });
  expect(await enter({ anew: true })).toEqual({ kind: 'name-needed' });
  const anew = await enter({ anew: true, name: 'Eve' });
  if (anew.kind !== 'signed-in') throw new Error(anew.kind);
  expect(anew.account).toMatchObject({ name: 'Eve', phone: annsNumber });
  expect(anew.account.user).not.toBe(ann.caller.user);

  expect(await store.account(ann.caller.user)).not.toHaveProperty('phone');
  expect(await sessions.authenticate(ann.session.token)).toEqual(ann.caller);
  expect(await pins.isSet(ann.caller.user)).toBe(false);
  expect(await store.foundByNumber(bob.caller.user, [ann.caller.user])).toEqual(new Set());
  expect(await directory.byPhone(annsNumber, bob.caller.user)).toBe(anew.account.user);
  expect(await enter()).toMatchObject({ kind: 'signed-in', account: { user: anew.account.user } });
});

test('[AC-13] whoever remembers the PIN signs in to the old account, however quiet it was', async () => {
  const { enter, ann, clock } = await createWorld();
  clock.nowMs += 10 * quietMs;
  expect(await enter({ pin: 'right', anew: true, name: 'Ann' })).toMatchObject({ account: { user: ann.caller.user } });
});

test('[AC-13] a device that is used in the very moment keeps the number where it is', async () => {
  const world = createAccountsWorld();
  const { store, clock, pins, signIn, ask, code } = world;
  const ann = await signIn();
  await pins.set(ann.caller.user, 'right');
  clock.nowMs += quietMs;
  const { requestId } = await ask();
  const quietSince = clock.now() - quietMs;
  await store.touchSession(ann.caller.device, clock.now());
  const account = {
    user: world.sessions.make(ann.caller.user, '').stored.device as never,
    name: 'Eve',
    phone: annsNumber,
    signedUpAt: 0,
  };
  const { stored } = world.sessions.make(account.user, '');
  const takenFrom = { user: ann.caller.user, quietSince };
  expect(await store.redeem({ requestId, account, session: stored, takenFrom })).toBe('in-use');
  const kept = await world.accounts.verify({ requestId, code: code(), anew: true, name: 'Eve', label: '' });
  expect(kept).toMatchObject({ kind: 'pin-needed', canStartAnew: false });
});
