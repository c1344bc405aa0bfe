import { afterRefusal, conversationOf, isRefused, type Accepted, type Refused } from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import { move, park, release, take, undoCancelled, wasAttempted } from '../outbox.ts';
import type { Scope } from '../outcome.ts';
import type { OutboxRecord } from '../rows.ts';
import { watermarkOf } from '../watermarks.ts';

/** What the server said to ops; and of ops it said nothing of, nothing is known. [OB-1, OB-5, RF-2] */
export async function applyAnswers(scope: Scope, { answers, sent }: ChangeOf<'answers'>): Promise<undefined> {
  const answered = new Set<string>();
  for (const answer of answers) {
    answered.add(answer.opId);
    const entry = await entryOf(scope, answer.opId);
    if (isRefused(answer)) {
      if (entry?.state.at === 'sending') await refuse(scope, entry, answer);
    } else await accept(scope, entry, answer);
  }
  await applyRetry(scope, { kind: 'retry', opIds: sent.filter((opId) => !answered.has(opId)) });
  return undefined;
}

/** Nothing is known of these: the same bytes again, later. */
export async function applyRetry(scope: Scope, { opIds }: ChangeOf<'retry'>): Promise<undefined> {
  for (const opId of opIds) {
    const entry = await entryOf(scope, opId);
    if (entry?.state.at === 'sending') await move(scope, entry, { at: 'queued', attempted: true });
  }
  return undefined;
}

/** Too large even alone. */
export async function applyPark(scope: Scope, { opId }: ChangeOf<'park'>): Promise<undefined> {
  const entry = await entryOf(scope, opId);
  if (entry) await park(scope, entry, 'too-large');
  return undefined;
}

const entryOf = async ({ tx }: Scope, opId: string): Promise<OutboxRecord | undefined> =>
  (await tx.outbox.all()).find((entry) => entry.opId === opId);

async function accept(scope: Scope, entry: OutboxRecord | undefined, { opId, log, seq }: Accepted): Promise<void> {
  await undoCancelled(scope, new Set([opId]));
  if (!entry) return;
  scope.outcome.nudge = true;
  const state = { at: 'answered', seq } as const;
  // Of a conversation that is no more on this device, or removed up to there, no watermark will ever pass it.
  const conversation = conversationOf(log);
  const record = conversation && (await scope.tx.conversations.get(conversation));
  const passed = Math.max(await watermarkOf(scope.tx, log), record?.droppedUpTo ?? 0);
  const isGone = conversation !== undefined && !record;
  if (isGone || scope.device.rules.isSettled({ ...entry, state }, passed)) await take(scope, [entry]);
  else await move(scope, entry, state);
  await release(scope, [entry]);
}

async function refuse(scope: Scope, entry: OutboxRecord, { refusal }: Refused): Promise<void> {
  switch (afterRefusal(refusal)) {
    case 'park':
      return park(scope, entry, refusal);
    case 'halve':
    case 'retry':
      // What was refused was decided, but an earlier attempt of the same op may still be under way.
      return move(scope, entry, { at: 'queued', attempted: wasAttempted(entry.state) });
  }
}
