/** What must hold of every answer that reaches a device: S9, S10, S12, S13. */
import {
  conversationLog,
  conversationOf,
  isHidden,
  isRefused,
  tilingFault,
  type ConversationId,
  type LogPart,
  type Message,
  type SyncRequest,
  type UserId,
} from '#sync-protocol';
import type { HistoryAnswer, HistoryAsk, SyncAnswer } from '../../app/sync/ports.ts';
import { fromWire } from '../../app/store/message.ts';
import type { CheckDeps } from './world-checks.ts';
import { difference } from './world-oracle.ts';

type Fail = (what: string) => void;

export function checkAnswer(user: UserId, request: SyncRequest, answer: SyncAnswer, deps: CheckDeps, fail: Fail): void {
  if (answer.kind !== 'ok' || deps.restored()) return;
  const { response } = answer;
  for (const part of response.logs) checkPart(user, part, deps, fail);
  for (const given of response.answers) {
    if (isRefused(given)) continue;
    const part = response.logs.find(({ log }) => log === given.log);
    const to = part?.kind === 'run' ? part.to : part?.kind === 'window' || part?.kind === 'reset' ? part.head : undefined;
    const isAsked = request.logs?.some(({ log }) => log === given.log);
    if (isAsked && to !== undefined && to < given.seq && !response.more)
      fail(`S12: ${given.log} is answered at ${given.seq} and shown up to ${to}`);
  }
}

function checkPart(user: UserId, part: LogPart, { oracle, server }: CheckDeps, fail: Fail): void {
  if (part.kind === 'run') {
    const fault = tilingFault(part);
    if (fault) fail(`S9: ${fault}`);
    const events = server.events(part.log);
    for (const item of part.items)
      if (!isHidden(item) && events[item.seq - 1]?.opId !== item.opId) fail(`S13: ${part.log} ${item.seq} is another event`);
  }
  if (part.kind !== 'window' && part.kind !== 'reset') return;
  const id = conversationOf(part.log)!;
  checkSnapshot(user, id, { messages: part.messages, asOf: part.head, from: part.windowStart, to: part.head }, oracle, fail);
}

export function checkPage(
  user: UserId,
  { conversation, atLeast }: HistoryAsk,
  answer: HistoryAnswer,
  { oracle, server, restored }: CheckDeps,
  fail: Fail,
): void {
  if (answer.kind !== 'ok' || restored()) return;
  const { asOf, from, to, messages } = answer.page;
  const isIn = oracle.at(conversation, server.events(conversationLog(conversation)).length).isIn(user);
  if (asOf < atLeast && isIn) fail(`S10: a page as of ${asOf} for a watermark of ${atLeast}`);
  checkSnapshot(user, conversation, { messages, asOf, from, to }, oracle, fail);
}

type Claim = { readonly messages: readonly Message[]; readonly asOf: number; readonly from: number; readonly to: number };

/** Every visible message made in the claim, exactly as of its stamp. */
function checkSnapshot(
  user: UserId,
  id: ConversationId,
  { messages, asOf, from, to }: Claim,
  oracle: CheckDeps['oracle'],
  fail: Fail,
): void {
  const truth = oracle.at(id, asOf);
  const now = oracle.at(id, oracle.head(id));
  const given = new Map(messages.map((message) => [message.id as string, message]));
  for (const one of truth.messages(user)) {
    if (one.seq < from || one.seq > to || !now.sees(user, one.seq)) continue;
    const message = given.get(one.id);
    // What was dropped does not return, and a dropping is not in this log.
    if (!message) continue;
    const why = difference(fromWire(message, asOf, id, user), one);
    if (why) fail(`S10: ${one.seq} as of ${asOf}: ${why}`);
  }
}
