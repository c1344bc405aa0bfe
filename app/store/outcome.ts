import type { Chain, ConversationId, Seq, UserId } from '#sync-protocol';
import type { ConversationHead } from '../sync/ports.ts';
import type { DeviceRules } from './device-rules.ts';
import type { Kept } from './kept.ts';
import type { ConversationRecord } from './rows.ts';
import type { Tables } from './tables.ts';

/** Whose device this is, and by which rules it applies. */
export type Device = {
  readonly user: UserId;
  readonly rules: DeviceRules;
  readonly kept: Kept;
  /** Of these there is a profile on disk, and none is ever taken from it: of a large group nobody is looked for at every message. */
  readonly known: Set<UserId>;
};

/** What an application changed, for the engine to know once it is on disk. */
export type Outcome = {
  readonly heads: Map<ConversationId, ConversationHead>;
  readonly gone: Set<ConversationId>;
  readonly people: Set<UserId>;
  /** Those whose profile is another than may be held. */
  readonly outdated: Set<UserId>;
  readonly unknown: Set<ConversationId>;
  self: { watermark: Seq; chain: Chain } | undefined;
  nudge: boolean;
  /** Changes of memory, done when the transaction has succeeded. */
  readonly afterwards: (() => void)[];
};

/** One application under way: the tables of its transaction, whose it is, and what came of it so far. */
export type Scope = { readonly tx: Tables; readonly device: Device; readonly outcome: Outcome };

export const createOutcome = (): Outcome => ({
  heads: new Map(),
  gone: new Set(),
  people: new Set(),
  outdated: new Set(),
  unknown: new Set(),
  self: undefined,
  nudge: false,
  afterwards: [],
});

export const spansText = (record: Pick<ConversationRecord, 'spans' | 'droppedUpTo' | 'state'>): string =>
  JSON.stringify([record.spans ?? null, record.droppedUpTo, record.state?.policy.history ?? null]);

export function headOf(record: ConversationRecord): ConversationHead {
  return {
    id: record.id,
    watermark: record.watermark,
    chain: record.chain,
    knownHead: record.knownHead,
    knownChain: record.knownChain,
    empty: record.ranges.length === 0,
    lastAt: record.lastAt,
    droppedUpTo: record.droppedUpTo,
    needsRow: record.needsRow === true,
    spans: spansText(record),
  };
}
