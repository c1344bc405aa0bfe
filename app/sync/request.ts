import { limits, PROTOCOL_VERSION, type ConversationId, type SyncRequest } from '#sync-protocol';
import type { Memory } from './memory.ts';
import type { Outgoing } from './ports.ts';

export type Extras = {
  readonly open: ReadonlySet<ConversationId>;
  readonly since: number | undefined;
  readonly heads: boolean;
  readonly ops: readonly Outgoing[];
  /** The newest receipt known of each conversation on screen. */
  readonly versions: ReadonlyMap<ConversationId, number>;
};

/** What is asked for is what memory says is missing; what is empty is left out, so that no change costs next to nothing. [EN-3] */
export function buildRequest(memory: Memory, { open, since, heads, ops, versions }: Extras): SyncRequest {
  const self = memory.self();
  const [storeEpoch, bootstrap] = [memory.storeEpoch(), memory.bootstrap()];
  const lists = {
    logs: self ? memory.asks(open, new Set(ops.map(({ log }) => log))) : [],
    rowsOf: memory.rowsOf(),
    people: memory.people(),
    receiptsOf: [...open]
      .slice(0, limits.receiptsOfMax)
      .map((conversation) => ({ conversation, version: versions.get(conversation) ?? 0 })),
    received: memory.received(),
    ops: ops.map(({ wire }) => JSON.parse(wire) as unknown),
  };
  return {
    version: PROTOCOL_VERSION,
    ...(storeEpoch !== undefined && { storeEpoch }),
    ...(self && { self, root: memory.root() }),
    ...(self && bootstrap !== undefined && { bootstrap }),
    ...(since !== undefined && { since }),
    ...(heads && { heads: 'all' as const }),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
  };
}
