/**
 * A person with many conversations and messages, made once and kept in .cache: half of the conversations are direct, half are
 * groups of ten, and one message in ten is in the first of them.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConversationId, type LogId, type Op, type OpId, PROTOCOL_VERSION, conversationLog } from '#sync-protocol';
import { migrate } from '../../api/store/sqlite/migrations.ts';
import { root } from '../../scripts/root.ts';
import { directWith } from '../../tests/kit/script-client.ts';
import { type InProcess, type Person, openCore } from './in-process.ts';

export type Size = { readonly conversations: number; readonly messages: number };
export type Chat = { readonly log: LogId; readonly people: readonly Person[] };
/** `people[0]` is who has all this. */
export type Held = { readonly people: readonly Person[]; readonly chats: readonly Chat[] };
export type BigAccount = Held & { readonly me: Person; readonly dataDir: string; readonly remove: () => void };

const groupSize = 10;
const longShare = 0.1;
const opsAtOnce = 50;
const chatsAtOnce = 32;
const dayMs = 86_400_000;
/** Raised when what is made below changes. */
const recipe = 2;

/** A copy of the kept one, to be written to and removed. */
export function bigAccount(size: Size): Promise<BigAccount> {
  return kept('account', size, async (dataDir) => {
    const clock = movingClock(Date.now() - 30 * dayMs);
    const world = await openCore(dataDir, { clock });
    const people = await signUpMany(world, size.conversations + 1);
    const chats = await addChats(world, people, { from: 0, to: size.conversations });
    const begun = chats.filter(({ people: { length } }) => length === 2).length;
    await addMessages(world, chats, { messages: size.messages - begun, passed: clock.pass });
    await world.close();
    return { people, chats };
  });
}

/** More for the same person, while no server runs: conversations first, and then `messages` over all of them alike. */
export async function grow(account: BigAccount, more: Size): Promise<BigAccount> {
  const world = await openCore(account.dataDir);
  const people = [...account.people];
  while (people.length < account.chats.length + more.conversations + 1) people.push(await signUpNth(world, people.length));
  const from = account.chats.length;
  const chats = [...account.chats, ...(await addChats(world, people, { from, to: from + more.conversations }))];
  await addMessages(world, chats, { messages: more.messages, longShare: 0 });
  await world.close();
  return { ...account, people, chats };
}

/** People who are each in so many groups of ten. */
export function crowd(size: { readonly people: number; readonly groupsEach: number }): Promise<BigAccount> {
  return kept('crowd', size, async (dataDir) => {
    const world = await openCore(dataDir);
    const people = await signUpMany(world, size.people);
    const groups = Array.from({ length: (size.people * size.groupsEach) / groupSize }, (_, g) => {
      const stride = 1 + Math.floor((g * groupSize) / size.people);
      return Array.from({ length: groupSize }, (_, i) => people[(g * groupSize + i * stride) % size.people]!);
    });
    const chats = await inTurns(groups, (members) => addGroup(world, [...new Set(members)], 'Crowd'));
    await world.close();
    return { people, chats };
  });
}

/** One group with this many members. */
export function oneGroup(size: { readonly members: number }): Promise<BigAccount> {
  return kept('group', size, async (dataDir) => {
    const world = await openCore(dataDir);
    const people = await signUpMany(world, size.members);
    const chats = [await addGroup(world, people, 'All of us')];
    await world.close();
    return { people, chats };
  });
}

const keptFolder = join(root, '.cache', 'bench');

/** Those of older versions, and those whose making was cut short. */
const keptAs = (name: string): readonly string[] =>
  existsSync(keptFolder) ? readdirSync(keptFolder).filter((found) => found.startsWith(`${name}.`)) : [];

async function kept(what: string, size: object, make: (dataDir: string) => Promise<Held>): Promise<BigAccount> {
  const name = `${what}-${Object.values(size).join('-')}`;
  const key = createHash('sha256')
    .update(JSON.stringify([schema(), PROTOCOL_VERSION, recipe]))
    .digest('hex')
    .slice(0, 12);
  const original = join(keptFolder, `${name}.${key}`);
  if (!existsSync(original)) {
    const unfinished = `${original}.${process.pid}`;
    for (const older of keptAs(name)) rmSync(join(keptFolder, older), { recursive: true, force: true });
    process.stdout.write(`  making ${what} ${JSON.stringify(size)} once ...\n`);
    const held = await make(join(unfinished, 'data'));
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'held.json'), JSON.stringify(held));
    renameSync(unfinished, original);
  }
  const copy = mkdtempSync(join(tmpdir(), 'chatter-bench-'));
  const dataDir = join(copy, 'data');
  cpSync(join(original, 'data'), dataDir, { recursive: true });
  const held = JSON.parse(readFileSync(join(original, 'held.json'), 'utf8')) as Held;
  return { ...held, me: held.people[0]!, dataDir, remove: () => rmSync(copy, { recursive: true, force: true }) };
}

/** Every table of this version, so that an older one is not taken for it. */
function schema(): string {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const said = JSON.stringify(db.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all());
  db.close();
  return said;
}

function movingClock(startMs: number) {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    /** This share of a month has passed. */
    pass: (share: number) => void (nowMs = Math.max(nowMs, startMs + Math.floor(share * 29 * dayMs))),
  };
}

const signUpMany = (world: InProcess, count: number): Promise<Person[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => signUpNth(world, n)));
const signUpNth = (world: InProcess, n: number): Promise<Person> => world.signUp(`Person ${n}`, `+4178${String(2_000_000 + n)}`);

function addChats(world: InProcess, people: readonly Person[], { from, to }: { from: number; to: number }): Promise<Chat[]> {
  const [me, ...others] = people as [Person, ...Person[]];
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  return inTurns(numbers, (n) => {
    const other = (i: number): Person => others[(n + i) % others.length]!;
    if (n % 2 === 0) return addDirect(world, [me, other(0)]);
    return addGroup(
      world,
      [me, ...Array.from({ length: Math.min(groupSize - 1, others.length) }, (_, i) => other(i))],
      `Group ${n}`,
    );
  });
}

async function addDirect(world: InProcess, people: readonly [Person, Person]): Promise<Chat> {
  const [me, other] = people;
  const chat: Chat = { log: directWith(me.user, other.user).log, people };
  await world.write(me, [message(world, chat, me, 'hello')]);
  return chat;
}

async function addGroup(world: InProcess, people: readonly Person[], title: string): Promise<Chat> {
  const [maker, ...others] = people as [Person, ...Person[]];
  const log = conversationLog(world.newId<ConversationId>());
  const payload = { title, members: others.map(({ user }) => user) };
  await world.write(maker, [{ opId: world.newId<OpId>(), log, type: 'group-created', writtenAt: Date.now(), payload }]);
  return { log, people };
}

type Messages = { readonly messages: number; readonly longShare?: number; readonly passed?: (share: number) => void };

/** In rounds over all conversations, so that what is told of them grows alike. Two of each take turns. */
async function addMessages(world: InProcess, chats: readonly Chat[], asked: Messages): Promise<void> {
  const { messages, longShare: inFirst = longShare, passed } = asked;
  const each = Math.floor((messages * (1 - inFirst)) / chats.length);
  const left = chats.map((_, i) => (i === 0 ? messages - each * (chats.length - 1) : each));
  let written = 0;
  while (written < messages) {
    const due = chats.map((chat, i) => ({ chat, i, count: Math.min(opsAtOnce, left[i]!) })).filter(({ count }) => count > 0);
    await inTurns(due, async ({ chat, i, count }) => {
      left[i]! -= count;
      passed?.(written / messages);
      written += count;
      const [one, two] = chat.people as [Person, Person];
      const half = Math.ceil(count / 2);
      const some = (by: Person, n: number): Op[] =>
        Array.from({ length: n }, (_, k) => message(world, chat, by, `${i}:${left[i]! + k}:`.padEnd(200, 'x')));
      await Promise.all([world.write(one, some(one, half)), world.write(two, some(two, count - half))]);
    });
  }
}

function message(world: InProcess, { log, people }: Chat, by: Person, text: string): Op {
  const other = people.length === 2 ? people.find((one) => one !== by)?.user : undefined;
  const payload = { body: { kind: 'text', text } } as const;
  return { opId: world.newId<OpId>(), log, type: 'message', writtenAt: Date.now(), ...(other && { with: other }), payload };
}

/** A few dozen at once, in their order. */
async function inTurns<T, R>(all: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < all.length; at += chatsAtOnce)
    done.push(...(await Promise.all(all.slice(at, at + chatsAtOnce).map(act))));
  return done;
}
