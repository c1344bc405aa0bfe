import * as z from 'zod/mini';
import { nameSchema, Refusal, timeMsSchema } from '#sync-protocol';
import { challengeMs, type Passkeys } from '../../core/passkeys.ts';
import type { Passkey } from '../../core/passkeys-ports.ts';
import type { Profiles } from '../../core/profiles.ts';
import type { Call } from '../call.ts';
import { challengeCookie, dropSecret, holdSecret, readCookie } from '../cookies.ts';
import { type OriginCheck, placeOf } from '../origin.ts';
import { labelOf } from '../device-label.ts';
import { type Handlers, route } from '../route.ts';
import { type HandOver, signedInSchema } from '../signed-in.ts';

/** As WebAuthn's JSON forms write binary parts. Bounds are far above what authenticators make. */
const base64Url = (charsMax: number) => z.string().check(z.minLength(1), z.maxLength(charsMax), z.regex(/^[\w-]+$/));
const credentialId = base64Url(1_400);
const proof = base64Url(16_384);
const publicKeyType = z.literal('public-key');
const transport = z.string().check(z.regex(/^[a-z-]{1,32}$/));

const created = z.object({
  id: credentialId,
  rawId: credentialId,
  type: publicKeyType,
  response: z.object({
    clientDataJSON: proof,
    attestationObject: proof,
    transports: z.optional(z.array(transport).check(z.maxLength(16))),
  }),
});
const used = z.object({
  id: credentialId,
  rawId: credentialId,
  type: publicKeyType,
  response: z.object({
    clientDataJSON: proof,
    authenticatorData: proof,
    signature: proof,
    userHandle: z.optional(base64Url(128)),
  }),
});

const creationOptions = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  challenge: z.string(),
  pubKeyCredParams: z.array(z.object({ type: publicKeyType, alg: z.int() })),
  timeout: z.int(),
  attestation: z.literal('none'),
  excludeCredentials: z.array(z.object({ type: publicKeyType, id: z.string(), transports: z.array(z.string()) })),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: z.literal('required'),
  }),
});
const requestOptions = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.int(),
  userVerification: z.literal('required'),
});

const passkeySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The host it works at. */
  host: z.string(),
  addedAt: timeMsSchema,
  usedAt: z.optional(timeMsSchema),
});
const params = z.strictObject({ passkeyId: z.uuid() });
const own = { access: 'signed-in', authorisation: 'One’s own passkeys; any other id is not found.' } as const;

export const passkeyRoutes = {
  passkeys: route({
    method: 'get',
    path: '/api/passkeys',
    summary: 'The passkeys one can sign in with',
    ...own,
    pace: 'read',
    answer: z.object({ passkeys: z.array(passkeySchema) }),
  }),
  beginPasskey: route({
    method: 'post',
    path: '/api/passkeys/options',
    summary: 'Begin to add a passkey: what `navigator.credentials.create` is to be asked for, for five minutes',
    access: 'signed-in',
    authorisation: 'One’s own account, from a page of this server over TLS or at localhost.',
    pace: 'write',
    answer: creationOptions,
  }),
  addPasskey: route({
    method: 'post',
    path: '/api/passkeys',
    summary: 'Add the passkey that was made for the challenge this session was given last',
    access: 'signed-in',
    authorisation: 'One’s own account, from the session that began it.',
    pace: 'write',
    body: z.object({ credential: created, name: z.optional(nameSchema) }),
    answer: z.object({ passkey: passkeySchema }),
  }),
  renamePasskey: route({
    method: 'put',
    path: '/api/passkeys/:passkeyId',
    summary: 'Call a passkey something else',
    ...own,
    pace: 'write',
    params,
    body: z.object({ name: nameSchema }),
    answer: z.object({}),
  }),
  removePasskey: route({
    method: 'delete',
    path: '/api/passkeys/:passkeyId',
    summary: 'Forget a passkey: nobody signs in with it any more; devices that did stay signed in',
    ...own,
    pace: 'write',
    params,
    answer: z.object({}),
  }),
  beginPasskeySignIn: route({
    method: 'post',
    path: '/api/sign-in/passkey/options',
    summary: 'Begin to sign in with a passkey: what `navigator.credentials.get` is to be asked for, for five minutes',
    access: 'anyone',
    authorisation: 'Anyone, from a page of this server over TLS or at localhost. It says nothing about who has passkeys.',
    pace: 'sign-in',
    answer: requestOptions,
  }),
  passkeySignIn: route({
    method: 'post',
    path: '/api/sign-in/passkey',
    summary: 'Exchange a signed challenge for a session',
    access: 'anyone',
    authorisation: 'The browser that was given the challenge, with a passkey that signed it.',
    pace: 'sign-in',
    body: z.object({ credential: used, device: z.optional(nameSchema) }),
    answer: signedInSchema,
  }),
};

type PasskeyDeps = {
  readonly passkeys: Passkeys;
  readonly profiles: Profiles;
  readonly handOver: HandOver;
  readonly isOurs: OriginCheck;
};

export function createPasskeyHandlers(deps: PasskeyDeps): Handlers<typeof passkeyRoutes> {
  const { passkeys, profiles, handOver, isOurs } = deps;
  const placeOfCall = ({ headers }: Call) => {
    const place = placeOf(isOurs, headers);
    if (!place) throw new Refusal('malformed', 'origin: passkeys work on a page of this server, over TLS or at localhost');
    return place;
  };
  return {
    passkeys: async (_, { caller }) => ({ passkeys: (await passkeys.list(caller.user)).map(shown) }),
    beginPasskey: async (_, call) => {
      const place = placeOfCall(call);
      const { name } = await profiles.own(call.caller.user);
      return passkeys.beginAdding(call.caller, place, name);
    },
    addPasskey: async ({ body: { credential, name } }, { caller, headers }) => ({
      passkey: shown(await passkeys.add(caller, credential, name ?? labelOf(headers['user-agent']))),
    }),
    renamePasskey: async ({ params: { passkeyId }, body: { name } }, { caller }) => {
      await passkeys.rename(caller.user, passkeyId, name);
      return {};
    },
    removePasskey: async ({ params: { passkeyId } }, { caller }) => {
      await passkeys.remove(caller.user, passkeyId);
      return {};
    },
    beginPasskeySignIn: async (_, call) => {
      const { secret, options } = await passkeys.beginSignIn(placeOfCall(call));
      call.setCookies([holdSecret(challengeCookie, secret, challengeMs)]);
      return options;
    },
    passkeySignIn: async ({ body: { credential, device } }, call) => {
      const secret = readCookie(call.headers.cookie, challengeCookie) ?? '';
      const label = device ?? labelOf(call.headers['user-agent']);
      const opened = await passkeys.signIn({ secret, credential, label, address: call.address });
      call.setCookies([dropSecret(challengeCookie)]);
      return handOver(opened, call);
    },
  };
}

const shown = ({ id, name, rpId, addedAt, usedAt }: Passkey) => ({
  id,
  name,
  host: rpId,
  addedAt,
  ...(usedAt !== undefined && { usedAt }),
});
