/** What somebody may try: every route, every op and every message of a socket, each at the things it could be tried at. */
import { type UserId, conversationLog } from '#sync-protocol';
import type { Answered } from '../../kit/server.ts';
import { aText, anOp, type Cast, directOf, type Group, newId, roles, type Role } from './cast.ts';

/** One try. Its outcome is what was answered; what was seen is looked for in `seen`. */
export type Try = { readonly outcome: string; readonly seen: string };
export type Act = { readonly at: string; readonly attempt: (cast: Cast, role: Role) => Promise<Try> };

const judge = ({ status, body, text }: Answered): Try => {
  const { refusal } = (body ?? {}) as { refusal?: string };
  return { outcome: refusal === undefined ? String(status) : `${status} ${refusal}`, seen: text };
};
type Asking = (cast: Cast, role: Role) => Promise<readonly [method: string, path: string, body?: unknown]>;

const asked = (at: string, asking: Asking): Act => ({
  at,
  attempt: async (cast, role) => {
    const [method, path, body] = await asking(cast, role);
    return judge(await cast.server.ask(method, path, { headers: cast.headersOf(role), ...(body !== undefined && { body }) }));
  },
});
const ofGroup = (at: string, make: (group: Group, cast: Cast) => ReturnType<Asking> | readonly [string, string, unknown?]): Act =>
  asked(at, async (cast) => make(await cast.aGroup(), cast));
const one = (at: string, method: string, path: string, body?: unknown): Act => asked(at, async () => [method, path, body]);
const some = '01890000-0000-7000-8000-000000000000';

/** Every route, and each thing it is tried at. */
export const routeActs: Readonly<Record<string, readonly Act[]>> = {
  health: [one('the server', 'GET', '/health')],
  docs: [one('the page', 'GET', '/api/docs')],
  docsStyle: [one('its style', 'GET', '/api/docs.css')],
  redisStatus: [one('the server', 'GET', '/api/redis/status')],
  // A number is sent one code in a while: each role asks for another.
  register: [asked('a number of nobody', async (_, role) => ['POST', '/api/register', { phone: numberFor(role, 50) }])],
  login: [asked('a number of nobody', async (_, role) => ['POST', '/api/login', { phone: numberFor(role, 70) }])],
  verify: [one('a request that is not theirs', 'POST', '/api/verify', { requestId: some, code: '000000' })],
  me: [one('oneself', 'GET', '/api/me')],
  devices: [one('one’s own', 'GET', '/api/devices')],
  revokeDevice: [
    asked('a device of the owner', async ({ spareDevice }) => ['DELETE', `/api/devices/${spareDevice}`]),
    one('a device of nobody', 'DELETE', `/api/devices/${some}`),
  ],
  signOut: [one('one’s own session', 'POST', '/api/sign-out', undefined)],
  user: [
    ofGroup('the owner, in a group', (_, { owner }) => ['GET', `/api/users/${owner.userId}`]),
    one('nobody', 'GET', `/api/users/${some}`),
  ],
  changeUser: [asked('the owner', async ({ owner }) => ['PUT', `/api/users/${owner.userId}`, { hue: 1 }])],
  contacts: [asked('those of the owner', async ({ owner }) => ['GET', `/api/contacts/${owner.userId}`])],
  addContact: [
    asked('the owner, by id', async ({ owner }) => ['POST', '/api/contacts', { userId: owner.userId }]),
    one('nobody, by id', 'POST', '/api/contacts', { userId: some }),
    one('nobody, by number', 'POST', '/api/contacts', { phone: '+41446689997' }),
  ],
  removeContact: [
    asked('the owner', async ({ owner }) => ['DELETE', `/api/contacts/${owner.userId}`]),
    one('nobody', 'DELETE', `/api/contacts/${some}`),
  ],
  conversations: [asked('those of the owner', async ({ owner }) => ['GET', `/api/conversations/${owner.userId}`])],
  conversationState: [
    ofGroup('the group', ({ id }) => ['GET', `/api/conversations/${id}/state`]),
    asked('the direct conversation', async ({ direct }) => ['GET', `/api/conversations/${direct.id}/state`]),
    one('none', 'GET', `/api/conversations/${some}/state`),
  ],
  history: [
    ofGroup('the group', ({ id }) => ['GET', `/api/conversations/${id}/messages`]),
    ofGroup('the beginning of the group', ({ id }) => ['GET', `/api/conversations/${id}/messages?from=1&to=2`]),
    asked('the direct conversation', async ({ direct }) => ['GET', `/api/conversations/${direct.id}/messages`]),
  ],
  messagesOf: [ofGroup('the group', ({ id }) => ['GET', `/api/message/${id}`])],
  dropConversation: [ofGroup('the group', ({ id }) => ['DELETE', `/api/conversations/${id}`])],
  sendMessage: [
    ofGroup('the group', ({ id }) => ['POST', '/api/message', { conversationId: id, text: 'hello' }]),
    ofGroup('the group, quoting what was said early', ({ id, early }) => [
      'POST',
      '/api/message',
      { conversationId: id, text: 'hello', replyTo: early },
    ]),
    asked('the direct conversation', async ({ direct }) => [
      'POST',
      '/api/message',
      { conversationId: direct.id, text: 'hello' },
    ]),
    asked('the owner', async ({ owner }) => ['POST', '/api/message', { to: owner.userId, text: 'hello' }]),
    one('nobody', 'POST', '/api/message', { to: some, text: 'hello' }),
  ],
  ops: [one('nothing', 'POST', '/api/ops', { ops: [] })],
  sync: [
    ...(['logs', 'rowsOf', 'receiptsOf'] as const).map((what) =>
      ofGroup(`${what} of the group`, ({ id }) => ['POST', '/api/sync', { version: 1, ...part(what, id) }]),
    ),
    asked('logs of the direct conversation', async ({ direct }) => [
      'POST',
      '/api/sync',
      { version: 1, ...part('logs', direct.id) },
    ]),
    asked('the log of the owner', async ({ owner }) => [
      'POST',
      '/api/sync',
      { version: 1, logs: [{ log: `u:${owner.userId}`, watermark: 0, chain: '0'.repeat(16) }] },
    ]),
    asked('the profile of the owner', async ({ owner }) => ['POST', '/api/sync', { version: 1, people: [owner.userId] }]),
  ],
  pin: [one('one’s own', 'GET', '/api/pin')],
  setPin: [one('one’s own, too short', 'PUT', '/api/pin', { pin: '123' })],
  removePin: [one('one’s own', 'DELETE', '/api/pin')],
  sendNumberCode: [asked('a number of nobody', async (_, role) => ['POST', '/api/number/code', { phone: numberFor(role, 30) }])],
  changeNumber: [one('a request that is not theirs', 'PUT', '/api/number', { requestId: some, code: '000000' })],
  passkeys: [one('one’s own', 'GET', '/api/passkeys')],
  beginPasskey: [one('one’s own account, from no page of ours', 'POST', '/api/passkeys/options')],
  addPasskey: [
    one('one’s own account, not begun', 'POST', '/api/passkeys', { credential: aPasskey({ attestationObject: 'AA' }) }),
  ],
  renamePasskey: [one('one of nobody', 'PUT', `/api/passkeys/${some}`, { name: 'Mine' })],
  removePasskey: [one('one of nobody', 'DELETE', `/api/passkeys/${some}`)],
  startLink: [one('anybody’s', 'POST', '/api/device-links')],
  linkState: [one('one that this browser did not begin', 'GET', '/api/device-links/mine')],
  collectLink: [one('one that this browser did not begin', 'POST', '/api/device-links/collect')],
  findLink: [one('none', 'POST', '/api/device-links/find', { token: 'a' })],
  approveLink: [one('one that was not found before', 'PUT', `/api/device-links/${some}`)],
  denyLink: [one('one that was not found before', 'DELETE', `/api/device-links/${some}`)],
  beginPasskeySignIn: [one('from no page of ours', 'POST', '/api/sign-in/passkey/options')],
  passkeySignIn: [
    one('not begun', 'POST', '/api/sign-in/passkey', { credential: aPasskey({ authenticatorData: 'AA', signature: 'AA' }) }),
  ],
};

const numberFor = (role: Role, from: number): string => `+414466899${from + roles.indexOf(role)}`;

function aPasskey(response: object): object {
  return { id: 'AA', rawId: 'AA', type: 'public-key', response: { clientDataJSON: 'AA', ...response } };
}

function part(what: 'logs' | 'rowsOf' | 'receiptsOf', id: string): object {
  if (what === 'logs') return { logs: [{ log: `c:${id}`, watermark: 0, chain: '0'.repeat(16), empty: true }] };
  return what === 'rowsOf' ? { rowsOf: [id] } : { receiptsOf: [{ conversation: id, version: 0 }] };
}

/** An op by the one route that takes any; answered with the refusal or "done". */
async function tryOp(cast: Cast, role: Role, op: unknown): Promise<Try> {
  const { status, body, text } = await cast.server.ask('POST', '/api/ops', {
    body: { ops: [op] },
    headers: cast.headersOf(role),
  });
  if (status !== 200) return judge({ status, body, text } as Answered);
  const [answer] = (body as { answers: readonly { refusal?: string }[] }).answers;
  return { outcome: answer?.refusal ?? 'done', seen: text };
}

const inGroup = (
  at: string,
  make: (group: Group, cast: Cast) => readonly [type: string, payload: unknown, more?: object],
): Act => ({
  at,
  attempt: async (cast, role) => {
    const group = await cast.aGroup();
    const [type, payload, more] = make(group, cast);
    return tryOp(cast, role, anOp(type, conversationLog(group.id), payload, more));
  },
});
const inSelf = (type: string, make: (cast: Cast) => unknown): readonly Act[] => [
  {
    at: 'one’s own self log',
    attempt: (cast, role) => tryOp(cast, role, anOp(type, `u:${cast.personOf(role).userId}`, make(cast))),
  },
  { at: 'the owner’s self log', attempt: (cast, role) => tryOp(cast, role, anOp(type, `u:${cast.owner.userId}`, make(cast))) },
];
const inDirect = (at: string, other: (cast: Cast) => UserId): Act => ({
  at,
  attempt: (cast, role) =>
    tryOp(cast, role, anOp('message', conversationLog(cast.direct.id), aText('hello'), { with: other(cast) })),
});

const conversation = ({ direct }: Cast) => direct.id;
const thing = (cast: Cast) => ({ conversation: conversation(cast), on: true });
const aMessageOf = (cast: Cast) => ({ ...thing(cast), message: cast.direct.message });

/** Every type of op, and each thing it is tried at. */
export const opActs: Readonly<Record<string, readonly Act[]>> = {
  message: [
    inGroup('the group', () => ['message', aText('hello')]),
    inGroup('the group, in a thread of what was said early', ({ early }) => [
      'message',
      { body: { kind: 'text', text: 'hello', thread: early } },
    ]),
    inDirect('the direct conversation, as its member', ({ member }) => member.userId),
    inDirect('the direct conversation, as its owner', ({ owner }) => owner.userId),
    {
      at: 'one’s own direct conversation with the owner',
      attempt: (cast, role) => {
        const [me, other] = [cast.personOf(role).userId, cast.owner.userId];
        return tryOp(cast, role, anOp('message', conversationLog(directOf(me, other)), aText('hello'), { with: other }));
      },
    },
  ],
  edit: [
    inGroup('what the owner said early', ({ early }) => ['edit', aText('other'), { target: early }]),
    inGroup('what the member said', ({ own }) => ['edit', aText('other'), { target: own }]),
  ],
  delete: [
    inGroup('what the owner said early', ({ early }) => ['delete', {}, { target: early }]),
    inGroup('what the owner said late', ({ late }) => ['delete', {}, { target: late }]),
    inGroup('what the member said', ({ own }) => ['delete', {}, { target: own }]),
    inGroup('a message of another conversation', (_, { direct }) => ['delete', {}, { target: direct.message }]),
  ],
  reaction: [
    inGroup('what the owner said early', ({ early }) => ['reaction', { emoji: '👍', on: true }, { target: early }]),
    inGroup('what the owner said late', ({ late }) => ['reaction', { emoji: '👍', on: true }, { target: late }]),
  ],
  pin: [inGroup('what the owner said late', ({ late }) => ['pin', { on: true }, { target: late }])],
  'group-created': [
    inGroup('the group, again', () => ['group-created', { title: 'Mine', members: [] }]),
    {
      at: 'a new group',
      attempt: (cast, role) => tryOp(cast, role, anOp('group-created', `c:${newId()}`, { title: 'Mine', members: [] })),
    },
  ],
  'members-added': [inGroup('the group', (_, { member }) => ['members-added', { members: [member.userId] }])],
  'member-removed': [
    inGroup('the member', (_, { member }) => ['member-removed', { user: member.userId }]),
    inGroup('the owner', (_, { owner }) => ['member-removed', { user: owner.userId }]),
  ],
  'member-left': [inGroup('the group', () => ['member-left', {}])],
  'role-changed': [
    inGroup('the member becomes an owner', (_, { member }) => ['role-changed', { user: member.userId, role: 'owner' }]),
    inGroup('the owner becomes a member', (_, { owner }) => ['role-changed', { user: owner.userId, role: 'member' }]),
  ],
  'info-changed': [inGroup('the group', () => ['info-changed', { about: 'new' }])],
  'policy-changed': [inGroup('the group', () => ['policy-changed', { history: 'shared' }])],
  'read-marker': inSelf('read-marker', (cast) => ({ conversation: conversation(cast), seq: 1 })),
  'marked-unread': inSelf('marked-unread', thing),
  muted: inSelf('muted', thing),
  pinned: inSelf('pinned', thing),
  archived: inSelf('archived', thing),
  dropped: inSelf('dropped', (cast) => ({ conversation: conversation(cast), upTo: 1 })),
  draft: inSelf('draft', (cast) => ({ conversation: conversation(cast), text: 'hello' })),
  hidden: inSelf('hidden', aMessageOf),
  starred: inSelf('starred', aMessageOf),
  blocked: inSelf('blocked', () => ({ user: some, on: true })),
  contact: inSelf('contact', () => ({ user: some, on: true })),
  'contact-by-number': inSelf('contact-by-number', () => ({ phone: '+41446689996' })),
  profile: inSelf('profile', () => ({ hue: 2 })),
};
