/** The heart of one or more servers over one store, in memory: no sockets, no HTTP, time and chance by hand. */
import { createHash, createHmac } from 'node:crypto';
import {
  directConversationId,
  directSeed,
  type Answer,
  type ConversationId,
  type LogId,
  type Op,
  type OpOf,
  type OpType,
  type Profile,
  type SyncRequest,
  type SyncResponse,
  type UserId,
} from '#sync-protocol';
import { aLog, anOpId, aTime } from '#sync-protocol/testing';
import { createCore, type Core } from '../../api/core/core.ts';
import type { Bus, Clock, Directory, EventLog, Hashes, News, People, Receipts } from '../../api/core/ports.ts';
import { createMemoryEventLog } from '../../api/store/memory/event-log.ts';
import { createMemoryReceipts } from '../../api/store/memory/receipts.ts';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

export const testHashes: Hashes = {
  short: (text) => sha256(text).toString('hex').slice(0, 16),
  digest: (text) => new Uint8Array(sha256(text).subarray(0, 16)),
  keyed: (text) => createHmac('sha256', 'key').update(text).digest('hex'),
};

export const directOf = (one: UserId, other: UserId): ConversationId =>
  directConversationId(testHashes.digest(directSeed(one, other)));

export type CoreWorld = ReturnType<typeof createCoreWorld>;

export type CoreWorldOptions = {
  readonly log?: EventLog;
  readonly receipts?: Receipts;
  /** Who exists; everybody when absent. */
  readonly existing?: ReadonlySet<UserId>;
  readonly phones?: ReadonlyMap<string, UserId>;
  readonly byPhone?: Directory['byPhone'];
  readonly random?: () => number;
};

/** A clock that only moves when told to. */
export function createTestClock(startMs = aTime(0)): Clock & { advance(ms: number): void } {
  let nowMs = startMs;
  return { now: () => nowMs, advance: (ms) => void (nowMs += ms) };
}

export function createCoreWorld(options: CoreWorldOptions = {}) {
  const clock = createTestClock();
  const log = options.log ?? createMemoryEventLog({ clock });
  const receipts = options.receipts ?? createMemoryReceipts();
  const news: News[] = [];
  const bugs: unknown[] = [];
  const bus: Bus = { tell: (one) => void news.push(one) };
  const directory: Directory = {
    existing: async (users) => new Set(users.filter((user) => options.existing?.has(user) ?? true)),
    byPhone: options.byPhone ?? (async (phone) => options.phones?.get(phone)),
  };
  const people: People = {
    visibleTo: async (_, users) => users.map((id): Profile => ({ id, name: `Person ${id.slice(-2)}`, about: '', changedAt: 0 })),
  };
  let opNumber = 1;

  /** Another server on the same store, or on one that fails. */
  function aServer(over: EventLog = log, storeEpoch = 'memory'): Core {
    const pause = () => new Promise<void>((resolve) => void setImmediate(resolve));
    const random = options.random ?? (() => 0.5);
    const reportBug = (error: unknown): void => void bugs.push(error);
    const world = { receipts, directory, people, bus, hashes: testHashes, clock, pause, random, reportBug };
    return createCore({ ...world, log: over, storeEpoch, syncEverySeconds: 60 });
  }
  const server = aServer();

  /** One sync of one person, which must be answered. */
  async function syncAs(user: UserId, request: Partial<SyncRequest> = {}, by = server): Promise<SyncResponse> {
    const response = await by.sync.sync({ user, device: 'device' }, { version: 1, ...request });
    if ('refusal' in response) throw new Error(response.refusal);
    return response;
  }

  /** An op with an id of its own. */
  function say<T extends OpType>(parts: Pick<OpOf<T>, 'log' | 'payload'> & Partial<OpOf<T>> & { readonly type: T }): Op {
    return { opId: anOpId(opNumber++), writtenAt: clock.now(), ...parts } as unknown as Op;
  }

  /** One person's ops, and their answers. */
  const write = (user: UserId, ops: readonly Op[], by = server): Promise<readonly Answer[]> =>
    by.writer.write({ user, device: 'device' }, ops);

  /** Group `n` with these people. */
  async function makeGroup(n: number, owner: UserId, members: readonly UserId[]): Promise<LogId> {
    const log = aLog(n);
    await write(owner, [say({ log, type: 'group-created', payload: { title: `Group ${n}`, members: [...members] } })]);
    return log;
  }
  const message = (log: LogId, words = 'hello'): Op =>
    say({ log, type: 'message', payload: { body: { kind: 'text', text: words } } });

  /** So many messages, one after the other. */
  async function chat(log: LogId, by: UserId, count: number): Promise<void> {
    for (let left = count; left > 0; left -= 50)
      await write(
        by,
        Array.from({ length: Math.min(50, left) }, () => message(log)),
      );
  }

  return { clock, log, receipts, news, bugs, bus, people, server, aServer, syncAs, say, write, makeGroup, message, chat };
}
