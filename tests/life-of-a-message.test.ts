/**
 * The tour. One message from a keystroke to another person's screen, through the real parts: commands and Dexie on Ann's
 * device, HTTP and a socket between, the writer over an SQLite file, and the same again backwards on Bob's. The steps have the
 * numbers of docs/ARCHITECTURE.md, and each test holds what its row of the table promises.
 *
 * Ann writes in a tunnel. Her network comes back with step 4.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConversationId, type Down, type LogId, type MessageId, conversationLog, deviceOpIdSchema } from '#sync-protocol';
import { createSqliteAccounts } from '../api/store/sqlite/accounts.ts';
import { type SqliteStore, createSqliteStore } from '../api/store/sqlite/store.ts';
import { until } from './e2e/kit/until.ts';
import { type RealDevice, startDevice } from './kit/device.ts';
import { type TestServer, bearer, startServer } from './kit/server.ts';

const text = 'Out of the tunnel. See you at the lighthouse!';
const folder = mkdtempSync(join(tmpdir(), 'chatter-life-'));
const file = join(folder, 'chatter.db');

let store: SqliteStore;
let server: TestServer;
let ann: RealDevice;
let bob: RealDevice;
let annsToken: { readonly token: string };
/** Where they talk, and its log. */
let conversation: ConversationId;
let log: LogId;
/** What was said before, and the message, as step 2 names it. */
let earlier: MessageId;
let message: MessageId;
/** What became of it, as it happened: written by the store and by Bob’s socket. */
const diary: ('stored' | 'heard')[] = [];

beforeAll(async () => {
  store = await createSqliteStore({ file });
  const eventLog: typeof store.eventLog = {
    ...store.eventLog,
    append: async (to, after, events) => {
      const stored = await store.eventLog.append(to, after, events);
      if (events.some(({ event }) => event.opId === message)) diary.push('stored');
      return stored;
    },
  };
  server = await startServer({ adapters: { eventLog, accounts: createSqliteAccounts(store) } });
  const [annsSession, bobsSession] = [await server.signIn('+41791230001', 'Ann'), await server.signIn('+41791230002', 'Bob')];
  annsToken = annsSession;
  // Whoever adds somebody by number may see who that is.
  await server.ask('POST', '/api/contacts', { body: { phone: bobsSession.phone }, headers: bearer(annsSession) });
  ann = await startDevice(server, annsSession);
  bob = await startDevice(server, bobsSession, (down) => isAboutIt(down) && diary.push('heard'));

  // They have talked before.
  conversation = await ann.commands.openDirect(bob.user);
  log = conversationLog(conversation);
  earlier = await ann.commands.sendMessage(conversation, { text: 'Train leaves in five.' });
  await until(async () => (await messagesOn(bob)).length === 1, 'the first message to reach Bob');
  await until(async () => (await outboxOf(ann)).length === 0, 'Ann to know that it did');
  for (const { wire } of [ann, bob]) for (const list of [wire.pushed, wire.answers, wire.heard]) list.length = 0;
  ann.setOnline(false);
});

afterAll(async () => {
  await Promise.all([ann, bob].map((device) => device.stop()));
  await server.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the life of a message', { concurrent: false }, () => {
  test('1. keystroke: the draft is on disk; nothing is on the network', async () => {
    await ann.commands.saveDraft(conversation, text);

    const draft = await ann.look(({ drafts }) => drafts.get(conversation));
    expect({ draft: draft?.text, pushed: ann.wire.pushed }).toEqual({ draft: text, pushed: [] });
  });

  test('2. op: an id minted here makes every resend recognisable [OP-1]', async () => {
    message = await ann.commands.sendMessage(conversation, { text });

    const [waiting] = await outboxOf(ann);
    expect(waiting?.op).toEqual({
      opId: deviceOpIdSchema.parse(message),
      log,
      with: bob.user,
      type: 'message',
      writtenAt: expect.any(Number) as number,
      payload: { body: { kind: 'text', text } },
    });
  });

  test('3. stage: the row and the outbox entry are one; the screen shows it now [LS-1]', async () => {
    // An attempt without a network may be under way: it fails, and the message waits on.
    const [entry, row] = await until(async () => {
      const held = await ann.look(
        async ({ outbox, messages }) => [(await outbox.all())[0], await messages.get(message)] as const,
      );
      return held[0]?.state.at === 'queued' && held;
    }, 'the message to wait');
    const onScreen = (await ann.screen(conversation)).at(-1);

    expect({ entry, row, onScreen }).toMatchObject({
      entry: { opId: message, state: { at: 'queued' } },
      row: { id: message, local: 'queued' },
      onScreen: { message: { id: message, local: 'queued' } },
    });
  });

  test('4. push: with the network, the very bytes that were staged go out, and nothing before them [OB-5, LN-1]', async () => {
    const [staged] = await outboxOf(ann);
    ann.setOnline(true);
    await until(() => ann.wire.answers.some(({ opId }) => opId === message), 'the answer', 10_000);

    expect(ann.wire.pushed[0]).toEqual(JSON.parse(staged!.wire));
  });

  test('5. accept: Ann is answered with its seq; from whoever is nobody the same op is refused [AC-9]', async () => {
    const [op] = ann.wire.pushed;
    const stranger = await server.ask('POST', '/api/sync', { body: { version: 1, ops: [op] } });

    expect([ann.wire.answers.find(({ opId }) => opId === message), stranger.status]).toEqual([
      { opId: message, log, seq: 2 },
      401,
    ]);
  });

  test('6. decide: the next number, and the same op again is the same event [SQ-3, OP-2]', async () => {
    const [op] = ann.wire.pushed;
    const again = await server.ask('POST', '/api/sync', { body: { version: 1, ops: [op, op] }, headers: bearer(annsToken) });

    expect((again.body as { answers: unknown }).answers).toEqual(Array(2).fill({ opId: message, log, seq: 2 }));
  });

  test('7. append: it is in the file, behind the one before, before anyone hears of it [SQ-6]', async () => {
    await until(() => diary.includes('heard'), 'Bob to be told');

    const db = new DatabaseSync(file, { readOnly: true });
    const rows = db.prepare('SELECT seq, op_id AS id FROM events WHERE log = ? ORDER BY seq').all(log);
    db.close();
    expect({ rows, diary }).toEqual({
      rows: [
        { seq: 1, id: earlier },
        { seq: 2, id: message },
      ],
      diary: ['stored', 'heard'],
    });
  });

  test('8. fan out: Bob’s socket is told the event, and where his device must stand to use it [LV-1, LV-7]', () => {
    expect(bob.wire.heard.find(isAboutIt)).toMatchObject({
      type: 'run',
      run: { log, from: 1, to: 2, items: [{ seq: 2, opId: message, by: ann.user }] },
    });
  });

  test('9. admit and commit: Bob’s watermark and the message moved together; Ann’s outbox is empty [LS-3, WM-3, OB-6]', async () => {
    await until(async () => (await bob.store.facts(conversation))?.watermark === 2, 'Bob to apply it');
    await until(async () => (await outboxOf(ann)).length === 0, 'Ann’s op to settle');

    const held = await bob.look(({ messages }) => messages.get(message));
    expect({ held, facts: await bob.store.facts(conversation), waiting: await outboxOf(ann) }).toMatchObject({
      held: { id: message, seq: 2, asOf: 2 },
      facts: { watermark: 2, knownHead: 2 },
      waiting: [],
    });
  });

  test('10. screen: both show the same, and the row has the key under which it was staged', async () => {
    const both = await Promise.all([ann, bob].map(messagesOn));

    const same = [
      { id: earlier, seq: 1, isOnItsWay: false },
      { id: message, seq: 2, isOnItsWay: false },
    ];
    expect(both).toEqual([same, same]);
  });
});

const outboxOf = (device: RealDevice) => device.look(({ outbox }) => outbox.all());

const messagesOn = async (device: RealDevice) =>
  (await device.screen(conversation)).flatMap((item) => {
    if (item.kind !== 'message') return [];
    const { id, seq, local } = item.message;
    return [{ id, seq, isOnItsWay: local !== undefined }];
  });

const isAboutIt = (down: Down): boolean =>
  down.type === 'run' && down.run.items.some((item) => 'opId' in item && item.opId === message);
