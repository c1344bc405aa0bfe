import { createPrivateKey, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { Refusal, type DeviceId, type UserId } from '#sync-protocol';
import { aUser } from '#sync-protocol/testing';
import { createAuthenticator, type Authenticator, type Saying } from '../../tests/kit/authenticator.ts';
import { createPasskeyProofs } from '../gateways/passkey-proofs.ts';
import { createSecrets } from '../gateways/secrets.ts';
import { createLog } from '../log.ts';
import { createMemoryAccounts } from '../store/memory/accounts.ts';
import { createMemoryPasskeys } from '../store/memory/passkeys.ts';
import { challengeMs, createPasskeys, passkeysMax, type RequestOptions } from './passkeys.ts';
import { createSessions } from './sessions.ts';

const [ann, bob] = [aUser(1), aUser(2)];
const origin = 'https://chat.example.org';
const place = { origin, rpId: 'chat.example.org' };
const here = { origin };
const notProven = expect.objectContaining({ name: Refusal.name, code: 'code-invalid' }) as Refusal;

async function createWorld() {
  const clock = { nowMs: 1_700_000_000_000, now: () => clock.nowMs };
  const memory = createMemoryAccounts();
  const existing = new Set([ann, bob]);
  const account = async (user: UserId) =>
    existing.has(user) ? { user, phone: '+41446681800', name: 'Ann', signedUpAt: 1 } : undefined;
  const lines: string[] = [];
  const log = createLog({ level: 'info', serverId: 'test', to: { write: (line) => void lines.push(line) } });
  const secrets = createSecrets();
  const accounts = { ...memory, account };
  const store = createMemoryPasskeys();
  const sessions = createSessions({ store: accounts, secrets, clock, log });
  const passkeys = createPasskeys({ store, accounts, sessions, proofs: createPasskeyProofs(), secrets, clock, log });

  const callers = new Map<UserId, { user: UserId; device: DeviceId }>();
  const as = (user: UserId) => {
    const held = callers.get(user) ?? { user, device: secrets.newId() as DeviceId };
    callers.set(user, held);
    return held;
  };
  async function add(user = ann, key = createAuthenticator(), saying: Partial<Saying> = {}) {
    const options = await passkeys.beginAdding(as(user), place, 'Ann');
    const passkey = await passkeys.add(as(user), key.create(options, { ...here, ...saying }), 'Laptop');
    return { key, passkey };
  }
  async function signIn(key: Authenticator, saying: Partial<Saying> = {}) {
    const { secret, options } = await passkeys.beginSignIn(place);
    return passkeys.signIn({ secret, credential: key.use(options, { ...here, ...saying }), label: 'Firefox on Linux' });
  }
  return { clock, existing, lines, store, sessions, passkeys, secrets, as, add, signIn };
}

test('[AC-20] a passkey signs its person in, with a session like any other', async () => {
  const { add, signIn, sessions, passkeys, clock } = await createWorld();
  const { key, passkey } = await add();
  clock.nowMs += 1_000;
  const { user, session } = await signIn(key);
  expect(user).toBe(ann);
  expect(await sessions.authenticate(session.token)).toEqual({ user: ann, device: session.stored.device });
  expect(await sessions.list(ann)).toMatchObject([{ label: 'Firefox on Linux', signedInAt: clock.nowMs }]);
  expect(await passkeys.list(ann)).toEqual([{ ...passkey, usedAt: clock.nowMs }]);
});

test('[AC-20] what a browser is asked for: a passkey it can offer by itself, made by a person it verified', async () => {
  const { passkeys, as, add } = await createWorld();
  const { key } = await add();
  const creating = await passkeys.beginAdding(as(ann), place, 'Ann');
  expect(creating).toMatchObject({
    rp: { id: 'chat.example.org' },
    user: { name: '+41446681800', displayName: 'Ann' },
    attestation: 'none',
    excludeCredentials: [{ id: key.id, transports: ['internal'] }],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const { options } = await passkeys.beginSignIn(place);
  expect(options).toEqual({
    challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
    rpId: 'chat.example.org',
    timeout: challengeMs,
    userVerification: 'required',
  });
});

test('[AC-20] a challenge works once', async () => {
  const { passkeys, add, as } = await createWorld();
  const creating = await passkeys.beginAdding(as(ann), place, 'Ann');
  const [one, other] = [createAuthenticator(), createAuthenticator()];
  await passkeys.add(as(ann), one.create(creating, here), 'One');
  await expect(passkeys.add(as(ann), other.create(creating, here), 'Other')).rejects.toEqual(notProven);

  const { key } = await add();
  const { secret, options } = await passkeys.beginSignIn(place);
  const credential = key.use(options, here);
  await passkeys.signIn({ secret, credential, label: '' });
  await expect(passkeys.signIn({ secret, credential, label: '' })).rejects.toEqual(notProven);
});

test('[AC-20] an answer that was wrong uses the challenge up', async () => {
  const { passkeys, add } = await createWorld();
  const { key } = await add();
  const { secret, options } = await passkeys.beginSignIn(place);
  const wrong = key.use(options, { origin: 'https://evil.example' });
  await expect(passkeys.signIn({ secret, credential: wrong, label: '' })).rejects.toEqual(notProven);
  await expect(passkeys.signIn({ secret, credential: key.use(options, here), label: '' })).rejects.toEqual(notProven);
});

test('[AC-20] a challenge works for five minutes', async () => {
  const { passkeys, add, as, clock } = await createWorld();
  const { key } = await add();
  const begun = await passkeys.beginSignIn(place);
  const late = await passkeys.beginSignIn(place);
  const creating = await passkeys.beginAdding(as(ann), place, 'Ann');
  clock.nowMs += challengeMs - 1;
  const answer = ({ secret, options }: { secret: string; options: RequestOptions }) =>
    passkeys.signIn({ secret, credential: key.use(options, here), label: '' });
  expect(await answer(begun)).toMatchObject({ user: ann });
  clock.nowMs += 1;
  await expect(answer(late)).rejects.toEqual(notProven);
  await expect(passkeys.add(as(ann), createAuthenticator().create(creating, here), 'Late')).rejects.toEqual(notProven);
});

test('[AC-20] a challenge works only where it was asked for: in that browser, in that session', async () => {
  const { passkeys, add, as } = await createWorld();
  const { key } = await add();
  const [mine, other] = [await passkeys.beginSignIn(place), await passkeys.beginSignIn(place)];
  const credential = key.use(mine.options, here);
  for (const secret of [other.secret, '', 'made-up']) {
    await expect(passkeys.signIn({ secret, credential, label: '' })).rejects.toEqual(notProven);
  }
  const creating = await passkeys.beginAdding(as(ann), place, 'Ann');
  const foreign = createAuthenticator().create(creating, here);
  await expect(passkeys.add(as(bob), foreign, 'Bob’s')).rejects.toEqual(notProven);
  const forSignIn = await passkeys.beginSignIn(place);
  const crossed = createAuthenticator().create({ ...creating, challenge: forSignIn.options.challenge }, here);
  await expect(passkeys.add(as(ann), crossed, 'Crossed')).rejects.toEqual(notProven);
});

const lies: readonly [string, Partial<Saying>][] = [
  ['at another origin', { origin: 'https://evil.example' }],
  ['at another port of the host', { origin: `${origin}:8443` }],
  ['for another host', { rpId: 'evil.example' }],
  ['for the domain above', { rpId: 'example.org' }],
  ['without verifying its person', { isVerified: false }],
  ['to another challenge', { challenge: 'AAAA' }],
];

test.each([...lies, ['as if it were a sign-in', { type: 'webauthn.get' }]] as typeof lies)(
  '[AC-20] a passkey made %s is not taken',
  async (_, saying) => {
    const { add, passkeys } = await createWorld();
    await expect(add(ann, createAuthenticator(), saying)).rejects.toEqual(notProven);
    expect(await passkeys.list(ann)).toEqual([]);
  },
);

test.each([...lies, ['as if it were new', { type: 'webauthn.create' }]] as typeof lies)(
  '[AC-20] a passkey used %s signs nobody in',
  async (_, saying) => {
    const { add, signIn, sessions } = await createWorld();
    const { key } = await add();
    await expect(signIn(key, saying)).rejects.toEqual(notProven);
    expect(await sessions.list(ann)).toEqual([]);
  },
);

test('[AC-20] a statement with certificates is not taken, be it in order or not', async () => {
  const { add } = await createWorld();
  const inOrder = (signed: Buffer) => ({
    fmt: 'packed',
    attStmt: new Map<string, unknown>([
      ['alg', -7],
      ['sig', sign('sha256', signed, makersKey)],
      ['x5c', [makersCertificate]],
    ]),
  });
  await expect(add(ann, createAuthenticator(), { attestation: inOrder })).rejects.toEqual(notProven);
  for (const fmt of ['packed', 'apple', 'fido-u2f', 'android-safetynet']) {
    const attestation = () => ({ fmt, attStmt: new Map([['x5c', [makersCertificate]]]) });
    await expect(add(ann, createAuthenticator(), { attestation })).rejects.toEqual(notProven);
  }
});

test('[AC-21] a passkey signs in only the person it was made by', async () => {
  const { add, passkeys } = await createWorld();
  const [anns, bobs] = [(await add(ann)).key, (await add(bob)).key];
  const answerWith = async (change: (one: ReturnType<typeof anns.use>, other: ReturnType<typeof bobs.use>) => object) => {
    const { secret, options } = await passkeys.beginSignIn(place);
    const credential = { ...anns.use(options, here), ...change(anns.use(options, here), bobs.use(options, here)) };
    return passkeys.signIn({ secret, credential, label: '' });
  };
  await expect(answerWith((_, { id, rawId }) => ({ id, rawId }))).rejects.toEqual(notProven);
  await expect(answerWith((_, { response }) => ({ response }))).rejects.toEqual(notProven);
  const withHandle = (userHandle: string | undefined) =>
    answerWith(({ response }) => ({ response: { ...response, userHandle } }));
  await expect(withHandle(Buffer.from(bob).toString('base64url'))).rejects.toEqual(notProven);
  await expect(withHandle(undefined)).rejects.toEqual(notProven);
  expect(await answerWith(() => ({}))).toMatchObject({ user: ann });
});

test('[AC-21] an unknown passkey, a removed one and a wrong signature are refused alike', async () => {
  const { add, signIn, passkeys } = await createWorld();
  const { key, passkey } = await add();
  const refusals = [
    await signIn(createAuthenticator()).catch(String),
    await signIn(key, { origin: 'https://x.example' }).catch(String),
  ];
  await passkeys.remove(ann, passkey.id);
  refusals.push(await signIn(key).catch(String));
  expect(new Set(refusals).size).toBe(1);
  expect(refusals[0]).toMatch(/code-invalid/);
});

test('[AC-21] a counter that does not rise is refused and logged', async () => {
  const { add, signIn, lines, sessions } = await createWorld();
  const { key, passkey } = await add(ann, createAuthenticator({ counter: 7 }));
  expect(await signIn(key)).toMatchObject({ user: ann });
  for (const counter of [8, 1, 0]) {
    key.says(counter);
    await expect(signIn(key)).rejects.toEqual(notProven);
  }
  expect(lines.filter((line) => line.includes('did not rise'))).toHaveLength(3);
  expect(JSON.parse(lines.find((line) => line.includes('did not rise'))!)).toMatchObject({
    user: ann,
    passkey: passkey.id,
    known: 8,
    said: 8,
  });
  key.says(9);
  expect(await signIn(key)).toMatchObject({ user: ann });
  expect(await sessions.list(ann)).toHaveLength(2);
});

test('[AC-21] a passkey of a host that this is no longer signs nobody in', async () => {
  const { add, passkeys } = await createWorld();
  const { key } = await add();
  const elsewhere = { origin: 'https://new.example.org', rpId: 'new.example.org' };
  const { secret, options } = await passkeys.beginSignIn(elsewhere);
  const credential = key.use(options, elsewhere);
  await expect(passkeys.signIn({ secret, credential, label: '' })).rejects.toEqual(notProven);
});

test('[AC-21] a passkey whose person is gone signs nobody in', async () => {
  const { add, signIn, existing } = await createWorld();
  const { key } = await add();
  existing.delete(ann);
  await expect(signIn(key)).rejects.toEqual(notProven);
});

test('[AC-21] only its person sees, renames and removes a passkey; a known one is not added again', async () => {
  const { add, passkeys, signIn } = await createWorld();
  const { key, passkey } = await add();
  const notFound = expect.objectContaining({ code: 'not-found' }) as Refusal;
  expect(await passkeys.list(bob)).toEqual([]);
  await expect(passkeys.rename(bob, passkey.id, 'Mine')).rejects.toEqual(notFound);
  await expect(passkeys.remove(bob, passkey.id)).rejects.toEqual(notFound);
  await expect(add(bob, key)).rejects.toEqual(expect.objectContaining({ code: 'conflict' }));
  await passkeys.rename(ann, passkey.id, ' Desk ');
  expect(await passkeys.list(ann)).toMatchObject([{ name: 'Desk' }]);
  await passkeys.remove(ann, passkey.id);
  await expect(signIn(key)).rejects.toEqual(notProven);
});

test('[AC-21] a person has at most twenty', async () => {
  const { add } = await createWorld();
  for (let n = 0; n < passkeysMax; n++) await add();
  await expect(add()).rejects.toEqual(expect.objectContaining({ code: 'conflict' }));
});

/** Of a maker of authenticators that does not exist, made for this test and good for a hundred years. */
const makersCertificate = Buffer.from(
  'MIIB8zCCAZigAwIBAgIUSDw0XeLUb0j2uOJMMa4NjLU1gd4wCgYIKoZIzj0EAwIwTzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBFRlc3QxIjAgBg' +
    'NVBAsMGUF1dGhlbnRpY2F0b3IgQXR0ZXN0YXRpb24xDTALBgNVBAMMBFRlc3QwIBcNMjYxMTIyMjAyOTE4WhgPMjEyNjEwMjkyMDI5MThaME8x' +
    'CzAJBgNVBAYTAkNIMQ0wCwYDVQQKDARUZXN0MSIwIAYDVQQLDBlBdXRoZW50aWNhdG9yIEF0dGVzdGF0aW9uMQ0wCwYDVQQDDARUZXN0MFkwEw' +
    'YHKoZIzj0CAQYIKoZIzj0DAQcDQgAETwweqL7jAMcpncmdTWz0Hyqm96SQKv09hBIMt0rU8huET0VN+f1fjLTRZtGH28UdmexkU1iNmKOc+tJp' +
    'jgyUo6NQME4wHQYDVR0OBBYEFGW3NzboT4jE5R3FqbFKVstlP4j6MB8GA1UdIwQYMBaAFGW3NzboT4jE5R3FqbFKVstlP4j6MAwGA1UdEwEB/w' +
    'QCMAAwCgYIKoZIzj0EAwIDSQAwRgIhAPQyyQtU+Ret2Z/vEa3VtPoDINq3YnOzkgCJNCPlpVz4AiEArXOWs4095caA4SKy8QZ1EgMplugLdhoM' +
    'r+kUBGTIfdI=',
  'base64',
);
const makersKey = createPrivateKey({
  key: Buffer.from(
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZoBbmFSRLJoZPAL/ASsjrxS1RvlQkCT3y/yrJ8bATcihRANCAARPDB6ovuMAxy' +
      'mdyZ1NbPQfKqb3pJAq/T2EEgy3StTyG4RPRU35/V+MtNFm0YfbxR2Z7GRTWI2Yo5z60mmODJSj',
    'base64',
  ),
  format: 'der',
  type: 'pkcs8',
});
