import { limits, Refusal, type LogId, type RefusalCode } from '#sync-protocol';
import { bounds } from './bounds.ts';
import { gatherFacts } from './facts.ts';
import { createHeldLogs } from './held-logs.ts';
import type { Outcomes } from './outcomes.ts';
import { StorageBrokenError, StorageFullError, type EventLog, type Pause, type Random } from './ports.ts';
import { createSettling, type SettlingDeps } from './settling.ts';
import { decidedBy, judge, refuse, type Ticket, type Trial, type TrialDeps } from './trial.ts';

export type CommitDeps = TrialDeps &
  SettlingDeps & { readonly log: EventLog; readonly outcomes: Outcomes; readonly pause: Pause; readonly random: Random };

/**
 * Decides, numbers and stores one batch of one log: one act, because an append succeeds only if nothing came between.
 * Every ticket is settled. Ends after at most `appendAttemptsMax` attempts, and earlier when the store keeps failing. [SQ-2]
 */
export function createCommit(deps: CommitDeps): (log: LogId, tickets: readonly Ticket[]) => Promise<void> {
  const { log: store, pause, random } = deps;
  const heldLogs = createHeldLogs(deps);
  const settling = createSettling(deps);

  return async (log, tickets) => {
    let waiting = tickets;
    let unknown = 0;
    const doubt: Doubt = { is: false };
    for (let attempt = 1; waiting.length > 0 && attempt <= limits.appendAttemptsMax; attempt++) {
      try {
        waiting = await attemptOnce(log, waiting, doubt);
        if (waiting.length > 0) await pause(random() * bounds.racePauseMs * Math.min(attempt, 8));
      } catch (error) {
        heldLogs.forget(log);
        unknown++;
        const code = codeOf(error) ?? (unknown >= bounds.unknownAttemptsMax ? 'unavailable' : undefined);
        if (!code) {
          await pause(random() * bounds.unknownPauseMs * 2 ** unknown);
          continue;
        }
        deps.reportBug(error);
        refuse(waiting, code);
        waiting = [];
      }
    }
    refuse(waiting, 'unavailable');
    // If the store cannot be read either, whoever was to be told asks later by themselves.
    if (doubt.is) await heldLogs.get(log).then(settling.doubt, () => undefined);
  };

  /** Settles what it can, and gives back the tickets that are still to be decided against a newer state. */
  async function attemptOnce(log: LogId, tickets: readonly Ticket[], doubt: Doubt): Promise<readonly Ticket[]> {
    const held = await heldLogs.get(log);
    if (doubt.is) settling.doubt(held);
    doubt.is = false;
    const asked = tickets.filter(({ lane }) => !lane.isStopped).map((ticket) => ticket.asked);
    const facts = await gatherFacts(deps, { log, asked, isFirst: held.position.head === 0 });
    const trial = judge(deps, held, tickets, facts);
    const events = trial.judged.flatMap(({ verdict }) => (verdict.kind === 'accepted' ? [verdict.event] : []));
    if (events.length === 0 && (await isCurrent(trial))) return settling.settle(trial, tickets.length);
    const stored = events.length === 0 ? 0 : await append();
    if (stored > 0 && stored === events.length) {
      heldLogs.keep(trial.after);
      return settling.settle(trial, tickets.length);
    }
    await heldLogs.refresh(held);
    return settling.settle(trial, decidedBy(trial, stored));

    function append(): Promise<number> {
      return store.append(log, held.position.head, events).catch((error: unknown) => {
        doubt.is = true;
        throw error;
      });
    }
  }

  /** A refusal is decided against the head as well, though nothing is appended that would prove it. [SQ-2] */
  async function isCurrent({ held, judged }: Trial): Promise<boolean> {
    if (judged.every(({ verdict }) => verdict.kind === 'repeated')) return true;
    return ((await store.record(held.log))?.head ?? 0) === held.position.head;
  }
}

/** Whether an append may have happened without having been told. */
type Doubt = { is: boolean };

/** What the store said that needs no second try. */
function codeOf(error: unknown): RefusalCode | undefined {
  if (error instanceof StorageFullError) return 'storage-full';
  if (error instanceof StorageBrokenError) return 'unavailable';
  return error instanceof Refusal ? error.code : undefined;
}
