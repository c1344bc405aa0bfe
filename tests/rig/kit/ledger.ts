/** What was asked and what was answered, and the comparison with what is stored. */
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { type Answer, CHAIN_START, type Chain, type LogId, type Op, type Seq, nextChain } from '#sync-protocol';

export interface Ledger {
  /** Before its first byte leaves. */
  asked(op: Op): void;
  answered(answers: readonly Answer[]): void;
  readonly ops: ReadonlyMap<string, Op>;
  readonly acknowledged: ReadonlyMap<string, { readonly log: LogId; readonly seq: Seq }>;
}

export function createLedger(): Ledger {
  const ops = new Map<string, Op>();
  const acknowledged = new Map<string, { log: LogId; seq: Seq }>();
  return {
    ops,
    acknowledged,
    asked: (op) => void ops.set(op.opId, op),
    answered: (answers) => {
      for (const answer of answers) {
        if (!('seq' in answer)) continue;
        const before = acknowledged.get(answer.opId);
        if (before && before.seq !== answer.seq) throw new Error(`${answer.opId} was answered ${before.seq}, then ${answer.seq}`);
        acknowledged.set(answer.opId, { log: answer.log, seq: answer.seq });
      }
    },
  };
}

/** An event as it lies in the file. */
export type Stored = {
  readonly log: LogId;
  readonly seq: Seq;
  readonly opId: string;
  readonly by: string;
  readonly type: string;
  readonly text: string | undefined;
};

/** Reads the file of a server that has ended, and holds it to everything that is true of a whole one. */
export function readStored(dataDir: string): readonly Stored[] {
  const db = new DatabaseSync(join(dataDir, 'chatter.db'));
  try {
    const { integrity_check: integrity } = db.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
    if (integrity !== 'ok') throw new Error(`the file is damaged: ${integrity}`);
    const rows = db.prepare('SELECT log, seq, op_id, chain, content FROM events ORDER BY log, seq').all() as EventRow[];
    checkChains(rows);
    const heads = db.prepare('SELECT log, head, chain FROM logs').all() as { log: string; head: number; chain: string }[];
    checkHeads(rows, heads);
    return rows.map(toStored);
  } finally {
    db.close();
  }
}

type EventRow = {
  readonly log: string;
  readonly seq: number;
  readonly op_id: string;
  readonly chain: string;
  readonly content: string;
};
type Content = {
  readonly by: string;
  readonly type: string;
  readonly bodyHash: string;
  readonly payload?: { readonly body?: { readonly text?: string } };
};

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
const contentOf = ({ content }: EventRow): Content => JSON.parse(content) as Content;

function toStored(row: EventRow): Stored {
  const { by, type, payload } = contentOf(row);
  return { log: row.log as LogId, seq: row.seq, opId: row.op_id, by, type, text: payload?.body?.text };
}

/** 1, 2, 3 … in every log, each link made of the one before. [SQ-3, CH-1] */
function checkChains(rows: readonly EventRow[]): void {
  let log = '';
  let seq = 0;
  let chain: string = CHAIN_START;
  for (const row of rows) {
    if (row.log !== log) [log, seq, chain] = [row.log, 0, CHAIN_START];
    if (row.seq !== seq + 1) throw new Error(`${log}: after ${seq} lies ${row.seq}`);
    const link = { seq: row.seq, opId: row.op_id as never, bodyHash: contentOf(row).bodyHash };
    chain = nextChain(short, chain as Chain, link);
    if (row.chain !== chain) throw new Error(`${log}: the chain breaks at ${row.seq}`);
    seq = row.seq;
  }
}

/** The projection knows the same last event. */
function checkHeads(rows: readonly EventRow[], heads: readonly { log: string; head: number; chain: string }[]): void {
  const last = new Map(rows.map((row) => [row.log, `${row.seq} ${row.chain}`]));
  const projected = new Map(heads.map(({ log, head, chain }) => [log, `${head} ${chain}`]));
  for (const log of new Set([...last.keys(), ...projected.keys()])) {
    if (last.get(log) !== projected.get(log))
      throw new Error(`${log}: the log ends at ${last.get(log)}, its record says ${projected.get(log)}`);
  }
}

/** What went wrong, in four numbers that must be none. */
export type Verdict = {
  /** Acknowledged, and not stored there. */
  readonly missing: readonly string[];
  /** Stored twice. */
  readonly repeated: readonly string[];
  /** Stored, and nobody asked for it. */
  readonly strange: readonly string[];
  /** Said later by the same person and stored earlier. Texts are `<sender>:<number>`. */
  readonly inverted: readonly string[];
};

export const nothingWrong: Verdict = { missing: [], repeated: [], strange: [], inverted: [] };

export function judge(
  { ops, acknowledged }: Ledger,
  stored: readonly Pick<Stored, 'log' | 'seq' | 'opId' | 'type' | 'text'>[],
): Verdict {
  const places = new Map(stored.map(({ opId, log, seq }) => [opId, `${log} ${seq}`]));
  const messages = stored.filter(({ type }) => type === 'message');
  const ids = messages.map(({ opId }) => opId);
  return {
    missing: [...acknowledged].filter(([opId, { log, seq }]) => places.get(opId) !== `${log} ${seq}`).map(([opId]) => opId),
    repeated: repeatsIn(ids),
    strange: ids.filter((id) => !ops.has(id)),
    inverted: inversions(messages),
  };
}

function repeatsIn(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}

function inversions(messages: readonly Pick<Stored, 'log' | 'text'>[]): readonly string[] {
  const lastOf = new Map<string, number>();
  const found: string[] = [];
  for (const { log, text = '' } of messages) {
    const [sender = '', number = ''] = text.split(':');
    const key = `${log} ${sender}`;
    const n = Number(number);
    if (n <= (lastOf.get(key) ?? 0)) found.push(text);
    lastOf.set(key, n);
  }
  return found;
}
