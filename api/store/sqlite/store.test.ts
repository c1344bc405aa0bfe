import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type LogId, conversationLog } from '#sync-protocol';
import { aConversation, aGroupCreated, aText, aUser, anEmptyBook, writeAll } from '../../../tests/contract/event-log-book.ts';
import { aFile, anOpenStore } from '../../../tests/contract/sqlite-store.ts';
import { StorageFullError } from '../../core/ports.ts';
import { connect } from './connection.ts';
import { createSqliteStore } from './store.ts';

const ann = aUser(1);
const log = conversationLog(aConversation(1));

const aGroupOf = (messages: number, id: LogId = log) =>
  writeAll(anEmptyBook(id), [aGroupCreated(ann, []), ...Array.from({ length: messages }, (_, i) => aText(ann, `message ${i}`))])
    .events;

test('[SQ-6] what was answered is there when the file is opened again, and so is who it is', async () => {
  const file = aFile();
  const first = await createSqliteStore({ file });
  const meta = await first.eventLog.meta();
  await first.eventLog.append(log, 0, aGroupOf(3));
  const [record, events] = [await first.eventLog.record(log), await first.eventLog.read(log, 0, 9)];
  await first.close();

  const { eventLog } = await anOpenStore({ file });
  expect(await eventLog.record(log)).toEqual(record);
  expect(await eventLog.read(log, 0, 9)).toEqual(events);
  expect(await eventLog.meta()).toEqual(meta);
  expect(await eventLog.append(log, 4, aGroupOf(4).slice(4))).toBe(1);
});

test('[SQ-6] closing waits for what was called before, and refuses what is called after', async () => {
  const store = await createSqliteStore({ file: aFile() });
  const appended = store.eventLog.append(log, 0, aGroupOf(1));
  await store.close();
  expect(await appended).toBe(2);
  await expect(store.eventLog.append(log, 2, [])).rejects.toThrow('closed');
  await store.close();
});

test('[SQ-6] every commit is synced, so that a power cut takes nothing that was answered', () => {
  const db = connect(aFile());
  expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  db.close();
});

test('[SQ-6] what was answered is in the file or its write-ahead log, for another machine to find', async () => {
  const file = aFile();
  const { eventLog } = await anOpenStore({ file });
  await eventLog.append(log, 0, aGroupOf(1));
  const copy = aFile();
  for (const part of ['', '-wal']) copyFileSync(file + part, copy + part);
  const found = await anOpenStore({ file: copy });
  expect((await found.eventLog.record(log))!.head).toBe(2);
});

test('[CH-1] a restored store is another incarnation, and keeps what it knows', async () => {
  const store = await anOpenStore();
  const before = await store.eventLog.meta();
  await store.write('log', 'renewStoreEpoch');
  const after = await store.eventLog.meta();
  expect(after.storeEpoch).not.toBe(before.storeEpoch);
  expect(after.opHashKey).toBe(before.opHashKey);
});

test('[SQ-7] a second store on the same file refuses to start, and the first goes on', async () => {
  const file = aFile();
  const { eventLog } = await anOpenStore({ file });
  await expect(createSqliteStore({ file })).rejects.toThrow(`${file} is in use by another process`);
  expect(await eventLog.append(log, 0, aGroupOf(1))).toBe(2);
});

test('[SQ-6][SQ-7] a killed process leaves its file free, and everything it acknowledged in it', async () => {
  const file = aFile();
  const owner = startOwner(file);
  const acknowledged = await owner.acknowledged(50);
  await expect(createSqliteStore({ file })).rejects.toThrow('One server owns a database file');
  await owner.kill();

  const { eventLog } = await anOpenStore({ file });
  const { head } = (await eventLog.record(log))!;
  expect(head).toBeGreaterThanOrEqual(acknowledged);
  const events = await eventLog.read(log, 0, 10_000);
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, i) => i + 1));
  expect(await eventLog.messagesIn(log, 1, head, 10_000, false)).toHaveLength(head - 1);
});

test('[SQ-8] a full disk refuses appends and keeps reading; it heals when there is room', async () => {
  const file = aFile();
  const made = await createSqliteStore({ file });
  await made.close();
  const pages = new DatabaseSync(file);
  const { page_count: used } = pages.prepare('PRAGMA page_count').get() as { page_count: number };
  pages.close();

  const store = await anOpenStore({ file, pagesMax: used + 12 });
  const events = aGroupOf(400);
  expect(await store.eventLog.append(log, 0, events.slice(0, 3))).toBe(3);
  await expect(store.eventLog.append(log, 3, events.slice(3))).rejects.toThrow(StorageFullError);
  expect((await store.eventLog.read(log, 0, 9)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect((await store.eventLog.record(log))!.head).toBe(3);
  // There is room for less.
  expect(await store.eventLog.append(log, 3, events.slice(3, 5))).toBe(2);
});

test('[SQ-6] a file of a later version is not touched', async () => {
  const file = aFile();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 999');
  db.close();
  await expect(createSqliteStore({ file })).rejects.toThrow('later version (999)');
});

/** Another process that appends one event after another and tells each acknowledged head. */
function startOwner(file: string) {
  const child: ChildProcess = spawn(process.execPath, [`${import.meta.dirname}/../../../tests/contract/sqlite-owner.ts`, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  onTestFinished(() => void child.kill('SIGKILL'));
  let last = 0;
  child.stdout!.on('data', (chunk: Buffer) => (last = Number(String(chunk).trim().split('\n').at(-1))));
  return {
    acknowledged: async (atLeast: number): Promise<number> => {
      await vi.waitUntil(() => last >= atLeast, { timeout: 5_000 });
      return last;
    },
    kill: async (): Promise<void> => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
