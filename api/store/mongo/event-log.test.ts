import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { compareTraces } from '../../../tests/contract/event-log-traces.ts';
import { describeEventLog } from '../../../tests/contract/event-log.ts';
import { describeProfileChanges } from '../../../tests/contract/profile-changes.ts';
import { mongoKinds, type MongoServer } from '../../../tests/kit/mongo/servers.ts';
import type { Clock } from '../../core/ports.ts';
import { openMongoStore } from './store.ts';

describe.each(mongoKinds)('$name', ({ name, start }) => {
  let server: MongoServer;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server.stop());
  const create = async (clock?: Clock) => {
    const store = await openMongoStore({ uri: server.newUri(), ...(clock && { clock }) });
    onTestFinished(() => store.close());
    return store.eventLog;
  };

  describeEventLog(name, create);
  describeProfileChanges(name, create);

  // FerretDB scans where others seek.
  const worlds = name === 'FerretDB' ? 12 : 60;
  test(`[FD-11][SQ-5] memory and this answer ${worlds} random traces alike, and as the pure fold says`, async () => {
    expect(await compareTraces(create, { worlds })).toBe(worlds * 25);
  });
});
