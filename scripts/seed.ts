/**
 * `npm run seed`: a believable community in the database of DATA_DIR. Everything goes through the public HTTP API of a
 * server that this script runs itself, with codes kept in memory instead of printed and a clock that starts three weeks ago:
 * so the same checks apply as to anybody, and conversations have a past. Stop your own server first: a database has one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { mkdirSync } from 'node:fs';
import { createServer, pacesPerMinute } from '../api/compose.ts';
import { createPhoneNumbers } from '../api/gateways/phone.ts';
import { createSecrets } from '../api/gateways/secrets.ts';
import { createLog } from '../api/log.ts';
import { createMemoryReceipts } from '../api/store/memory/receipts.ts';
import { createSqliteAccounts } from '../api/store/sqlite/accounts.ts';
import { createSqliteDeviceLinks } from '../api/store/sqlite/device-links.ts';
import { createSqlitePasskeys } from '../api/store/sqlite/passkeys.ts';
import { createSqliteStore } from '../api/store/sqlite/store.ts';
import {
  conversationLog,
  directConversationId,
  directSeed,
  isRefused,
  PROTOCOL_VERSION,
  selfLog,
  type ConversationId,
  type Op,
  type SyncResponse,
  type UserId,
} from '#sync-protocol';
import { chapters, people, type Said, type Who } from './seed-content.ts';
import { root } from './root.ts';

const folder = resolve(process.env['DATA_DIR'] ?? './data');
const codes = new Map<string, string>();
let clockMs = Date.now() - 21 * 86_400_000;

mkdirSync(folder, { recursive: true, mode: 0o700 });
const store = await createSqliteStore({ file: join(folder, 'chatter.db') }).catch((error: unknown) => {
  process.stderr.write(`The database in ${folder} cannot be opened: ${error instanceof Error ? error.message : String(error)}\n`);
  process.stderr.write('If Chatter is running, stop it, seed, and start it again.\n');
  process.exit(1);
});
const server = await createServer(
  {
    eventLog: store.eventLog,
    receipts: createMemoryReceipts(),
    accounts: createSqliteAccounts(store),
    passkeys: createSqlitePasskeys(store),
    deviceLinks: createSqliteDeviceLinks(store),
    sms: { sendCode: async (phone, code) => void codes.set(phone, code) },
    phones: createPhoneNumbers(),
    secrets: createSecrets(),
    clock: { now: () => clockMs },
    log: createLog({ level: 'error', serverId: 'seed' }),
  },
  {
    serverId: 'seed',
    origins: [],
    trustProxy: [],
    appFolder: join(root, 'dist', 'app'),
    codesPerAddressHour: 1_000,
    codesPerBlockHour: 1_000,
    codesPerHour: 1_000,
    smsCountries: [],
    syncEverySeconds: 300,
    paces: { ...pacesPerMinute, 'sign-in': 1_000_000, read: 1_000_000, write: 1_000_000 },
  },
);
const url = `http://127.0.0.1:${await server.listen({ port: 0, host: '127.0.0.1' })}`;

type Session = { readonly user: UserId; readonly token: string };
type Ops = readonly Op[];

const sessions = new Map<Who, Session>();
for (const who of Object.keys(people) as Who[]) sessions.set(who, await signIn(people[who]));
const idOf = (who: Who): UserId => sessions.get(who)!.user;

for (const one of sessions.keys()) {
  for (const other of sessions.keys()) {
    if (one !== other && one !== 'stranger' && other !== 'stranger') {
      await push(one, [op(selfLog(idOf(one)), { type: 'contact-by-number', payload: { phone: people[other].phone } })]);
    }
  }
}

let messages = 0;
const conversations = new Map<string, ConversationId>();
for (const chapter of chapters) conversations.set(chapter.name, await begin(chapter));
const timeline = chapters
  .flatMap(({ name, said }) => said.map((line) => ({ ...line, name })))
  .sort((a, b) => a.daysAgo - b.daysAgo)
  .reverse();
for (const line of timeline) {
  clockMs = Math.max(clockMs, Math.round(Date.now() - line.daysAgo * 86_400_000));
  await say(line.name, line);
  if (++messages % 500 === 0) process.stdout.write(`  ${messages} messages\n`);
}

clockMs = Date.now();
await server.stop();
await store.close();
process.stdout.write(
  `\n${Object.keys(people).length} people, ${chapters.length} conversations, ${messages} messages in ${folder}.\n`,
);
process.stdout.write(
  `Start Chatter with npm start and sign in as ${people.mira.name}: ${people.mira.phone}. The code is printed where it runs.\n`,
);

async function signIn({ name, phone }: { name: string; phone: string }): Promise<Session> {
  clockMs += 60_000;
  const { requestId } = (await call('/api/login', { phone })) as { requestId: string };
  const answer = (await call('/api/verify', { requestId, code: codes.get(phone), name, device: 'Seed' })) as {
    userId: UserId;
    token: string;
  };
  return { user: answer.userId, token: answer.token };
}

async function begin({ name, members, by }: (typeof chapters)[number]): Promise<ConversationId> {
  if (members.length === 2) {
    const [one, other] = members as [Who, Who];
    return directConversationId(
      createHash('sha256')
        .update(directSeed(idOf(one), idOf(other)))
        .digest(),
    );
  }
  const id = uuidV7() as ConversationId;
  await push(by, [
    op(conversationLog(id), {
      type: 'group-created',
      payload: { title: name, members: members.filter((who) => who !== by).map(idOf) },
    }),
  ]);
  return id;
}

async function say(name: string, { who, text }: Said): Promise<void> {
  const id = conversations.get(name)!;
  const { members } = chapters.find((chapter) => chapter.name === name)!;
  const other = members.length === 2 ? members.find((member) => member !== who) : undefined;
  const message = { type: 'message', payload: { body: { kind: 'text', text } } } as const;
  await push(who, [op(conversationLog(id), { ...message, ...(other && { with: idOf(other) }) })]);
}

function op(log: string, rest: object): Op {
  return { opId: uuidV7(), log, writtenAt: clockMs, ...rest } as unknown as Op;
}

async function push(who: Who, ops: Ops): Promise<void> {
  const answer = (await call('/api/sync', { version: PROTOCOL_VERSION, ops }, sessions.get(who)!.token)) as SyncResponse;
  const refused = answer.answers.find(isRefused);
  if (refused) throw new Error(`${people[who].name}: ${refused.refusal} ${refused.detail ?? ''} for ${JSON.stringify(ops[0])}`);
}

async function call(path: string, body: unknown, token?: string): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json', ...(token !== undefined && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

function uuidV7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(clockMs, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
