import type { Up } from '#sync-protocol';
import type { Route } from './route.ts';
import { contactRoutes } from './routes/contacts.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { deviceRoutes } from './routes/devices.ts';
import { docsRoutes } from './routes/docs.ts';
import { linkingRoutes } from './routes/linking.ts';
import { messageRoutes } from './routes/messages.ts';
import { numberRoutes } from './routes/number.ts';
import { passkeyRoutes } from './routes/passkeys.ts';
import { pinRoutes } from './routes/pin.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { statusRoutes } from './routes/status.ts';
import { userRoutes } from './routes/users.ts';

/**
 * Every route there is. A route that is not here is not mounted; a route without a handler does not compile. Each request is held
 * against them one after another, so what is asked for most comes first. [AC-9]
 */
export const routes = {
  ...messageRoutes,
  ...statusRoutes,
  ...signInRoutes,
  ...passkeyRoutes,
  ...linkingRoutes,
  ...deviceRoutes,
  ...pinRoutes,
  ...numberRoutes,
  ...userRoutes,
  ...contactRoutes,
  ...conversationRoutes,
  ...docsRoutes,
};
export type Routes = typeof routes;

/** The same by what they are about, in the order in which one comes to need them. */
export const areas: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  'Signing in': signInRoutes,
  Passkeys: passkeyRoutes,
  'Further devices': linkingRoutes,
  Devices: deviceRoutes,
  'PIN and number': { ...pinRoutes, ...numberRoutes },
  People: userRoutes,
  Contacts: contactRoutes,
  Conversations: conversationRoutes,
  'Messages and sync': messageRoutes,
  'The server': { ...statusRoutes, ...docsRoutes },
};

/** Every message of a socket, and who may send it. Their schema is `upSchema`; their session is the handshake's. [AC-9] */
export const messages: Readonly<Record<Up['type'], { readonly authorisation: string }>> = {
  ops: { authorisation: 'Decided op by op against the log, exactly as in POST /api/sync.' },
  typing: { authorisation: 'A present member of the conversation; anyone else is not heard.' },
  received: { authorisation: 'A present or former member of each conversation; the rest of the list is left out.' },
};
