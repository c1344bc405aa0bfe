import { refusals, type Answer, type LogId, type RefusalCode } from '#sync-protocol';
import { bounds } from './bounds.ts';
import { decide, opIdOf, type Asked, type Batch, type Facts, type Verdict } from './decide.ts';
import type { HeldLog } from './held-logs.ts';
import type { Clock, Hashes, ReportBug } from './ports.ts';

/** The ops of one call in one log: after a retryable refusal none of the rest is tried. [LN-1, LN-2] */
export type Lane = { isStopped: boolean };

/** Something in the queue of a log. */
export type Ticket = { readonly asked: Asked; readonly lane: Lane; readonly settle: (answer: Answer) => void };

/** A batch decided against one state of its log, before anything is stored. */
export type Trial = {
  readonly log: LogId;
  readonly held: HeldLog;
  readonly judged: readonly { readonly ticket: Ticket; readonly verdict: Verdict }[];
  /** The log as it will be if all of it is stored. */
  readonly after: HeldLog;
};

export type TrialDeps = { readonly hashes: Hashes; readonly clock: Clock; readonly reportBug: ReportBug };

export function judge(deps: TrialDeps, held: HeldLog, tickets: readonly Ticket[], facts: Facts): Trial {
  let batch: Batch = { held, stored: facts.stored, messages: facts.messages, registers: facts.registers };
  const stopped = new Set<Lane>();
  const judged = tickets.map((ticket) => {
    const { asked, lane } = ticket;
    let verdict: Verdict = { kind: 'refused', answer: { opId: opIdOf(asked), refusal: 'untried' } };
    if (!lane.isStopped && !stopped.has(lane)) ({ verdict, batch } = decideSafely(deps, batch, asked, facts));
    if (verdict.kind === 'refused' && isRetryable(verdict.answer.refusal)) stopped.add(lane);
    return { ticket, verdict };
  });
  return { log: held.log, held, judged, after: batch.held };
}

/** A mistake of ours in one op must not stop the log for everybody. */
function decideSafely(
  { hashes, clock, reportBug }: TrialDeps,
  batch: Batch,
  asked: Asked,
  facts: Facts,
): ReturnType<typeof decide> {
  try {
    return decide(batch, asked, facts, { hashes, nowMs: clock.now() });
  } catch (error) {
    reportBug(error);
    return { verdict: { kind: 'refused', answer: { opId: opIdOf(asked), refusal: 'internal' } }, batch };
  }
}

/** How many judged tickets are decided for good once the first `stored` of the accepted ones are. */
export function decidedBy({ judged }: Trial, stored: number): number {
  if (stored === 0) return 0;
  const accepted = judged.flatMap(({ verdict }, i) => (verdict.kind === 'accepted' ? [i] : []));
  return accepted[stored - 1]! + 1;
}

/** Refuses tickets without having decided them. The first of each lane says why. */
export function refuse(tickets: readonly Ticket[], code: RefusalCode): void {
  for (const { asked, lane, settle } of tickets) {
    const refusal = lane.isStopped ? 'untried' : code;
    lane.isStopped = true;
    settle({ opId: opIdOf(asked), refusal, retryAfterMs: bounds.retryAfterMs });
  }
}

export const isRetryable = (code: RefusalCode): boolean => refusals[code].remedy === 'retry';
