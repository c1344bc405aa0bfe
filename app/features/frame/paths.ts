import type { ConversationId, MessageId, UserId } from '#sync-protocol';

/** Every address of the app. A view without one could not be reloaded, linked or gone back to. */
export const paths = {
  login: '/login',
  loginCode: '/login/code',
  loginPin: '/login/pin',
  loginName: '/login/name',
  loginLink: '/login/link',
  chats: '/chats',
  conversation: (id: ConversationId) => `/c/${id}`,
  message: (id: ConversationId, message: MessageId) => `/c/${id}/m/${message}`,
  details: (id: ConversationId) => `/c/${id}/details`,
  newChat: '/new',
  newGroup: '/new/group',
  newGroupName: '/new/group/name',
  people: '/people',
  addPerson: '/people/add',
  person: (id: UserId) => `/people/${id}`,
  outbox: '/outbox',
  settings: '/settings',
  profile: '/settings/profile',
  number: '/settings/number',
  pin: '/settings/pin',
  devices: '/settings/devices',
  security: '/settings/security',
  /** What a QR code leads to, so it is short. */
  linkDevice: '/link',
  notifications: '/settings/notifications',
  storage: '/settings/storage',
  install: '/settings/install',
  about: '/settings/about',
  debug: '/debug',
} as const;
