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
