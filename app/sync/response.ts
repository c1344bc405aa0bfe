import {
  conversationOf,
  isRefused,
  type ConversationId,
  type LogPart,
  type SyncRequest,
  type SyncResponse,
} from '#sync-protocol';
import type { Change } from './change.ts';
import type { Memory } from './memory.ts';
import type { CommitAll, CommitResult, OpIds, Rejected, Report } from './ports.ts';

export type Applying = {
  readonly memory: Memory;
  readonly commitAll: CommitAll;
  readonly report: Report;
  /** A server whose read is older than what is held asks for patience. */
  readonly wait: (conversation: ConversationId, ms: number) => void;
};

/** What a response brought: `moved` says that something was learned, so that asking again is not a loop. [EN-4] */
export type Applied = { readonly kind: 'applied'; readonly moved: boolean } | { readonly kind: 'superseded' };

/**
 * Applies a response: answers, then one's own log, because what it says of memberships decides what the conversation parts
 * mean, then conversations, then lines and profiles. As much of it as does not hold up others is one transaction: a disk
 * waits for each. [AP-15, EN-2]
 */
export async function applyResponse(
  { memory, commitAll, report, wait }: Applying,
  request: SyncRequest,
  response: SyncResponse,
  sent: OpIds,
): Promise<Applied> {
  let moved = response.answers.some((answer) => !isRefused(answer));
  const note = ({ change, stored }: Step, result: CommitResult) => {
    if (result.kind === 'rejected' && result.why !== 'duplicate' && !isOvertaken(request, change, result))
      report(`sync: a part does not fit: ${change.kind}`, result);
    if (result.kind === 'committed' && (result.heads.length > 0 || result.gone.length > 0 || result.self)) moved = true;
    if (stored?.() === 'moved') moved = true;
  };
  /** Whether this tab still leads. */
  const put = async (steps: readonly Step[]): Promise<boolean> => {
    let results: readonly CommitResult[];
    try {
      results = await commitAll(steps.map(({ change }) => change));
    } catch (error) {
      if (steps.length === 1) throw error;
      // What cannot be stored together is stored as far as it goes: on a disk that is almost full the answers still fit.
      for (const step of steps) if (!(await put([step]))) return false;
      return true;
    }
    if (results.some(({ kind }) => kind === 'superseded')) return false;
    steps.forEach((step, i) => note(step, results[i]!));
    return true;
  };
  for (const steps of inBatches(stepsOf(memory, request, response, sent))) {
    if (!(await put(steps))) return { kind: 'superseded' };
  }
  for (const part of response.logs) {
    const conversation = conversationOf(part.log);
    if (part.kind === 'behind' && conversation) wait(conversation, part.retryAfterMs);
  }
  forget(memory, request, response);
  return { kind: 'applied', moved };
}

/** It begins where the request said that the device was: since then live runs have gone further. */
function isOvertaken({ logs = [] }: SyncRequest, change: Change, { why }: Rejected): boolean {
  const part = change.kind === 'window' ? change.window : change.kind === 'gone' ? change.gone : undefined;
  if (why !== 'stale' || !part) return false;
  return part.from === (logs.find(({ log }) => log === part.log)?.watermark ?? 0);
}

/** `stored`: what memory learns once it is on disk. */
type Step = { readonly change: Change; readonly stored?: () => 'moved' | undefined };

function stepsOf(memory: Memory, request: SyncRequest, response: SyncResponse, sent: OpIds): readonly Step[] {
  const { answers, rows, heads, people, peopleChanged: changed, receipts, logs, bootstrap: next } = response;
  const isPaging = request.bootstrap !== undefined;
  const turnPage = () => {
    const before = memory.bootstrap();
    memory.setBootstrap(next);
    return before === next ? undefined : 'moved';
  };
  return [
    ...(answers.length > 0 || sent.length > 0 ? [{ change: { kind: 'answers', answers, sent } } as const] : []),
    ...selfSteps(memory, response),
    ...logs.flatMap(partChange).map((change) => ({ change })),
    ...(isPaging ? [{ change: { kind: 'rows', rows, bootstrap: { next } }, stored: turnPage } as const] : []),
    ...(!isPaging && rows.length > 0 ? [{ change: { kind: 'rows', rows } } as const] : []),
    ...(heads ? [{ change: { kind: 'heads', heads, all: true } } as const] : []),
    ...(people.length > 0 || request.people || changed
      ? [{ change: { kind: 'people', people, asked: request.people, changed } } as const]
      : []),
    ...(receipts.length > 0 ? [{ change: { kind: 'receipts', receipts } } as const] : []),
  ];
}

function selfSteps(memory: Memory, { self, storeEpoch }: SyncResponse): readonly Step[] {
  const knowEpoch = () => {
    memory.setEpoch(storeEpoch);
    return undefined;
  };
  if (self && 'snapshot' in self) {
    const stored = () => {
      memory.setBootstrap(self.bootstrap);
      return knowEpoch();
    };
    return [{ change: { kind: 'self-snapshot', snapshot: self, storeEpoch }, stored }];
  }
  const isOther = storeEpoch !== memory.storeEpoch();
  return [
    ...(isOther ? [{ change: { kind: 'store-epoch', storeEpoch }, stored: knowEpoch } as const] : []),
    ...(self ? [{ change: { kind: 'self-run', run: self } } as const] : []),
  ];
}

function partChange(part: LogPart): readonly Change[] {
  const conversation = conversationOf(part.log);
  if (!conversation) return [];
  switch (part.kind) {
    case 'run':
      return [{ kind: 'run', run: part }];
    case 'window':
      return [{ kind: 'window', window: part }];
    case 'reset':
      return [{ kind: 'reset', reset: part }];
    case 'gone':
      return [{ kind: 'gone', gone: part }];
    case 'unknown':
      return [{ kind: 'unknown', conversation }];
    case 'behind':
      return [];
  }
}

/** What a person does meanwhile waits for the transaction under way: so much a transaction, and a part is never divided. */
const rowsAtOnce = 1_000;

function inBatches(steps: readonly Step[]): readonly (readonly Step[])[] {
  const batches: Step[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const step of steps) {
    const more = rowsOf(step.change);
    if (rows + more > rowsAtOnce) {
      batches.push([]);
      rows = 0;
    }
    batches.at(-1)!.push(step);
    rows += more;
  }
  return batches;
}

/** About as many rows as it writes. */
function rowsOf(change: Change): number {
  switch (change.kind) {
    case 'run':
    case 'self-run':
      return change.run.items.length;
    case 'window':
      return change.window.messages.length;
    case 'reset':
      return change.reset.messages.length;
    case 'self-snapshot':
      return change.snapshot.snapshot.length + change.snapshot.rows.length;
    case 'rows':
      return change.rows.length;
    case 'heads':
      return change.heads.length;
    case 'people':
      return change.people.length;
    case 'receipts':
      return change.receipts.length;
    default:
      return 1;
  }
}

/** What was asked for and has been answered is not asked for again, also when the answer was nothing. */
function forget(memory: Memory, request: SyncRequest, response: SyncResponse): void {
  const came = new Map(response.logs.map((part) => [part.log, part.kind]));
  const asked = (request.logs ?? []).filter(({ log }) =>
    response.more ? came.get(log) === 'unknown' : !came.has(log) || came.get(log) === 'unknown',
  );
  memory.quieten(asked.flatMap(({ log }) => conversationOf(log) ?? []));
  memory.forgetAsked({
    rowsOf: response.more ? response.rows.map(({ id }) => id) : (request.rowsOf ?? []),
    people: [...(request.people ?? []), ...response.people.map(({ id }) => id)],
  });
  memory.forgetReceived(request.received ?? []);
}
