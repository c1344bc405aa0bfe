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
import type { CommitResult, OpIds, Report } from './ports.ts';

export type Applying = {
  readonly memory: Memory;
  readonly commit: (change: Change) => Promise<CommitResult>;
  readonly report: Report;
  /** A server whose read is older than what is held asks for patience. */
  readonly wait: (conversation: ConversationId, ms: number) => void;
};

/** What a response brought: `moved` says that something was learned, so that asking again is not a loop. [EN-4] */
export type Applied = { readonly kind: 'applied'; readonly moved: boolean } | { readonly kind: 'superseded' };

class LostTheLead extends Error {
  override readonly name = 'LostTheLead';
}

/**
 * Applies a response part by part, each in a transaction of its own: answers, then one's own log, because what it says of
 * memberships decides what the conversation parts mean, then conversations, then lines and profiles. [AP-15, EN-2]
 */
export async function applyResponse(
  { memory, commit, report, wait }: Applying,
  request: SyncRequest,
  response: SyncResponse,
  sent: OpIds,
): Promise<Applied> {
  let moved = response.answers.some((answer) => !isRefused(answer));
  const put = async (change: Change): Promise<CommitResult> => {
    const result = await commit(change);
    if (result.kind === 'superseded') throw new LostTheLead();
    if (result.kind === 'rejected' && result.why !== 'duplicate') report(`sync: a part does not fit: ${change.kind}`, result);
    if (result.kind === 'committed' && (result.heads.length > 0 || result.gone.length > 0 || result.self)) moved = true;
    return result;
  };
  try {
    if (response.answers.length > 0 || sent.length > 0) await put({ kind: 'answers', answers: response.answers, sent });
    await putSelf(put, memory, response);
    for (const part of response.logs) await putPart(put, part, wait);
    const isPaging = request.bootstrap !== undefined;
    if (response.rows.length > 0 || isPaging) {
      await put({ kind: 'rows', rows: response.rows, ...(isPaging && { bootstrap: { next: response.bootstrap } }) });
    }
    if (isPaging) {
      moved ||= memory.bootstrap() !== response.bootstrap;
      memory.setBootstrap(response.bootstrap);
    }
    if (response.heads) await put({ kind: 'heads', heads: response.heads, all: true });
    const { people, peopleChanged: changed } = response;
    if (people.length > 0 || request.people || changed) await put({ kind: 'people', people, asked: request.people, changed });
    if (response.receipts.length > 0) await put({ kind: 'receipts', receipts: response.receipts });
  } catch (error) {
    if (error instanceof LostTheLead) return { kind: 'superseded' };
    throw error;
  }
  forget(memory, request, response);
  return { kind: 'applied', moved };
}

type Put = (change: Change) => Promise<CommitResult>;

async function putSelf(put: Put, memory: Memory, { self, storeEpoch }: SyncResponse): Promise<void> {
  if (self && 'snapshot' in self) {
    await put({ kind: 'self-snapshot', snapshot: self, storeEpoch });
    memory.setEpoch(storeEpoch);
    memory.setBootstrap(self.bootstrap);
    return;
  }
  if (storeEpoch !== memory.storeEpoch()) {
    await put({ kind: 'store-epoch', storeEpoch });
    memory.setEpoch(storeEpoch);
  }
  if (self) await put({ kind: 'self-run', run: self });
}

async function putPart(put: Put, part: LogPart, wait: Applying['wait']): Promise<void> {
  const conversation = conversationOf(part.log);
  if (!conversation) return;
  switch (part.kind) {
    case 'run':
      return void (await put({ kind: 'run', run: part }));
    case 'window':
      return void (await put({ kind: 'window', window: part }));
    case 'reset':
      return void (await put({ kind: 'reset', reset: part }));
    case 'gone':
      return void (await put({ kind: 'gone', gone: part }));
    case 'unknown':
      return void (await put({ kind: 'unknown', conversation }));
    case 'behind':
      return wait(conversation, part.retryAfterMs);
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
