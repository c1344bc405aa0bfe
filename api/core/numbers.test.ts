import { expect, test } from 'vitest';
import { Refusal } from '#sync-protocol';
import { annsNumber, createAccountsWorld } from '../../tests/kit/accounts-world.ts';

const newNumber = '+41446681899';
const refusal = (code: string) => expect.objectContaining({ name: Refusal.name, code }) as Refusal;

async function createWorld() {
  const world = createAccountsWorld();
  const ann = await world.signIn();
  const ask = (phone = newNumber) => world.numbers.start(ann.caller, { phone, address: 'a' });
  const change = (requestId: string, pin?: string) => world.numbers.change(ann.caller, { requestId, code: world.code(), pin });
  return { ...world, ann, ask, change };
}

test('[AC-14] the account moves to the new number; its person and sessions stay, and the old number is free', async () => {
  const { ann, ask, change, store, sessions, signIn, clock } = await createWorld();
  const { requestId } = await ask();
  expect(await change(requestId)).toEqual({ kind: 'changed' });
  expect(await store.accountByPhone(newNumber)).toEqual({ ...ann.account, phone: newNumber });
  expect(await sessions.authenticate(ann.session.token)).toEqual(ann.caller);
  clock.nowMs += 30_000;
  expect((await signIn(annsNumber, 'Zoe')).account.user).not.toBe(ann.account.user);
  clock.nowMs += 30_000;
  expect((await signIn(newNumber)).account.user).toBe(ann.account.user);
});

test('[AC-14] who had found the person by the old number keeps the contact, and is not given the new number', async () => {
  const { ann, ask, change, store, signIn, directory } = await createWorld();
  const bob = await signIn('+41446681801', 'Bob');
  await directory.byPhone(annsNumber, bob.account.user);
  expect(await store.foundByNumber(bob.account.user, [ann.account.user])).toEqual(new Set([ann.account.user]));
  await change((await ask()).requestId);
  expect(await store.foundByNumber(bob.account.user, [ann.account.user])).toEqual(new Set());
  expect(await directory.byPhone(newNumber, bob.account.user)).toBe(ann.account.user);
  expect(await store.foundByNumber(bob.account.user, [ann.account.user])).toEqual(new Set([ann.account.user]));
});

test('[AC-14] a number that somebody has is answered like a free one, until the right code is shown', async () => {
  const { ask, change, ann, numbers, signIn, wrong, store, clock } = await createWorld();
  const taken = '+41446681801';
  await signIn(taken, 'Bob');
  clock.nowMs += 30_000;
  const free = await ask();
  const sent = await ask(taken);
  expect({ ...sent, requestId: '' }).toEqual({ ...free, requestId: '' });
  const { requestId } = sent;
  await expect(numbers.change(ann.caller, { requestId, code: wrong() })).rejects.toEqual(refusal('code-invalid'));
  await expect(change(requestId)).rejects.toEqual(refusal('conflict'));
  expect(await store.account(ann.account.user)).toEqual(ann.account);
});

test('[AC-14] a code for changing a number opens no session, and one for signing in changes no number', async () => {
  const { ask, change, accounts, code, ann, numbers, signIn, clock } = await createWorld();
  const { requestId } = await ask();
  await expect(accounts.verify({ requestId, code: code(), name: 'Eve', label: '' })).rejects.toEqual(refusal('code-invalid'));
  clock.nowMs += 30_000;
  const signingIn = await accounts.start({ phone: newNumber, address: 'a' });
  await expect(change(signingIn.requestId)).rejects.toEqual(refusal('code-invalid'));
  clock.nowMs += 30_000;
  const bob = await signIn('+41446681801', 'Bob');
  const anns = await ask();
  const proof = { requestId: anns.requestId, code: code() };
  await expect(numbers.change(bob.caller, proof)).rejects.toEqual(refusal('code-invalid'));
  expect(await numbers.change(ann.caller, proof)).toEqual({ kind: 'changed' });
  await expect(numbers.change(ann.caller, proof)).rejects.toEqual(refusal('code-invalid'));
});

test('[AC-14] an account with a PIN changes its number only with it, and its tries are counted together', async () => {
  const { ask, change, ann, pins, store } = await createWorld();
  await pins.set(ann.account.user, 'right');
  const { requestId } = await ask();
  expect(await change(requestId)).toEqual({ kind: 'pin-needed', isWrong: false });
  for (let n = 0; n < 4; n++) expect(await change(requestId, 'wrong')).toEqual({ kind: 'pin-needed', isWrong: true });
  expect(await pins.check(ann.account.user, 'wrong')).toMatchObject({ isWrong: true, retryAfterMs: 60_000 });
  expect(await change(requestId, 'right')).toMatchObject({ kind: 'pin-needed', retryAfterMs: 60_000 });
  expect((await store.account(ann.account.user))!.phone).toBe(annsNumber);
});

test('[AC-14] to the number one has already, and from none at all', async () => {
  const { ask, change, ann, store, clock } = await createWorld();
  clock.nowMs += 30_000;
  expect(await change((await ask(annsNumber)).requestId)).toEqual({ kind: 'changed' });
  expect(await store.account(ann.account.user)).toEqual(ann.account);
});

test('[AC-14] the person’s devices are told before the answer; when that fails the number is changed all the same, and told later', async () => {
  const { ann, ask, change, store, numbers, telling, told, bugs, clock } = await createWorld();
  expect(await change((await ask()).requestId)).toEqual({ kind: 'changed' });
  expect(told).toEqual([ann.account.user]);
  telling.fails = true;
  clock.nowMs += 30_000;
  expect(await change((await ask('+41446681898')).requestId)).toEqual({ kind: 'changed' });
  expect(bugs).toHaveLength(1);
  expect(await store.account(ann.account.user)).toMatchObject({ phone: '+41446681898' });
  telling.fails = false;
  await numbers.repair();
  await numbers.repair();
  expect(told).toEqual([ann.account.user, ann.account.user]);
});

test('[AC-14] one who cannot be told keeps nobody else from being told', async () => {
  const { ann, ask, change, numbers, telling, told, signIn, code, clock } = await createWorld();
  const bob = await signIn('+41446681801', 'Bob');
  telling.fails = true;
  await change((await ask()).requestId);
  clock.nowMs += 30_000;
  const { requestId } = await numbers.start(bob.caller, { phone: '+41446681802', address: 'a' });
  await numbers.change(bob.caller, { requestId, code: code() });
  telling.tell = async (user) => {
    if (user === ann.account.user) throw new Error('cannot tell');
    told.push(user);
  };
  await numbers.repair();
  expect(told).toEqual([bob.account.user]);
});

test('[AC-13] an account whose number was given up to another is told too', async () => {
  const { ann, pins, signIn, numbers, told, clock } = await createWorld();
  await pins.set(ann.account.user, '2580');
  clock.nowMs += 8 * 24 * 3_600_000;
  await signIn(annsNumber, 'Zoe', { anew: true });
  await numbers.repair();
  expect(told).toEqual([ann.account.user]);
});
