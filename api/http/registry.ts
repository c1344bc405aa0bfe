import type { Up } from '#sync-protocol';
import { contactRoutes } from './routes/contacts.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { deviceRoutes } from './routes/devices.ts';
import { linkingRoutes } from './routes/linking.ts';
import { messageRoutes } from './routes/messages.ts';
import { passkeyRoutes } from './routes/passkeys.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { statusRoutes } from './routes/status.ts';
import { userRoutes } from './routes/users.ts';

/** Every route there is. A route that is not here is not mounted; a route without a handler does not compile. [AC-9] */
export const routes = {
  ...statusRoutes,
  ...signInRoutes,
  ...passkeyRoutes,
  ...linkingRoutes,
  ...deviceRoutes,
  ...userRoutes,
  ...contactRoutes,
  ...conversationRoutes,
  ...messageRoutes,
};
export type Routes = typeof routes;

/** Every message of a socket, and who may send it. Their schema is `upSchema`; their session is the handshake's. [AC-9] */
export const messages: Readonly<Record<Up['type'], { readonly authorisation: string }>> = {
  ops: { authorisation: 'Decided op by op against the log, exactly as in POST /api/sync.' },
  typing: { authorisation: 'A present member of the conversation; anyone else is not heard.' },
  received: { authorisation: 'A present or former member of each conversation; the rest of the list is left out.' },
};
