import { selfLog, type ConversationId, type RefusalCode, type SyncRequest, type SyncResponse, type UserId } from '#sync-protocol';
import type { EngineRules } from './engine-rules.ts';
import { movesHeads, type Memory } from './memory.ts';
import type { CommitAll, Outgoing, Report, SyncAnswer, Transport } from './ports.ts';
import type { Pusher } from './pusher.ts';
import type { Receiver } from './receiver.ts';
import { buildRequest } from './request.ts';
import { applyResponse } from './response.ts';

export type RoundNeeds = {
  readonly me: UserId;
  readonly memory: Memory;
  readonly transport: Transport;
  readonly commitAll: CommitAll;
  readonly pusher: () => Pusher;
  readonly receiver: Receiver;
  readonly report: Report;
  readonly open: () => ReadonlySet<ConversationId>;
  readonly ended: (refusal: RefusalCode) => void;
  readonly wait: (conversation: ConversationId, ms: number) => void;
  readonly isStopped: () => boolean;
  readonly rules: EngineRules;
};

export type RoundAsk = { readonly heads: boolean; readonly onlyOps: boolean; readonly since: number | undefined };

export type Round =
  /** `overtaken`: something else moved a conversation meanwhile, so the server's root may be the older one. */
  | { readonly kind: 'ok'; readonly response: SyncResponse; readonly moved: boolean; readonly overtaken: boolean }
  | { readonly kind: 'failed'; readonly askedMs?: number }
  /** Its answer fits no more what is held: ask anew. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'nothing-to-send' }
  | { readonly kind: 'ended' };

/** One request and what came of it. While it is under way, live runs it may speak of are kept aside. [EN-2] */
export function createRounds(needs: RoundNeeds): (ask: RoundAsk) => Promise<Round> {
  const { me, memory, transport, pusher, receiver, open } = needs;
  let own = 0;
  const commitAll: CommitAll = async (changes) => {
    const results = await needs.commitAll(changes);
    own += results.filter((result) => result.kind === 'committed' && movesHeads(result)).length;
    return results;
  };
  const othersMoves = () => memory.moves() - own;
  const versions = new Map<ConversationId, number>();
  return async ({ heads, onlyOps, since }) => {
    const sent = await pusher().takeForSync();
    if (onlyOps && sent.length === 0) return { kind: 'nothing-to-send' };
    const request = buildRequest(memory, { open: open(), since, heads, ops: sent, versions });
    if (needs.rules.holdsBack()) receiver.hold([selfLog(me), ...(request.logs ?? []).map(({ log }) => log)]);
    const movesBefore = othersMoves();
    try {
      const answer = await transport.sync(request);
      if (needs.isStopped()) return { kind: 'ended' };
      const round = await take({ ...needs, commitAll }, request, sent, answer);
      if (round.kind !== 'ok') return round;
      for (const { conversation, people } of round.response.receipts) {
        versions.set(conversation, Math.max(versions.get(conversation) ?? 0, ...people.map(({ version }) => version)));
      }
      return { ...round, overtaken: othersMoves() !== movesBefore };
    } catch (error) {
      pusher().lost(sent);
      throw error;
    } finally {
      receiver.release();
    }
  };
}

async function take(needs: RoundNeeds, request: SyncRequest, sent: readonly Outgoing[], answer: SyncAnswer): Promise<Round> {
  const { memory, commitAll, pusher, report, wait, rules } = needs;
  switch (answer.kind) {
    case 'unreachable':
      await pusher().answered(sent, undefined);
      return { kind: 'failed' };
    case 'refused':
      return takeRefusal(needs, answer, sent);
    case 'ok':
  }
  const { response } = answer;
  if (!rules.standsStill(memory, request)) {
    await pusher().answered(sent, response.answers);
    return { kind: 'stale' };
  }
  const sentIds = sent.map(({ opId }) => opId);
  pusher().heard(sent, response.answers);
  const applied = await applyResponse({ memory, commitAll, report, wait }, request, response, sentIds);
  if (applied.kind === 'superseded') return { kind: 'ended' };
  return { kind: 'ok', response, moved: applied.moved, overtaken: false };
}

async function takeRefusal(
  { pusher, ended }: RoundNeeds,
  { refusal, retryAfterMs, answers }: Extract<SyncAnswer, { kind: 'refused' }>,
  sent: readonly Outgoing[],
): Promise<Round> {
  if (refusal === 'too-large' && sent.length > 0) await pusher().tooLarge(sent);
  else await pusher().answered(sent, answers);
  if (refusal === 'signed-out' || refusal === 'revoked' || refusal === 'client-too-old') {
    ended(refusal);
    return { kind: 'ended' };
  }
  return { kind: 'failed', ...(retryAfterMs !== undefined && { askedMs: retryAfterMs }) };
}
