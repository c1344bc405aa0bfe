import * as z from 'zod/mini';
import {
  answerSchema,
  conversationIdSchema,
  conversationLog,
  directConversationId,
  directSeed,
  limits,
  messageIdSchema,
  messageTextSchema,
  refusals,
  deviceOpIdSchema,
  seqSchema,
  syncRequestSchema,
  syncResponseSchema,
  timeMsSchema,
  tooOldSchema,
  userIdSchema,
} from '#sync-protocol';
import type { Caller, Hashes } from '../../core/ports.ts';
import type { Reader } from '../../core/reader.ts';
import type { DoOp, MintOp } from '../op-door.ts';
import type { Sync } from '../../core/sync.ts';
import { type Handlers, route } from '../route.ts';
import { otherOf } from './conversations.ts';

const message = {
  text: messageTextSchema,
  replyTo: z.optional(messageIdSchema),
  /** With one of its own a retry is recognised; without, it may arrive twice. */
  opId: z.optional(deviceOpIdSchema),
  writtenAt: z.optional(timeMsSchema),
};

export const messageRoutes = {
  sendMessage: route({
    method: 'post',
    path: '/api/message',
    summary: 'Say something in a conversation, or to a person',
    access: 'signed-in',
    authorisation: 'Members of the conversation; a conversation or person of others is not found.',
    pace: 'write',
    body: z.union([z.object({ to: userIdSchema, ...message }), z.object({ conversationId: conversationIdSchema, ...message })]),
    answer: z.object({ opId: deviceOpIdSchema, conversationId: conversationIdSchema, seq: seqSchema }),
  }),
  ops: route({
    method: 'post',
    path: '/api/ops',
    summary: 'Do anything a device can do, as in a sync; `opId` and `writtenAt` may be left out',
    access: 'signed-in',
    authorisation: 'Decided op by op against the log, exactly as in POST /api/sync.',
    pace: 'write',
    body: z.object({ ops: z.array(z.unknown()).check(z.maxLength(limits.opsPerSyncMax)) }),
    answer: z.object({ answers: z.array(answerSchema) }),
  }),
  sync: route({
    method: 'post',
    path: '/api/sync',
    summary: 'Bring what this device did, take what it missed',
    access: 'signed-in',
    authorisation: 'Ops are decided one by one against the log; reads see what the person may see, the rest is unknown.',
    pace: 'write',
    body: syncRequestSchema,
    /** 426 with the answers to its ops, for a device that is too old. [PV-3] */
    answer: z.union([syncResponseSchema, tooOldSchema]),
  }),
};

type MessageDeps = {
  readonly reader: Reader;
  readonly sync: Sync;
  readonly doOp: DoOp;
  readonly mint: MintOp;
  readonly hashes: Hashes;
};

export function createMessageHandlers({ reader, sync, doOp, mint, hashes }: MessageDeps): Handlers<typeof messageRoutes> {
  type Said = Parameters<Handlers<typeof messageRoutes>['sendMessage']>[0]['body'];

  async function addressOf(caller: Caller, said: Said) {
    if ('to' in said) return { id: directConversationId(hashes.digest(directSeed(caller.user, said.to))), other: said.to };
    return { id: said.conversationId, other: await otherOf(reader, caller.user, said.conversationId) };
  }

  return {
    sendMessage: async ({ body }, { caller }) => {
      const { text, replyTo, opId, writtenAt } = body;
      const { id, other } = await addressOf(caller, body);
      const payload = { body: { kind: 'text', text, ...(replyTo && { replyTo }) } };
      const done = await doOp(caller, { type: 'message', log: conversationLog(id), payload, with: other, opId, writtenAt });
      return { opId: done.opId, conversationId: id, seq: done.seq };
    },
    ops: async ({ body: { ops } }, { caller }) => ({ answers: [...(await sync.ops(caller, undefined, ops.map(mint)))] }),
    sync: async ({ body }, { caller, setStatus }) => {
      const answer = await sync.sync(caller, body);
      if ('refusal' in answer) setStatus(refusals[answer.refusal].status);
      return answer;
    },
  };
}
