import * as z from 'zod/mini';
import {
  conversationIdSchema,
  conversationRowSchema,
  conversationStateSchema,
  historyPageSchema,
  isDirect,
  limits,
  selfLog,
  seqOrZeroSchema,
  seqSchema,
} from '#sync-protocol';
import type { Reader } from '../../core/reader.ts';
import type { DoOp } from '../op-door.ts';
import { type Handlers, route } from '../route.ts';
import { onlyOwn, userParams } from './users.ts';

const params = z.strictObject({ conversationId: conversationIdSchema });
const number = (schema: z.ZodMiniType<number, number>) =>
  z.optional(z.pipe(z.pipe(z.string().check(z.regex(/^\d{1,15}$/)), z.transform(Number)), schema));
const pageQuery = z.strictObject({
  before: number(seqSchema),
  after: number(seqOrZeroSchema),
  around: number(seqSchema),
  from: number(seqSchema),
  to: number(seqSchema),
  limit: number(z.int().check(z.gte(1), z.lte(limits.historyPageMax))),
  atLeast: number(seqOrZeroSchema),
});
const ofMembers = 'Present and former members, as far as they may see; for anyone else it is not found.';
const page = {
  method: 'get',
  access: 'signed-in',
  authorisation: ofMembers,
  pace: 'read',
  params,
  query: pageQuery,
  answer: historyPageSchema,
} as const;

export const conversationRoutes = {
  conversations: route({
    method: 'get',
    path: '/api/conversations/:userId',
    summary: 'One’s list of conversations, newest first, with how far each goes',
    access: 'signed-in',
    authorisation: 'Oneself; anyone else is not found.',
    pace: 'read',
    params: userParams,
    query: z.strictObject({ cursor: z.optional(z.string().check(z.maxLength(128))) }),
    answer: z.object({ conversations: z.array(conversationRowSchema), cursor: z.optional(z.string()) }),
  }),
  conversationState: route({
    method: 'get',
    path: '/api/conversations/:conversationId/state',
    summary: 'One conversation with its members',
    access: 'signed-in',
    authorisation: ofMembers,
    pace: 'read',
    params,
    answer: z.object({ row: conversationRowSchema, state: conversationStateSchema }),
  }),
  history: route({
    ...page,
    path: '/api/conversations/:conversationId/messages',
    summary: 'A page of messages in their order: the newest, or beside, around or between numbers',
  }),
  messagesOf: route({ ...page, path: '/api/message/:conversationId', summary: 'The same page under the address of messages' }),
  dropConversation: route({
    method: 'delete',
    path: '/api/conversations/:conversationId',
    summary: 'Take a conversation out of one’s own list, up to now; nobody else notices',
    access: 'signed-in',
    authorisation: ofMembers,
    pace: 'write',
    params,
    answer: z.object({}),
  }),
};

type ConversationDeps = { readonly reader: Reader; readonly doOp: DoOp };

export function createConversationHandlers({ reader, doOp }: ConversationDeps): Handlers<typeof conversationRoutes> {
  const readPage: Handlers<typeof conversationRoutes>['history'] = ({ params: { conversationId }, query }, { caller }) =>
    reader.history(caller.user, conversationId, query);
  return {
    conversations: async ({ params: { userId }, query }, { caller }) => {
      onlyOwn(caller, userId);
      const { rows, cursor } = await reader.conversations(userId, query.cursor);
      return { conversations: [...rows], ...(cursor !== undefined && { cursor }) };
    },
    conversationState: ({ params: { conversationId } }, { caller }) => reader.conversation(caller.user, conversationId),
    history: readPage,
    messagesOf: readPage,
    dropConversation: async ({ params: { conversationId } }, { caller }) => {
      const { row } = await reader.conversation(caller.user, conversationId);
      const payload = { conversation: conversationId, upTo: row.head };
      await doOp(caller, { type: 'dropped', log: selfLog(caller.user), payload });
      return {};
    },
  };
}

/** A direct conversation is named by its other person as well, so that the server can tell that the id is theirs. [DR-2] */
export async function otherOf(
  reader: Reader,
  user: Parameters<Reader['conversation']>[0],
  id: z.output<typeof conversationIdSchema>,
) {
  return isDirect(id) ? (await reader.conversation(user, id)).row.other : undefined;
}
