import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { conversationLog } from '#sync-protocol';
import { aConversation, aGroupCreated, anEmptyBook, aText, aUser, writeAll } from '../../../tests/contract/event-log-book.ts';
import { mongoKinds, type MongoServer } from '../../../tests/kit/mongo/servers.ts';
import { isWrite, startWireProxy } from '../../../tests/kit/mongo/wire-proxy.ts';
import { openMongoStore, type MongoStore } from './store.ts';

const [ann, bob] = [aUser(1), aUser(2)];
const log = conversationLog(aConversation(1));

describe.each(mongoKinds)('$name', ({ start }) => {
  let server: MongoServer;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server.stop());

  async function aConnection(uri: string) {
    const connection = await mongoose.createConnection(uri).asPromise();
    onTestFinished(() => connection.close());
    return connection;
  }

  test('[SQ-11] a database whose fence is an index that lets two through is not served', async () => {
    const uri = server.newUri();
    await (await aConnection(uri)).collection('events').createIndex({ log: 1, opId: 1 }, { name: 'op' });
    await expect(openMongoStore({ uri })).rejects.toThrow(/index/i);
  });

  test('[SQ-11] nor is one that says that an index was built which is not there', async () => {
    const uri = server.newUri();
    const proxy = await startWireProxy(uri);
    onTestFinished(() => proxy.close());
    const isOfOps = (body: object) => JSON.stringify(body).includes('"name":"op"');
    proxy.judge(({ name, body }) => (name === 'createIndexes' && isOfOps(body) ? { insteadSaying: { ok: 1 } } : 'pass'));
    await expect(openMongoStore({ uri: proxy.uri(uri) })).rejects.toThrow('events: a unique index on log, opId');
  });

  test('[SQ-6] what was answered is there when it is opened again, and so is who it is', async () => {
    const uri = server.newUri();
    const first = await openMongoStore({ uri });
    const meta = await first.eventLog.meta();
    const { book, events } = writeAll(anEmptyBook(log), [aGroupCreated(ann, [bob]), aText(ann, 'one')]);
    await first.eventLog.append(log, 0, events);
    const [record, read] = [await first.eventLog.record(log), await first.eventLog.read(log, 0, 9)];
    await first.close();
    const again = await openMongoStore({ uri });
    onTestFinished(() => again.close());
    expect(await again.eventLog.record(log)).toEqual(record);
    expect(await again.eventLog.read(log, 0, 9)).toEqual(read);
    expect(await again.eventLog.meta()).toEqual(meta);
    expect(await again.eventLog.append(log, 2, writeAll(book, [aText(bob, 'two')]).events)).toBe(1);
  });

  test('[SQ-10] of an event that is folded nothing is kept twice', async () => {
    const uri = server.newUri();
    const store = await openMongoStore({ uri });
    onTestFinished(() => store.close());
    const said = [aGroupCreated(ann, [bob]), aText(ann, 'one'), aText(bob, 'two')];
    await store.eventLog.append(log, 0, writeAll(anEmptyBook(log), said).events);
    const events = await (await aConnection(uri)).collection('events').find().toArray();
    expect(events).toHaveLength(3);
    for (const event of events) expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['follows']));
    expect(await store.repair(0)).toBe(0);
  });

  test('[SQ-6] every command that writes asks for a majority and its journal, and every one that reads for what a majority has', async () => {
    const uri = server.newUri();
    const proxy = await startWireProxy(uri);
    const seen = new Map<string, Set<string>>();
    proxy.judge((command) => {
      const { writeConcern, readConcern } = command.body;
      const asks = JSON.stringify(isWrite(command) ? writeConcern : readConcern);
      seen.set(command.name, (seen.get(command.name) ?? new Set()).add(asks));
      return 'pass';
    });
    const store = await openMongoStore({ uri: proxy.uri(uri) });
    onTestFinished(() => store.close().then(() => proxy.close()));
    await useAll(store);
    const asked = ['insert', 'update', 'delete', 'find'].map((name) => [name, [...(seen.get(name) ?? [])]]);
    const safely = [JSON.stringify({ w: 'majority', j: true })];
    expect(Object.fromEntries(asked)).toEqual({
      insert: safely,
      update: safely,
      delete: safely,
      find: [JSON.stringify({ level: 'majority' })],
    });
    const administrative = ['hello', 'ping', 'createIndexes', 'listIndexes', 'endSessions', 'getMore'];
    expect([...seen.keys()].filter((name) => !(name in Object.fromEntries(asked)) && !administrative.includes(name))).toEqual([]);
  });
});

/** Something of everything that is written and read. */
async function useAll({ eventLog, receipts, accounts, passkeys, deviceLinks }: MongoStore): Promise<void> {
  await eventLog.append(log, 0, writeAll(anEmptyBook(log), [aGroupCreated(ann, [bob]), aText(ann, 'one', [bob])]).events);
  await eventLog.markRelayed(log, 1);
  await eventLog.conversationsOf(ann, 0);
  await eventLog.profilesChanged(ann, 0);
  await receipts.raise(aConversation(1), ann, { delivered: 1, read: 1 });
  const code = { requestId: 'r', phone: '+1', salt: 's', codeHash: 'h', digits: 6, tries: 0, state: 'open' } as const;
  await accounts.openCode({ ...code, sentAt: 1, expiresAt: 9 }, [{ max: 1, ms: 1 }]);
  await accounts.setPin(ann, { salt: 's', hash: 'h', tries: 0, triedAt: 0 });
  await accounts.setPin(ann, undefined);
  await accounts.noteLookup({ user: ann, phoneHash: 'a', at: 1 }, { max: 1, ms: 1 });
  await accounts.probe();
  await passkeys.openChallenge({ holder: 'h', challenge: 'c', origin: 'o', rpId: 'r', expiresAt: 9 }, 0);
  await passkeys.takeChallenge('h', 0);
  await deviceLinks.linkBySecret('s', 0);
}
