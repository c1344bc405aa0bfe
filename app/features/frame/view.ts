import {
  conversationIdSchema,
  messageIdSchema,
  userIdSchema,
  type ConversationId,
  type MessageId,
  type UserId,
} from '#sync-protocol';

/** What an address shows. */
export type View =
  | { readonly at: 'chats' }
  | { readonly at: 'conversation'; readonly id: ConversationId; readonly message?: MessageId; readonly hasDetails: boolean }
  | { readonly at: 'new-chat' | 'new-group' | 'new-group-name' }
  | { readonly at: 'people' | 'add-person' }
  | { readonly at: 'person'; readonly id: UserId }
  | { readonly at: 'outbox' }
  | { readonly at: 'settings' | 'profile' | 'devices' | 'security' | 'link-device' | 'about' }
  | { readonly at: 'notifications' | 'storage' | 'install' }
  | { readonly at: 'number' | 'pin' }
  | { readonly at: 'debug' }
  | { readonly at: 'unknown' };

const fixed: Readonly<Record<string, View>> = {
  '/': { at: 'chats' },
  '/chats': { at: 'chats' },
  '/new': { at: 'new-chat' },
  '/new/group': { at: 'new-group' },
  '/new/group/name': { at: 'new-group-name' },
  '/people': { at: 'people' },
  '/people/add': { at: 'add-person' },
  '/outbox': { at: 'outbox' },
  '/settings': { at: 'settings' },
  '/settings/profile': { at: 'profile' },
  '/settings/number': { at: 'number' },
  '/settings/pin': { at: 'pin' },
  '/settings/devices': { at: 'devices' },
  '/settings/security': { at: 'security' },
  '/link': { at: 'link-device' },
  '/settings/notifications': { at: 'notifications' },
  '/settings/storage': { at: 'storage' },
  '/settings/install': { at: 'install' },
  '/settings/about': { at: 'about' },
  '/debug': { at: 'debug' },
};

/** An address is input: ids are parsed like any other. */
export function viewOf(pathname: string): View {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : pathname;
  const view = Object.hasOwn(fixed, path) ? fixed[path] : undefined;
  if (view) return view;
  const [, room, id, tab, item, ...more] = path.split('/');
  if (more.length > 0) return { at: 'unknown' };
  if (room === 'people' && tab === undefined) return personView(id);
  return room === 'c' ? conversationView(id, tab, item) : { at: 'unknown' };
}

function personView(id: string | undefined): View {
  const user = userIdSchema.safeParse(id);
  return user.success ? { at: 'person', id: user.data } : { at: 'unknown' };
}

function conversationView(id: string | undefined, tab: string | undefined, item: string | undefined): View {
  const conversation = conversationIdSchema.safeParse(id);
  if (!conversation.success) return { at: 'unknown' };
  const view = { at: 'conversation', id: conversation.data } as const;
  if (tab === undefined) return { ...view, hasDetails: false };
  if (tab === 'details' && item === undefined) return { ...view, hasDetails: true };
  const message = messageIdSchema.safeParse(item);
  return tab === 'm' && message.success ? { ...view, message: message.data, hasDetails: false } : { at: 'unknown' };
}
