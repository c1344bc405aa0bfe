/** Everybody there can be in relation to a group, a direct conversation and an account, and what they may try there. */
import { createHash } from 'node:crypto';
import {
  type ConversationId,
  type DeviceId,
  type UserId,
  conversationLog,
  directConversationId,
  directSeed,
} from '#sync-protocol';
import { createSecrets } from '../../../api/gateways/secrets.ts';
import { createCheapSecrets } from '../../kit/cheap-secrets.ts';
import { bearer, type SignedIn, startServer, type TestServer } from '../../kit/server.ts';

export const roles = [
  'nobody',
  'made-up token',
  'revoked device',
  'signed-out session',
  'stranger',
  'contact',
  'blocked',
  'former member',
  'later member',
  'member',
  'owner',
  'owner’s other device',
] as const;
export type Role = (typeof roles)[number];

/** Words that are in the objects: whoever finds one in an answer has seen what it is in. */
export const words = { title: 'wordtitle', early: 'wordearly', own: 'wordown', late: 'wordlate', direct: 'worddirect' } as const;
export type Word = keyof typeof words;

export const { newId } = createSecrets();
export type Headers = Readonly<Record<string, string>>;

export interface Cast {
  readonly server: TestServer;
  readonly owner: SignedIn;
  readonly member: SignedIn;
  /** A device of the owner that nobody acts with. */
  readonly spareDevice: DeviceId;
  headersOf(role: Role): Headers;
  tokenOf(role: Role): string | undefined;
  /** Whose account a role acts with, if it acts with one. */
  personOf(role: Role): SignedIn;
  do(who: SignedIn, ops: readonly unknown[]): Promise<void>;
  /** A new group with its past: see `aPast`. */
  aGroup(): Promise<Group>;
  readonly direct: { readonly id: ConversationId; readonly message: string };
}

export type Group = { readonly id: ConversationId; readonly early: string; readonly own: string; readonly late: string };

export const anOp = (type: string, log: string, payload: unknown, more: object = {}) => ({
  opId: newId(),
  log,
  type,
  writtenAt: 1,
  payload,
  ...more,
});
export const aText = (text: string) => ({ body: { kind: 'text', text } });

export const directOf = (one: UserId, other: UserId): ConversationId =>
  directConversationId(createHash('sha256').update(directSeed(one, other)).digest());

export async function aCast(): Promise<Cast> {
  const server = await startServer({ adapters: { secrets: createCheapSecrets() } });
  let numbers = 0;
  const newPerson = (name: string) => server.signIn(`+4144668${String(1_800 + numbers++)}`, name);
  const again = async ({ phone }: SignedIn): Promise<SignedIn> => {
    server.pass(31_000);
    return server.signIn(phone);
  };
  const [owner, member, later, former, contact, blocked, stranger] = [
    await newPerson('Owner'),
    await newPerson('Member'),
    await newPerson('Later'),
    await newPerson('Former'),
    await newPerson('Contact'),
    await newPerson('Blocked'),
    await newPerson('Stranger'),
  ];
  const [other, revoked, signedOut, spare] = [await again(owner), await again(owner), await again(owner), await again(owner)];
  const { status } = await server.ask('DELETE', `/api/devices/${revoked.deviceId}`, { headers: bearer(owner) });
  if (status !== 200) throw new Error('the device could not be revoked');
  await server.ask('POST', '/api/sign-out', { headers: bearer(signedOut) });

  const sessions: Readonly<Record<Role, SignedIn | undefined>> = {
    nobody: undefined,
    'made-up token': { ...owner, token: 'a'.repeat(43) },
    'revoked device': revoked,
    'signed-out session': signedOut,
    stranger,
    contact,
    blocked,
    'former member': former,
    'later member': later,
    member,
    owner,
    'owner’s other device': other,
  };

  async function doOps(who: SignedIn, ops: readonly unknown[]): Promise<void> {
    const { text, body } = await server.ask('POST', '/api/ops', { body: { ops }, headers: bearer(who) });
    const { answers = [] } = (body ?? {}) as { answers?: readonly object[] };
    if (answers.length !== ops.length || answers.some((answer) => 'refusal' in answer)) throw new Error(`refused: ${text}`);
  }

  /** Said early; one left; a member's own; one came later; said late. History is as in every new group. */
  async function aGroup(): Promise<Group> {
    const id = newId() as ConversationId;
    const log = conversationLog(id);
    const [early, own, late] = [words.early, words.own, words.late].map((text) => anOp('message', log, aText(text)));
    const first = [member.userId, former.userId];
    await doOps(owner, [anOp('group-created', log, { title: words.title, members: first }), early]);
    await doOps(owner, [anOp('member-removed', log, { user: former.userId })]);
    await doOps(member, [own]);
    await doOps(owner, [anOp('members-added', log, { members: [later.userId] }), late]);
    return { id, early: early!.opId, own: own!.opId, late: late!.opId };
  }

  const selfLogOf = ({ userId }: SignedIn) => `u:${userId}`;
  await doOps(owner, [
    anOp('contact', selfLogOf(owner), { user: contact.userId, on: true }),
    anOp('blocked', selfLogOf(owner), { user: blocked.userId, on: true }),
  ]);
  const direct = directOf(owner.userId, member.userId);
  const said = anOp('message', conversationLog(direct), aText(words.direct), { with: member.userId });
  await doOps(owner, [said]);

  return {
    server,
    owner,
    member,
    spareDevice: spare.deviceId,
    headersOf: (role) => (sessions[role] ? bearer(sessions[role]) : {}),
    tokenOf: (role) => sessions[role]?.token,
    personOf: (role) => sessions[role] ?? stranger,
    do: doOps,
    aGroup,
    direct: { id: direct, message: said.opId },
  };
}
