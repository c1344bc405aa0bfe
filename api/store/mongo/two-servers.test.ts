import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { conversationLog } from '#sync-protocol';
import { aConversation, aGroupCreated, anEmptyBook, aText, aUser, writeAll } from '../../../tests/contract/event-log-book.ts';
import { mongoKinds, type MongoServer } from '../../../tests/kit/mongo/servers.ts';
import type { NewEvent } from '../../core/ports.ts';
import { openMongoStore } from './store.ts';

const [ann, bob] = [aUser(1), aUser(2)];
const log = conversationLog(aConversation(1));

describe.each(mongoKinds)('$name', ({ start }) => {
  let server: MongoServer;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server.stop());

  async function twoStores() {
    const uri = server.newUri();
    const stores = [await openMongoStore({ uri }), await openMongoStore({ uri })] as const;
    onTestFinished(() => Promise.all(stores.map((store) => store.close())).then(() => undefined));
    return stores;
  }

  test('[SQ-1][SQ-5] of two that store one op at one place, only whose event is there says that it is', async () => {
    const [one, other] = await twoStores();
    const { book, events } = writeAll(anEmptyBook(log), [aGroupCreated(ann, [bob])]);
    await one.eventLog.append(log, 0, events);
    const [made] = writeAll(book, [aText(ann, 'once')]).events;
    const madeElsewhere: NewEvent = {
      ...made!,
      event: { ...made!.event, at: made!.event.at + 1, chain: 'f'.repeat(16) as never },
    };
    expect(await other.eventLog.append(log, 1, [madeElsewhere])).toBe(1);
    expect(await one.eventLog.append(log, 1, [made!])).toBe(0);
    expect(await one.eventLog.read(log, 1, 9)).toEqual([madeElsewhere.event]);
  });

  test('[RL-2] what one server relayed is not owed again because another did not know', async () => {
    const [one, other] = await twoStores();
    const { book, events } = writeAll(anEmptyBook(log), [aGroupCreated(ann, [bob])]);
    await one.eventLog.append(
      log,
      0,
      events.map((event) => ({ ...event, relays: true })),
    );
    expect(await other.eventLog.unrelayed()).toMatchObject([{ log, relayedTo: 0 }]);
    await other.eventLog.markRelayed(log, 1);
    expect(await one.eventLog.append(log, 1, writeAll(book, [aText(ann, 'next')]).events)).toBe(1);
    expect(await other.eventLog.record(log)).toMatchObject({ head: 2, relayedTo: 2 });
    expect(await other.eventLog.unrelayed()).toEqual([]);
  });

  test('[CH-1] both serve one store: its epoch and its key are made once', async () => {
    const [one, other] = await twoStores();
    expect(await other.eventLog.meta()).toEqual(await one.eventLog.meta());
  });
});
