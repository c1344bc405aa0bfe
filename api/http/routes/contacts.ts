import * as z from 'zod/mini';
import { invariant, nameSchema, profileSchema, selfLog, userIdSchema, type LogEvent, type UserId } from '#sync-protocol';
import type { People } from '../../core/ports.ts';
import type { Reader } from '../../core/reader.ts';
import type { DoOp } from '../op-door.ts';
import { type Handlers, route } from '../route.ts';
import { onlyOwn, userParams } from './users.ts';

const contactSchema = z.object({
  userId: userIdSchema,
  /** `added`: by me · `added-me` · `direct`: we have a direct conversation · `group`: we are in one together. */
  via: z.array(z.enum(['added', 'added-me', 'direct', 'group'])),
  /** My own name for them. */
  name: z.optional(z.string()),
  profile: z.optional(profileSchema),
});

export const contactRoutes = {
  contacts: route({
    method: 'get',
    path: '/api/contacts/:userId',
    summary: 'Everybody one has to do with, and why',
    access: 'signed-in',
    authorisation: 'Oneself; anyone else is not found.',
    pace: 'read',
    params: userParams,
    answer: z.object({ contacts: z.array(contactSchema) }),
  }),
  addContact: route({
    method: 'post',
    path: '/api/contacts',
    summary: 'Add a contact by number or id, or change one’s name for them',
    access: 'signed-in',
    authorisation: 'For oneself. A number or id of nobody is not found; so many new numbers a day.',
    pace: 'write',
    body: z.union([
      z.object({ phone: z.string().check(z.minLength(1), z.maxLength(32)), name: z.optional(nameSchema) }),
      z.object({ userId: userIdSchema, name: z.optional(nameSchema) }),
    ]),
    answer: z.object({ userId: userIdSchema }),
  }),
  removeContact: route({
    method: 'delete',
    path: '/api/contacts/:contactId',
    summary: 'Remove a contact, named by their user id; conversations stay',
    access: 'signed-in',
    authorisation: 'One’s own contacts; a person who is nobody is not found.',
    pace: 'write',
    params: z.strictObject({ contactId: userIdSchema }),
    answer: z.object({}),
  }),
};

type ContactDeps = { readonly reader: Reader; readonly people: People; readonly doOp: DoOp };

export function createContactHandlers({ reader, people, doOp }: ContactDeps): Handlers<typeof contactRoutes> {
  return {
    contacts: async ({ params: { userId } }, { caller }) => {
      onlyOwn(caller, userId);
      const contacts = await reader.contacts(userId);
      const profiles = new Map(
        (
          await people.visibleTo(
            userId,
            contacts.map(({ user }) => user),
          )
        ).map((profile) => [profile.id, profile]),
      );
      return {
        contacts: contacts.map(({ user, via, name }) => ({ userId: user, via: [...via], name, profile: profiles.get(user) })),
      };
    },
    addContact: async ({ body }, { caller }) => {
      const log = selfLog(caller.user);
      if ('userId' in body) {
        const { userId, name } = body;
        await doOp(caller, { type: 'contact', log, payload: { user: userId, on: true, ...(name !== undefined && { name }) } });
        return { userId };
      }
      const { event } = await doOp(caller, { type: 'contact-by-number', log, payload: body });
      return { userId: userAdded(event) };
    },
    removeContact: async ({ params: { contactId } }, { caller }) => {
      await doOp(caller, { type: 'contact', log: selfLog(caller.user), payload: { user: contactId, on: false } });
      return {};
    },
  };
}

/** The answer carries the `contact` event that the number became. [RG-6] */
function userAdded(event: LogEvent | undefined): UserId {
  invariant(event, 'a number becomes a contact event');
  return (event.payload as { readonly user: UserId }).user;
}
