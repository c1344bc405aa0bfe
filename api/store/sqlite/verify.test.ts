import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHashes } from '../../gateways/hashes.ts';
import { bearer, startServer } from '../../../tests/kit/server.ts';
import { createSqliteAccounts } from './accounts.ts';
import { createSqliteReceipts } from './receipts.ts';
import { createSqliteStore } from './store.ts';
import { repairDatabase, verifyDatabase } from './verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'chatter-verify-'));
const whole = join(folder, 'whole.db');
const file = join(folder, 'chatter.db');
const words = 'canary-of-verify';
/** By the message that was deleted. */
let mentioned = '';

beforeAll(async () => {
  await writeHistory(whole);
});
beforeEach(() => {
  writeFileSync(file, readFileSync(whole));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that leaves a trace in a projection, through the server that will be held to it. */
async function writeHistory(path: string): Promise<void> {
  const store = await createSqliteStore({ file: path });
  const adapters = { eventLog: store.eventLog, accounts: createSqliteAccounts(store), receipts: createSqliteReceipts(store) };
  const server = await startServer({ adapters });
  const [ann, bob, cem] = [
    await server.signIn('+41446681800', 'Ann'),
    await server.signIn('+41446681801', 'Bob'),
    await server.signIn('+41446681802', 'Cem'),
  ];
  let writtenAt = 1;
  const id = (): string => `018f0000-0000-7000-8000-${String(++writtenAt).padStart(12, '0')}`;
  const group = id();
  const log = `c:${group}`;
  const op = (type: string, payload: unknown, more: object = {}) => ({ opId: id(), log, type, writtenAt, payload, ...more });
  const say = async (who: typeof ann, ...ops: readonly object[]): Promise<void> => {
    const { body, text } = await server.ask('POST', '/api/sync', { body: { version: 1, ops }, headers: bearer(who) });
    const { answers } = body as { readonly answers: readonly object[] };
    if (answers.some((answer) => 'refusal' in answer)) throw new Error(text);
  };
  const text = (said: string, more: object = {}) => op('message', { body: { kind: 'text', text: said, ...more } });
  const [one, two, three, four] = [
    text(words, { mentions: [bob.userId] }),
    text('two'),
    text('three', { mentions: [ann.userId] }),
    text('4'),
  ];
  await say(ann, op('group-created', { title: 'Trip', members: [bob.userId, cem.userId] }));
  await say(ann, one, two, op('edit', { body: { kind: 'text', text: 'two, better' } }, { target: two.opId }));
  await say(
    bob,
    three,
    op('reaction', { emoji: '👍', on: true }, { target: one.opId }),
    op('pin', { on: true }, { target: two.opId }),
  );
  await say(ann, op('edit', { body: { kind: 'text', text: 'two, best' } }, { target: two.opId }));
  await say(
    bob,
    op('edit', { body: { kind: 'text', text: 'three?' } }, { target: three.opId }),
    op('delete', {}, { target: three.opId }),
  );
  await say(ann, op('role-changed', { user: bob.userId, role: 'owner' }), op('member-removed', { user: cem.userId }));
  await say(bob, op('members-added', { members: [cem.userId] }), op('policy-changed', { history: 'shared' }), four);
  // A `with` where it means nothing is not part of what is recognised.
  await say(cem, op('info-changed', { about: 'Sea' }, { with: bob.userId }), op('member-left', {}));
  const inSelf = ({ userId }: typeof ann, type: string, payload: unknown) => op(type, payload, { log: `u:${userId}` });
  await say(
    ann,
    inSelf(ann, 'read-marker', { conversation: group, seq: 5 }),
    inSelf(ann, 'contact', { user: bob.userId, on: true }),
    inSelf(ann, 'profile', { name: 'Anna' }),
  );
  await server.ask('POST', '/api/contacts', { body: { phone: bob.phone, name: 'Bobby' }, headers: bearer(cem) });
  await server.ask('POST', '/api/message', { body: { to: bob.userId, text: 'hello' }, headers: bearer(cem) });
  await say(
    bob,
    inSelf(bob, 'blocked', { user: cem.userId, on: true }),
    inSelf(bob, 'draft', { conversation: group, text: 'later' }),
  );
  await server.stop();
  await store.close();
  // Without the pages that hold what is no longer there.
  const db = new DatabaseSync(path);
  db.exec('VACUUM');
  db.close();
  mentioned = ann.userId;
}

const verify = () => verifyDatabase({ file, createHashes });
const kinds = () => [...new Set(verify().findings.map(({ kind }) => kind))];
function change(sql: string): void {
  const db = new DatabaseSync(file);
  expect(db.prepare(sql).run().changes, sql).toBeGreaterThan(0);
  db.close();
}
const contentOf = (path: string, table: 'events' | 'messages' = 'events') => {
  const db = new DatabaseSync(path);
  const events = db.prepare(`SELECT * FROM ${table} ORDER BY log, seq`).all();
  db.close();
  return events;
};

test('[RU-3][FD-11] what the server wrote is what its log makes of it, with edits, deletions and stays', () => {
  const { logs, events, findings } = verify();
  expect(findings).toEqual([]);
  expect(logs).toBeGreaterThan(3);
  expect(events).toBeGreaterThan(25);
});

test('[RU-3] one other bit in what somebody said is found, and nothing is rebuilt from it', () => {
  const bytes = readFileSync(file);
  const places = [...placesOf(bytes, words)];
  expect(places.length).toBeGreaterThan(1);
  for (const at of places) {
    const flipped = Buffer.from(bytes);
    flipped[at] = flipped[at]! ^ 1;
    writeFileSync(file, flipped);
    expect(verify().findings, `at ${at}`).toHaveLength(1);
    const { findings } = repairDatabase({ file, createHashes });
    // Of the two places one is the event, the other the message that was made of it.
    expect(findings.length).toBeLessThanOrEqual(1);
    if (findings.length === 1)
      expect(findings[0]).toMatchObject({ kind: 'log', what: expect.stringContaining('is not what was sent') as unknown });
    expect(readFileSync(file).includes(words)).toBe(true);
  }
});

function* placesOf(bytes: Buffer, what: string): Iterable<number> {
  for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + 1)) yield at;
}

test.each([
  ['a hole', "DELETE FROM events WHERE seq = 4 AND log LIKE 'c:%'", 'after event 3 comes 5'],
  [
    'a lost end',
    "DELETE FROM events WHERE (log, seq) IN (SELECT log, max(seq) FROM events WHERE log LIKE 'c:%' GROUP BY log)",
    'its record knows of',
  ],
  [
    'another link',
    "UPDATE events SET chain = 'ffffffffffffffff' WHERE seq = 3 AND log LIKE 'c:%'",
    'the chain breaks at event 3',
  ],
  [
    'another author',
    `UPDATE events SET content = json_set(content, '$.by', 'x') WHERE seq = 2 AND log LIKE 'c:%'`,
    'event 2 is not what was sent',
  ],
  [
    'a time that runs backwards',
    `UPDATE events SET content = json_set(content, '$.at', 1) WHERE seq = 3 AND log LIKE 'c:%'`,
    'older',
  ],
  ['no JSON', `UPDATE events SET content = substr(content, 2) WHERE seq = 3 AND log LIKE 'c:%'`, 'cannot be read'],
])('[RU-3] %s in a log is named, and repair leaves the log as it is', (_, sql, named) => {
  change(sql);
  expect(verify().findings).toContainEqual({ kind: 'log', what: expect.stringContaining(named) as unknown });
  const before = contentOf(file);
  const made = contentOf(file, 'messages');
  expect(repairDatabase({ file, createHashes }).findings).not.toEqual([]);
  expect(contentOf(file)).toEqual(before);
  expect(contentOf(file, 'messages')).toEqual(made);
});

test.each([
  ['a message that says something else', `UPDATE messages SET message = json_set(message, '$.body.text', 'other') WHERE seq = 3`],
  ['a lost message', 'DELETE FROM messages WHERE seq = 3'],
  ['a wrong place', 'UPDATE messages SET ordinal = ordinal + 1 WHERE seq = 3'],
  [
    'a stranger as a member',
    `INSERT INTO memberships SELECT log, 'x', revised, role, spans, own_messages FROM memberships LIMIT 1`,
  ],
  ['a former member who is one again', `UPDATE memberships SET role = 'owner' WHERE role IS NULL`],
  ['a wrong count', 'UPDATE logs SET message_count = message_count + 1'],
  ['a head that fell behind', "UPDATE logs SET head = head - 1 WHERE log LIKE 'c:%'"],
  ['a state of nobody', `UPDATE states SET state = '{}'`],
  ['a register of another day', `UPDATE registers SET revised = revised + 1 WHERE key LIKE 'read%'`],
  ['a profile that changed at another time', 'UPDATE profile_changes SET at = at - 1'],
  ['a lost change of a profile', 'DELETE FROM profile_changes'],
  ['a profile that nobody changed', `INSERT INTO profile_changes (user, at) VALUES ('x', 1)`],
  ['a lost mention', 'DELETE FROM mentions WHERE seq = 2'],
  ['a mention that was never made', `INSERT INTO mentions SELECT log, user, 15 FROM mentions LIMIT 1`],
  ['a mention of nobody', `INSERT INTO mentions SELECT log, user, 1 FROM mentions LIMIT 1`],
])('[RU-3] %s is found and rebuilt from the log', (_, sql) => {
  change(sql);
  expect(kinds()).toEqual(['projection']);
  const before = contentOf(file);
  expect(repairDatabase({ file, createHashes }).findings).toEqual([]);
  expect(contentOf(file)).toEqual(before);
  expect(verify().findings).toEqual([]);
});

test('[RU-3] beside a log with a hole another one is rebuilt, and what was made of the first is kept', () => {
  change("DELETE FROM events WHERE seq = 4 AND log LIKE 'c:%'");
  change('UPDATE registers SET revised = revised + 1');
  const made = contentOf(file, 'messages');
  expect(repairDatabase({ file, createHashes }).findings).toMatchObject([{ kind: 'log' }]);
  expect(contentOf(file, 'messages')).toEqual(made);
});

test('[RU-3] words that should have been blanked are named', () => {
  const body = JSON.stringify({ kind: 'text', text: 'three', mentions: [mentioned] });
  change(
    `UPDATE events SET content = json_set(json_remove(content, '$.blank'), '$.payload', json('{"body":${body}}')) WHERE seq = 5 AND log LIKE 'c:%'`,
  );
  expect(verify().findings).toEqual([
    { kind: 'log', what: expect.stringMatching(/events: different, 1 row \(the first: 5\)$/) as unknown },
  ]);
});

test('[RU-3] a page that is not what SQLite wrote is named', () => {
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096 * 4, 4096 * 5);
  writeFileSync(file, bytes);
  expect(kinds()).toEqual(['file']);
  expect(repairDatabase({ file, createHashes }).findings).not.toEqual([]);
});

test('[RU-3] a file that is no database, and one of another version, are named', () => {
  change('UPDATE meta SET value = value');
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(verify().findings).toMatchObject([{ kind: 'file', what: expect.stringContaining('version 99') as unknown }]);
  writeFileSync(file, 'no database at all, but dear to somebody'.repeat(200));
  expect(verify().findings).toMatchObject([{ kind: 'file' }]);
});

test('[SQ-7] repair does not touch the file of a server that runs', async () => {
  const store = await createSqliteStore({ file });
  expect(() => repairDatabase({ file, createHashes })).toThrow('in use by another process');
  expect(verify().findings).toEqual([]);
  await store.close();
});
