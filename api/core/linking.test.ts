import { expect, test } from 'vitest';
import { Refusal, type DeviceId, type UserId } from '#sync-protocol';
import { aUser } from '#sync-protocol/testing';
import { createSecrets } from '../gateways/secrets.ts';
import { createMemoryLimit } from '../limits/memory-limit.ts';
import { createLog } from '../log.ts';
import { createMemoryAccounts } from '../store/memory/accounts.ts';
import { createMemoryDeviceLinks } from '../store/memory/device-links.ts';
import { createLinking, linkMs, type LinkStarted } from './linking.ts';
import { createSessions } from './sessions.ts';

const [ann, eve] = [aUser(1), aUser(2)];
const asking = { label: 'Firefox on Linux', address: '203.0.113.7' };
const notFound = expect.objectContaining({ name: Refusal.name, code: 'not-found' }) as Refusal;
const tooFast = expect.objectContaining({ name: Refusal.name, code: 'too-fast' }) as Refusal;

async function createWorld({ codes = [] as string[], linksMax = 100, guessesMax = 100 } = {}) {
  const clock = { nowMs: 1_700_000_000_000, now: () => clock.nowMs };
  const memory = createMemoryAccounts();
  const existing = new Set([ann, eve]);
  const account = async (user: UserId) =>
    existing.has(user) ? { user, phone: '+41446681800', name: 'Ann', signedUpAt: 1 } : undefined;
  const accounts = { ...memory, account };
  const real = createSecrets();
  const secrets = { ...real, newCode: (digits: number) => codes.shift() ?? real.newCode(digits) };
  const log = createLog({ level: 'silent', serverId: 'test' });
  const sessions = createSessions({ store: accounts, secrets, clock, log });
  const store = createMemoryDeviceLinks();
  const linking = createLinking({
    store,
    accounts,
    sessions,
    secrets,
    clock,
    log,
    linksPerAddress: createMemoryLimit({ max: linksMax, ms: 3_600_000 }),
    guessesPerPerson: createMemoryLimit({ max: guessesMax, ms: 600_000 }),
  });
  async function signedIn(user: UserId) {
    const session = sessions.make(user, 'Phone');
    await accounts.openSession(session.stored);
    return { user, device: session.stored.device };
  }
  const phone = await signedIn(ann);
  const approve = async (link: LinkStarted, by = phone) => {
    const { id } = await linking.find(by, { token: link.token });
    await linking.approve(by, id);
  };
  return { clock, existing, sessions, store, linking, signedIn, phone, approve };
}

test('[AC-22] a device shows a code, another confirms it, and the first is signed in', async () => {
  const { linking, phone, sessions, clock } = await createWorld();
  const link = await linking.start(asking);
  expect(link).toEqual({
    secret: expect.stringMatching(/^[\w-]{43}$/) as string,
    token: expect.stringMatching(/^[\w-]{43}$/) as string,
    code: expect.stringMatching(/^\d{8}$/) as string,
    expiresInMs: linkMs,
  });
  clock.nowMs += 1_000;
  expect(await linking.state(link.secret)).toEqual({ kind: 'waiting', expiresInMs: linkMs - 1_000 });
  const found = await linking.find(phone, { code: link.code });
  expect(found).toMatchObject({ ...asking, startedAt: clock.nowMs - 1_000, expiresInMs: linkMs - 1_000 });
  expect(await linking.find(phone, { token: link.token })).toEqual(found);
  await linking.approve(phone, found.id);
  expect(await linking.state(link.secret)).toEqual({ kind: 'approved', user: ann, phone: '+41446681800' });
  const { user, session } = await linking.collect(link.secret);
  expect(user).toBe(ann);
  expect(await sessions.authenticate(session.token)).toEqual({ user: ann, device: session.stored.device });
  expect((await sessions.list(ann)).map(({ label }) => label)).toEqual(['Phone', 'Firefox on Linux']);
});

test('[AC-22] a link waits for two minutes, and once confirmed for two more', async () => {
  const { linking, approve, clock, phone } = await createWorld();
  const [early, late] = [await linking.start(asking), await linking.start(asking)];
  const { id } = await linking.find(phone, { token: late.token });
  clock.nowMs += linkMs - 1;
  await approve(early);
  clock.nowMs += 1;
  await expect(linking.find(phone, { token: late.token })).rejects.toEqual(notFound);
  await expect(linking.find(phone, { code: late.code })).rejects.toEqual(notFound);
  await expect(linking.approve(phone, id)).rejects.toEqual(notFound);
  await expect(linking.deny(id)).rejects.toEqual(notFound);
  expect(await linking.state(late.secret)).toEqual({ kind: 'gone' });
  clock.nowMs += linkMs - 2;
  expect(await linking.state(early.secret)).toMatchObject({ kind: 'approved' });
  clock.nowMs += 1;
  expect(await linking.state(early.secret)).toEqual({ kind: 'gone' });
  await expect(linking.collect(early.secret)).rejects.toEqual(notFound);
});

test('[AC-22] a link works once, however many collect it at once', async () => {
  const { linking, approve, sessions, phone } = await createWorld();
  const link = await linking.start(asking);
  await approve(link);
  const collected = await Promise.allSettled([1, 2, 3].map(() => linking.collect(link.secret)));
  expect(collected.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await sessions.list(ann)).toHaveLength(2);
  expect(await linking.state(link.secret)).toEqual({ kind: 'gone' });
  await expect(linking.find(phone, { token: link.token })).rejects.toEqual(notFound);
  await expect(approve(link)).rejects.toEqual(notFound);
});

test('[AC-22] what can be photographed or overheard gives nobody a session: not the token, the code, the id, nor another’s secret', async () => {
  const { linking, approve, phone, sessions } = await createWorld();
  const [link, thiefs] = [await linking.start(asking), await linking.start(asking)];
  const { id } = await linking.find(phone, { token: link.token });
  await approve(link);
  for (const secret of [link.token, link.code, id, thiefs.secret, '', 'made-up']) {
    await expect(linking.collect(secret)).rejects.toEqual(notFound);
    expect((await linking.state(secret)).kind).not.toBe('approved');
  }
  expect(await sessions.list(ann)).toHaveLength(1);
  expect(await linking.collect(link.secret)).toMatchObject({ user: ann });
});

test('[AC-22] what is stored tells neither secret nor token nor code', async () => {
  const { linking, store, clock } = await createWorld();
  const link = await linking.start(asking);
  const held = JSON.stringify(await store.linkBySecret(createSecrets().hashToken(link.secret), clock.nowMs));
  expect(held).toContain(asking.label);
  for (const told of [link.secret, link.token, link.code]) expect(held).not.toContain(told);
});

test('[AC-22] a short code that is in use is not given to another', async () => {
  const { linking, phone } = await createWorld({ codes: ['11111111', '11111111', '22222222'] });
  expect((await linking.start(asking)).code).toBe('11111111');
  expect((await linking.start({ ...asking, label: 'Other' })).code).toBe('22222222');
  expect(await linking.find(phone, { code: '11111111' })).toMatchObject({ label: asking.label });
  const stuck = await createWorld({ codes: Array<string>(6).fill('11111111') });
  await stuck.linking.start(asking);
  await expect(stuck.linking.start(asking)).rejects.toMatchObject({ code: 'unavailable' });
});

test('[AC-23] looking at what asks lets nothing in', async () => {
  const { linking, phone } = await createWorld();
  const link = await linking.start(asking);
  await linking.find(phone, { token: link.token });
  await linking.find(phone, { code: link.code });
  expect(await linking.state(link.secret)).toMatchObject({ kind: 'waiting' });
  await expect(linking.collect(link.secret)).rejects.toEqual(notFound);
});

test('[AC-23] what was denied stays denied', async () => {
  const { linking, phone } = await createWorld();
  const link = await linking.start(asking);
  const { id } = await linking.find(phone, { token: link.token });
  await linking.deny(id);
  expect(await linking.state(link.secret)).toEqual({ kind: 'denied' });
  await expect(linking.approve(phone, id)).rejects.toEqual(notFound);
  await expect(linking.collect(link.secret)).rejects.toEqual(notFound);
});

test('[AC-23] of two that confirm, the first counts; whose account it is is told before', async () => {
  const { linking, approve, signedIn, phone } = await createWorld();
  const link = await linking.start(asking);
  const { id } = await linking.find(phone, { token: link.token });
  await approve(link, await signedIn(eve));
  await expect(linking.approve(phone, id)).rejects.toEqual(notFound);
  expect(await linking.state(link.secret)).toMatchObject({ kind: 'approved', user: eve });
});

test('[AC-23] a device that was signed out since lets nothing in any more', async () => {
  const { linking, approve, sessions, phone, signedIn } = await createWorld();
  const link = await linking.start(asking);
  await approve(link);
  await sessions.revoke(await signedIn(ann), phone.device);
  await expect(linking.collect(link.secret)).rejects.toEqual(notFound);
  expect(await sessions.list(ann)).toHaveLength(1);
});

test('[AC-23] an account that is gone since lets nothing in', async () => {
  const { linking, approve, existing } = await createWorld();
  const link = await linking.start(asking);
  await approve(link);
  existing.delete(ann);
  expect(await linking.state(link.secret)).toEqual({ kind: 'gone' });
  await expect(linking.collect(link.secret)).rejects.toEqual(notFound);
});

test('[AC-24] short codes are tried so often and no more, even all at once; scanning is not held up', async () => {
  const { linking, phone, signedIn } = await createWorld({ guessesMax: 10 });
  const link = await linking.start(asking);
  const wrong = (n: number) => String((Number(link.code) + n) % 100_000_000).padStart(8, '0');
  const guesses = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => linking.find(phone, { code: wrong(n + 1) })));
  const codes = guesses.map((guess) => (guess.status === 'rejected' ? (guess.reason as Refusal).code : 'found'));
  expect(codes.filter((one) => one === 'not-found')).toHaveLength(10);
  expect(codes.filter((one) => one === 'too-fast')).toHaveLength(20);
  await expect(linking.find(phone, { code: link.code })).rejects.toEqual(tooFast);
  const sameOnAnotherDevice = { user: ann, device: '01890000-0000-7000-8000-0000000000d9' as DeviceId };
  await expect(linking.find(sameOnAnotherDevice, { code: link.code })).rejects.toEqual(tooFast);
  expect(await linking.find(phone, { token: link.token })).toMatchObject(asking);
  expect(await linking.find(await signedIn(eve), { code: link.code })).toMatchObject(asking);
});

test('[AC-24] an address may ask for so many an hour', async () => {
  const { linking } = await createWorld({ linksMax: 2 });
  await linking.start(asking);
  await linking.start(asking);
  await expect(linking.start(asking)).rejects.toEqual(tooFast);
  expect(await linking.start({ ...asking, address: '203.0.113.8' })).toHaveProperty('token');
});
