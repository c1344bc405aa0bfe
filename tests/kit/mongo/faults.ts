import { onTestFinished } from 'vitest';
import { openMongoStore, type MongoStore } from '../../../api/store/mongo/store.ts';
import type { MongoServer } from './servers.ts';
import { isWrite, startWireProxy, type Verdict } from './wire-proxy.ts';

/** What happens to one command, and to none after it. */
export const faults: Readonly<Record<string, Verdict>> = {
  'is lost on the way': 'lose-request',
  'is done and nobody hears of it': 'lose-reply',
  'comes to a server that is no primary any more': {
    insteadSaying: { ok: 0, code: 10_107, codeName: 'NotWritablePrimary', errmsg: 'not primary' },
  },
  'is refused for another reason than that it was done before': {
    insteadSaying: { ok: 1, n: 0, writeErrors: [{ index: 0, code: 14_031, errmsg: 'available disk space of 12 bytes' }] },
  },
  'is done by one and not by a majority in time': {
    saying: {
      ok: 1,
      n: 1,
      writeConcernError: { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waiting for replication timed out' },
    },
  },
};

export interface FaultyPair {
  /** Of a server to which something happens. */
  readonly faulty: MongoStore;
  /** Of another, which is well. */
  readonly well: MongoStore;
  /** From now on, the `n`th write of the first, alone or with all after it. Answers how many there were. */
  strike(n: number, verdict: Verdict, which?: 'alone' | 'and all after it'): () => number;
}

/** Two servers of one empty database, gone after the test. */
export async function aFaultyPair(server: MongoServer): Promise<FaultyPair> {
  const uri = server.newUri();
  const proxy = await startWireProxy(uri);
  const [faulty, well] = [await openMongoStore({ uri: proxy.uri(uri) }), await openMongoStore({ uri })];
  onTestFinished(async () => {
    await Promise.all([faulty.close(), well.close()]);
    await proxy.close();
  });
  return {
    faulty,
    well,
    strike: (n, verdict, which = 'alone') => {
      let writes = 0;
      const isStruck = () => ++writes === n || (which === 'and all after it' && writes > n);
      proxy.judge((command) => (isWrite(command) && isStruck() ? verdict : 'pass'));
      return () => writes;
    },
  };
}
