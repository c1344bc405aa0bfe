import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHAIN_START } from '#sync-protocol';
import { aLog, aUser } from '#sync-protocol/testing';
import { createCoreWorld } from '../kit/core-world.ts';
import { aFaultyPair } from '../kit/mongo/faults.ts';
import { mongoKinds, type MongoServer } from '../kit/mongo/servers.ts';

const [ann, bob, cem] = [aUser(1), aUser(2), aUser(3)];
const log = aLog(1);

describe.each(mongoKinds)('$name', ({ start }) => {
  let server: MongoServer;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server.stop());

  /** Of the writes of its append, with everything after it. The third is among its effects, the fourth is its record. */
  async function aServerThatDiesAt(n: number) {
    const { faulty, well, strike } = await aFaultyPair(server);
    const world = createCoreWorld({ log: well.eventLog });
    await world.makeGroup(1, ann, [bob, cem]);
    const dying = world.aServer(faulty.eventLog);
    await dying.writer.write({ user: bob, device: 'device' }, [world.message(log, 'one')]);
    strike(n, 'lose-request', 'and all after it');
    const removal = world.say({ log, type: 'member-removed', payload: { user: cem } });
    await dying.writer.write({ user: ann, device: 'device' }, [removal, world.message(log, 'two')]);
    return { world, other: world.aServer(well.eventLog) };
  }

  test.each([3, 4])('[SQ-10] at a log that a server left at its %i. write another writes at once', async (n) => {
    const { world, other } = await aServerThatDiesAt(n);
    const [answer] = await world.write(bob, [world.message(log, 'three')], other);
    expect(answer).toMatchObject({ log, seq: 5 });
  });

  test.each([3, 4])('[SQ-10] at a log that a server left at its %i. write another lists and reads at once', async (n) => {
    const { world, other } = await aServerThatDiesAt(n);
    const { self, logs } = await world.syncAs(ann, { logs: [{ log, watermark: 0, chain: CHAIN_START }] }, other);
    expect(self).toMatchObject({ rows: [{ head: 4 }] });
    expect(logs).toMatchObject([{ kind: 'run', head: 4 }]);
  });

  test.each([3, 4])(
    '[SQ-10] at a log that a server left at its %i. write whoever was removed by it sees nothing after that',
    async (n) => {
      const { world, other } = await aServerThatDiesAt(n);
      const { logs } = await world.syncAs(cem, { logs: [{ log, watermark: 0, chain: CHAIN_START }] }, other);
      expect(logs).toMatchObject([{ kind: 'run', head: 3, to: 3 }]);
    },
  );
});
