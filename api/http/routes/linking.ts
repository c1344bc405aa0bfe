import * as z from 'zod/mini';
import { timeMsSchema, userIdSchema } from '#sync-protocol';
import { linkMs, type Linking, shortCodeDigits } from '../../core/linking.ts';
import type { Profiles } from '../../core/profiles.ts';
import { dropSecret, holdSecret, linkCookie, readCookie } from '../cookies.ts';
import { labelOf } from '../device-label.ts';
import { type Handlers, route } from '../route.ts';
import { type HandOver, signedInSchema } from '../signed-in.ts';

const token = z.string().check(z.regex(/^[\w-]{1,64}$/));
const code = z.string().check(z.regex(new RegExp(`^\\d{${shortCodeDigits}}$`)));
const browserThatBegan = {
  access: 'anyone',
  authorisation: 'The browser that began it, by a cookie that neither the QR code nor the short code tells.',
} as const;
const params = z.strictObject({ linkId: z.uuid() });
const whoFoundIt = 'A signed-in device that was given this id for the token or the short code; any other id is not found.';

export const linkingRoutes = {
  startLink: route({
    method: 'post',
    path: '/api/device-links',
    summary: 'Ask to be let in by a device that is signed in: a token for a QR code and a short code, for two minutes',
    access: 'anyone',
    authorisation: 'Anyone, within the limit of their address.',
    pace: 'sign-in',
    answer: z.object({ token: z.string(), code: z.string(), expiresInMs: z.int() }),
  }),
  linkState: route({
    method: 'get',
    path: '/api/device-links/mine',
    summary: 'How far it is: asked every two seconds',
    ...browserThatBegan,
    pace: 'read',
    answer: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('waiting'), expiresInMs: z.int() }),
      z.object({ kind: z.literal('approved'), userId: userIdSchema, name: z.string(), phone: z.optional(z.string()) }),
      z.object({ kind: z.literal('denied') }),
      z.object({ kind: z.literal('gone') }),
    ]),
  }),
  collectLink: route({
    method: 'post',
    path: '/api/device-links/collect',
    summary: 'Exchange a confirmed request for a session, once',
    ...browserThatBegan,
    pace: 'sign-in',
    answer: signedInSchema,
  }),
  findLink: route({
    method: 'post',
    path: '/api/device-links/find',
    summary: 'What asks to be let in, by what was scanned or typed',
    access: 'signed-in',
    authorisation: 'Whoever knows the token or the short code; guesses at short codes are counted for each person.',
    pace: 'write',
    body: z.union([z.strictObject({ token }), z.strictObject({ code })]),
    answer: z.object({
      linkId: z.string(),
      label: z.string(),
      address: z.string(),
      /** Whether the device that asks comes from where this one does. */
      isSameAddress: z.boolean(),
      startedAt: timeMsSchema,
      expiresInMs: z.int(),
    }),
  }),
  approveLink: route({
    method: 'put',
    path: '/api/device-links/:linkId',
    summary: 'Let it in, to one’s own account',
    access: 'signed-in',
    authorisation: whoFoundIt,
    pace: 'write',
    params,
    answer: z.object({}),
  }),
  denyLink: route({
    method: 'delete',
    path: '/api/device-links/:linkId',
    summary: 'Do not let it in',
    access: 'signed-in',
    authorisation: whoFoundIt,
    pace: 'write',
    params,
    answer: z.object({}),
  }),
};

type LinkingDeps = { readonly linking: Linking; readonly profiles: Profiles; readonly handOver: HandOver };

export function createLinkingHandlers({ linking, profiles, handOver }: LinkingDeps): Handlers<typeof linkingRoutes> {
  return {
    startLink: async (_, { headers, address, setCookies }) => {
      const { secret, ...shown } = await linking.start({ label: labelOf(headers['user-agent']), address });
      // Twice the time: once to be confirmed, once to be collected.
      setCookies([holdSecret(linkCookie, secret, 2 * linkMs)]);
      return shown;
    },
    linkState: async (_, { headers }) => {
      const state = await linking.state(readCookie(headers.cookie, linkCookie) ?? '');
      if (state.kind !== 'approved') return state;
      const { kind, user: userId, phone } = state;
      const { name } = await profiles.own(userId);
      return { kind, userId, name, ...(phone !== undefined && { phone }) };
    },
    collectLink: async (_, call) => {
      const opened = await linking.collect(readCookie(call.headers.cookie, linkCookie) ?? '');
      call.setCookies([dropSecret(linkCookie)]);
      return handOver(opened, call);
    },
    findLink: async ({ body }, { caller, address }) => {
      const { id: linkId, ...found } = await linking.find(caller, body);
      return { linkId, ...found, isSameAddress: found.address === address };
    },
    approveLink: async ({ params: { linkId } }, { caller }) => {
      await linking.approve(caller, linkId);
      return {};
    },
    denyLink: async ({ params: { linkId } }) => {
      await linking.deny(linkId);
      return {};
    },
  };
}
