import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Answer,
  type Down,
  type LogId,
  type Seq,
  type SyncResponse,
  type UserId,
  textBodySchema,
  understand,
} from '#sync-protocol';
import { root } from '../../scripts/root.ts';
import {
  type ScriptClient,
  aMessage,
  createGroup,
  createScriptClient,
  insist,
  signUp as signUpScript,
} from '../kit/script-client.ts';
import type { Device } from './kit/browser.ts';
import { type Line, listenIn } from './kit/line.ts';
import { type Person, bubble, bubbles, openChat, say, signUp } from './kit/person.ts';
import { type TestServer, startServer } from './kit/server.ts';
import { until } from './kit/until.ts';

type Watched = Person & { readonly user: UserId; readonly line: Line };

let server: TestServer;
let anna: Watched;
let jonas: Watched;
/** Has no device: what she said and the server lost is lost. */
let lena: ScriptClient;
const opened: Device[] = [];

beforeAll(async () => {
  server = await startServer({ site: join(root, 'dist', 'app'), env: { HEARTBEAT_MS: '1000' } });
  const people = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Jonas Lie')]);
  [anna, jonas] = (await Promise.all(people.map((person) => watch(person)))) as [Watched, Watched];
  lena = await signUpScript(server, 'Lena Novak');
});

afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
});

test('[SM-3][SY-11][AP-5] restored under the same store epoch, and grown past a device that was away: it shows what there is, and what it wrote', async () => {
  const { log, texts } = await restoreWhileAway('North pier');
  expect(await onServer(log)).toEqual(texts);
});

test('[SM-3][SY-9][AP-5] restored under another store epoch, and grown past a device that was away: it shows what there is, and what it wrote', async () => {
  const { log, texts } = await restoreWhileAway('South pier', { storeEpoch: 'restored' });
  expect(await onServer(log)).toEqual(texts);
});

async function restoreWhileAway(title: string, renewed?: { readonly storeEpoch: string }): Promise<Whole> {
  const { log, kept } = await talk(title);
  await backUp();
  const { byAnna, byJonas, head } = await talkOn(log, title);
  await createGroup(lena, everybody(), `${title} unmade`);
  for (const person of [anna, jonas]) await inList(person, `${title} unmade`).waitFor();
  await atRest();
  const account = await accountOf(anna);
  const selfBefore = await account.selfHead();
  const { storeEpoch } = await lena.sync();

  await server.kill();
  const queued = `${title}: written meanwhile`;
  await say(anna.page, queued);
  await anna.profile.close();
  server.restore(renewed);
  await server.start();
  expect(await lena.sync()).toMatchObject(renewed ?? { storeEpoch });
  const grown = ['one', 'two', 'three', 'four', 'five'].map((n) => `${title}: other ${n}`);
  expect(await sayAsLena(log, grown)).toBeGreaterThan(head);
  // Anna's own log goes another way too, and further.
  for (let n = 1; (await account.selfHead()) <= selfBefore; n++) await createGroup(lena, everybody(), `${title} new ${n}`);
  await shows(jonas, [...kept, ...grown, byJonas]);

  const path = new URL(anna.page.url()).pathname;
  anna = await watch({ ...anna, ...(await anna.profile.open()) }, path);
  await shows(anna, [...kept, ...grown, queued, byAnna]);
  await shows(jonas, [...kept, ...grown, queued, byJonas]);
  for (const person of [anna, jonas]) {
    await inList(person, `${title} new 1`).waitFor();
    await inList(person, `${title} unmade`).waitFor({ state: 'detached' });
  }
  await sendAgain([byAnna, byJonas]);
  const texts = [...kept, ...grown, queued, byAnna, byJonas];
  await isOnScreens(texts);
  return { log, texts };
}

test('[SM-3][WM-5] restored under an open page: the next live run that reaches it is enough', async () => {
  const { log, kept } = await talk('East pier');
  await backUp();
  const { byAnna, byJonas, byLena, head } = await talkOn(log, 'East pier');
  await atRest();

  await server.kill();
  const queued = 'East pier: written meanwhile';
  await say(jonas.page, queued);
  anna.line.hearOnly('run');
  server.restore();
  await server.start();
  await until(() => anna.line.words().some((word) => word.what === 'down' && word.down.type === 'ready'), 'the socket to open');
  await shows(jonas, [...kept, queued, byJonas]);
  expect(await bubbles(anna.page)).toEqual([...kept, byJonas, byAnna, byLena]);

  const grown = ['one', 'two', 'three'].map((n) => `East pier: other ${n}`);
  expect(await sayAsLena(log, grown)).toBeGreaterThan(head);
  await shows(anna, [...kept, queued, ...grown, byAnna]);
  const heard = whyAsked(anna.line);
  expect(heard).toMatchObject({ type: 'run', run: { log } });
  expect((heard as Down & { type: 'run' }).run.to).toBeGreaterThanOrEqual(head);
  await sendAgain([byAnna, byJonas]);
  const texts = [...kept, queued, ...grown, byAnna, byJonas];
  await isOnScreens(texts);
  expect(await onServer(log)).toEqual(texts);
});

test('[SM-3][LV-3] restored under open pages, and nobody says a word: the next heartbeat is enough', async () => {
  const title = 'West pier';
  const { log, kept } = await talk(title);
  await anna.page.goto(`${server.url}/chats`);
  await inList(anna, title)
    .filter({ hasText: kept.at(-1)! })
    .waitFor();
  await atRest();
  await backUp();
  await say(jonas.page, `${title}: lost by Jonas`);
  await sayAsLena(log, [`${title}: lost by Lena`]);
  await bubble(jonas.page, `${title}: lost by Lena`).waitFor();
  await inList(anna, title).getByText('2 unread messages').waitFor({ state: 'attached' });
  await atRest();
  anna.line.hearAll();
  const standing = await until(() => lastHeartbeat(anna.line), 'a heartbeat');

  for (const { line } of [anna, jonas]) line.hearOnly('heartbeat');
  await server.kill();
  server.restore();
  await server.start();
  await shows(jonas, [...kept, `${title}: lost by Jonas`]);
  await inList(anna, title)
    .filter({ hasText: kept.at(-1)! })
    .waitFor();
  await inList(anna, title).getByText('unread').waitFor({ state: 'detached' });
  for (const { line } of [anna, jonas]) expect(whyAsked(line)).toMatchObject({ type: 'heartbeat' });
  // Anna had read nothing of what was lost: of her own log nothing is gone, and it is the root that tells.
  expect(whyAsked(anna.line)).toMatchObject({ self: standing.self });
  expect(whyAsked(anna.line)).not.toMatchObject({ root: standing.root });

  await openChat(anna.page, title);
  await shows(anna, kept);
  await sendAgain([`${title}: lost by Jonas`]);
  const texts = [...kept, `${title}: lost by Jonas`];
  await isOnScreens(texts);
  expect(await onServer(log)).toEqual(texts);
});

test('nothing went wrong in any browser', () => {
  expect(opened.flatMap(({ problems }) => problems)).toEqual([]);
});

async function watch(person: Person, path = '/chats'): Promise<Watched> {
  const { page, context } = person;
  opened.push(person);
  // So high that every message of a story is on screen.
  await page.setViewportSize({ width: 1_280, height: 1_600 });
  const line = await listenIn(context);
  await page.goto(server.url + path);
  const me = await page.evaluate(async () => (await (await fetch('/api/me')).json()) as { userId: string });
  return { ...person, line, user: me.userId as UserId };
}

const everybody = () => [anna, jonas, lena];
const inList = ({ page }: Person, title: string) =>
  page.getByRole('list', { name: 'Chats' }).getByRole('link').filter({ hasText: title });
async function shows({ page }: Person, texts: readonly string[]): Promise<void> {
  await expect.poll(() => bubbles(page), { timeout: 30_000 }).toEqual(texts);
}

/** What everybody has at the end. */
type Whole = { readonly log: LogId; readonly texts: readonly string[] };
type Talk = { readonly log: LogId; readonly kept: readonly string[] };

/** A new group with five messages, on both screens. */
async function talk(title: string): Promise<Talk> {
  const { log } = await createGroup(lena, everybody(), title);
  for (const { page, line } of [anna, jonas]) {
    line.hearAll();
    await page.goto(`${server.url}/chats`);
    await openChat(page, title);
  }
  const kept = ['one', 'two', 'three', 'four', 'five'].map((n) => `${title}: kept ${n}`);
  for (const [i, text] of kept.entries()) await sayOnBoth(i % 2 === 0 ? anna : jonas, text);
  return { log, kept };
}

type Lost = { readonly byAnna: string; readonly byJonas: string; readonly byLena: string; readonly head: Seq };

/** Three messages more, which the backup will not know. Whoever sees the last has the own one behind the watermark. */
async function talkOn(log: LogId, title: string): Promise<Lost> {
  const [byJonas, byAnna, byLena] = ['Jonas', 'Anna', 'Lena'].map((name) => `${title}: lost by ${name}`) as [
    string,
    string,
    string,
  ];
  await sayOnBoth(jonas, byJonas);
  await sayOnBoth(anna, byAnna);
  const head = await sayAsLena(log, [byLena]);
  for (const person of [anna, jonas]) await bubble(person.page, byLena).waitFor();
  return { byAnna, byJonas, byLena, head };
}

async function sayOnBoth(by: Person, text: string): Promise<void> {
  await say(by.page, text);
  for (const person of [anna, jonas]) await bubble(person.page, text).waitFor();
}

/** Resolves to the number of the last. */
async function sayAsLena(log: LogId, texts: readonly string[]): Promise<Seq> {
  let last: Seq = 0;
  for (const text of texts) {
    const op = aMessage(log, text);
    const [answer] = (await insist(() => lena.send([op]))) as readonly (Answer & { readonly seq: Seq })[];
    last = answer!.seq;
  }
  return last;
}

async function backUp(): Promise<void> {
  await server.kill();
  server.backUp();
  await server.start();
}

/** Nothing is on its way from any device: what it holds is what the server said. */
async function atRest(): Promise<void> {
  for (const person of [anna, jonas])
    await until(async () => (await waiting(person)) === 0, `${person.name}’s outbox to be empty`);
}

/** How much lies in the outbox on this disk, shown or not. */
const waiting = ({ page, user }: Watched): Promise<number> =>
  page.evaluate(async (name) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(String(request.error)));
      });
    const db = await done(indexedDB.open(name));
    const count = await done(db.transaction('outbox').objectStore('outbox').count());
    db.close();
    return count;
  }, `chatter-${user}`);

/** What a person's browser may ask, after it has been closed. */
async function accountOf({ context }: Person): Promise<{ selfHead(): Promise<Seq> }> {
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie, origin: server.url, 'content-type': 'application/json' };
  return {
    selfHead: async () => {
      const response = await fetch(`${server.url}/api/sync`, { method: 'POST', headers, body: JSON.stringify({ version: 1 }) });
      const { self } = (await response.json()) as SyncResponse;
      if (!self || !('at' in self)) throw new Error(`no snapshot of the self log: ${response.status}`);
      return self.at;
    },
  };
}

/** The last word that the page had heard when it first asked. */
function whyAsked(line: Line): Down | undefined {
  const words = line.words();
  const asked = words.findIndex(({ what }) => what === 'sync');
  const before = asked < 0 ? [] : words.slice(0, asked);
  return before.flatMap((word) => (word.what === 'down' && word.isHeard ? [word.down] : [])).at(-1);
}

const lastHeartbeat = (line: Line): (Down & { type: 'heartbeat' }) | undefined =>
  line
    .words()
    .flatMap((word) => (word.what === 'down' && word.down.type === 'heartbeat' ? [word.down] : []))
    .at(-1);

/** What the server lost lies with whoever wrote it, who is told and sends it again: each in turn. */
async function sendAgain(texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const [person, other] = text.endsWith('Anna') ? [anna, jonas] : [jonas, anna];
    const failed = person.page.locator('.message[data-state=failed]');
    await failed.filter({ hasText: text }).getByText('the server lost it').waitFor();
    expect(await failed.count()).toBe(1);
    await failed.getByRole('button', { name: 'Try again' }).click();
    await bubble(other.page, text).waitFor();
  }
}

/** The same on both, and nothing left to send. */
async function isOnScreens(texts: readonly string[]): Promise<void> {
  for (const person of [anna, jonas]) await shows(person, texts);
  await atRest();
  for (const { page } of [anna, jonas]) {
    expect(await bubbles(page)).toEqual(texts);
    await page.goto(`${server.url}/outbox`);
    await page.getByText('Everything is sent').waitFor();
  }
}

async function onServer(log: LogId): Promise<readonly string[]> {
  const events = (await createScriptClient(lena).readLog(log)).map(understand);
  return events.flatMap((event) => (event?.type === 'message' ? [textBodySchema.parse(event.payload.body).text] : []));
}
