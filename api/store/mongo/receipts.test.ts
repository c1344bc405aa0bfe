import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { describeReceipts } from '../../../tests/contract/receipts.ts';
import { mongoKinds, type MongoServer } from '../../../tests/kit/mongo/servers.ts';
import { openMongoStore } from './store.ts';

describe.each(mongoKinds)('$name', ({ name, start }) => {
  let server: MongoServer;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server.stop());

  describeReceipts(name, async () => {
    const store = await openMongoStore({ uri: server.newUri() });
    onTestFinished(() => store.close());
    return store.receipts;
  });
});
