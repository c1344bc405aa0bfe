/** What the contract of local stores is told with: a device over some backend, and the ops and answers of its stories. */
import { conversationLog, limits, selfLog, type ConversationId, type LogPart, type Op } from '#sync-protocol';
import {
  aChain,
  aConversation,
  aLog,
  aMessage,
  anEvent,
  anOp,
  anOpId,
  aRow,
  aRun,
  aState,
  aTime,
  aUser,
} from '#sync-protocol/testing';
import type { Change } from '../../app/sync/change.ts';
import type { CommitResult, LocalStore } from '../../app/sync/ports.ts';
import type { Backend, Tables } from '../../app/store/tables.ts';
import { withFuse } from '../kit/fuse.ts';

export const me = aUser(1);
export const all: { readonly ops: number; readonly bytes: number } = { ops: limits.opsPerSyncMax, bytes: limits.opsBytesMax };

export function createDevice(backend: Backend, open: (backend: Backend) => LocalStore) {
  let fuse = Number.POSITIVE_INFINITY;
  const burn = () => {
    if (fuse-- <= 0) throw new Error('the disk failed');
  };
  const faulty: Backend = {
    ...backend,
    write: (names, work) => backend.write(names, (tables) => work(withFuse(tables, burn))),
  };
  const store = open(faulty);
  let term: number | undefined;
  const lead = async () => {
    const standpoint = await store.lead();
    term = standpoint.leaderTerm;
    return standpoint;
  };
  const led = async () => term ?? (await lead()).leaderTerm;
  const read = <T>(work: (tables: Tables) => Promise<T>) => backend.read(work);
  const device = {
    store,
    lead,
    backend,
    commit: async (change: Change): Promise<CommitResult> => (await store.commit([change], await led()))[0]!,
    commitAll: async (changes: readonly Change[]): Promise<readonly CommitResult[]> => store.commit(changes, await led()),
    take: async (limit = all) => store.takeNext({ leaderTerm: await led(), limit, skip: new Set() }),
    messages: () => read((tx) => tx.messages.between(aConversation(), { from: 0, to: Number.MAX_SAFE_INTEGER })),
    conversation: (id: ConversationId = aConversation()) => read((tx) => tx.conversations.get(id)),
    outbox: () => read((tx) => tx.outbox.all()),
    dump: () =>
      read(async (tx) => [
        await tx.meta.all(),
        await tx.conversations.all(),
        await tx.messages.all(),
        await tx.outbox.all(),
        await tx.registers.all(),
        await tx.receipts.all(),
      ]),
    failAt: async (n: number, work: () => Promise<unknown>): Promise<unknown> => {
      fuse = n;
      try {
        return await work();
      } catch {
        return 'failed';
      } finally {
        fuse = Number.POSITIVE_INFINITY;
      }
    },
  };
  return device;
}

export const edit = (n: number, target: number, text: string): Op =>
  anOp<'edit'>(n, { type: 'edit', target: anOpId(target), payload: { body: { kind: 'text', text } } });

export const readMarker = (n: number, seq: number): Op =>
  anOp<'read-marker'>(n, { type: 'read-marker', log: selfLog(me), payload: { conversation: aConversation(), seq } });

export const accepted = (seq: number, sent: readonly { opId: Op['opId'] }[]): Change => ({
  kind: 'answers',
  answers: sent.map(({ opId }) => ({ opId, log: aLog(), seq })),
  sent: sent.map(({ opId }) => opId),
});

export const selfRun = (seq: number, event: { type: string; payload: unknown }): Change => ({
  kind: 'self-run',
  run: { ...aRun(seq, seq, { log: selfLog(me) }), items: [anEvent(seq, { opId: anOpId(1_000 + seq), ...event })] },
});

export const aWindow = (from: number, to: number): LogPart & { kind: 'window' } => ({
  kind: 'window',
  log: conversationLog(aConversation()),
  from: 0,
  head: to,
  chain: aChain(to),
  windowStart: from,
  row: aRow(1, to, { lastAt: aTime(to) }),
  state: aState({ asOf: to }),
  messages: Array.from({ length: to - from + 1 }, (_, i) => aMessage(from + i)),
  mentions: [],
});
