import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { describeAccountStore } from '../../../tests/contract/account-store.ts';
import { describeDeviceLinkStore } from '../../../tests/contract/device-link-store.ts';
import { describePasskeyStore } from '../../../tests/contract/passkey-store.ts';
import { mongoKinds, type MongoServer } from '../../../tests/kit/mongo/servers.ts';
import { openMongoStore } from './store.ts';

describe.each(mongoKinds)('$name', ({ name, start }) => {
  let server: MongoServer;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server.stop());
  const open = async () => {
    const store = await openMongoStore({ uri: server.newUri() });
    onTestFinished(() => store.close());
    return store;
  };

  describeAccountStore(name, async () => (await open()).accounts);
  describePasskeyStore(name, async () => (await open()).passkeys);
  describeDeviceLinkStore(name, async () => (await open()).deviceLinks);
});
