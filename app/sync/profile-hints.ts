import type { Down } from '#sync-protocol';
import type { Change } from './change.ts';
import type { Clock, CommitResult, Random, Report } from './ports.ts';

export interface ProfileHints {
  hear(message: Down & { type: 'profile' }): void;
  stop(): void;
}

type Needs = {
  readonly commit: (change: Change) => Promise<CommitResult>;
  /** Ask for whatever is still lacking by then. */
  readonly ask: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
};

/** Everybody who holds the number of one person hears of a change at the same moment: they ask within this time. */
const ASK_MS_MAX = 2_000;

/** Profiles that were pushed. What they leave open is asked for a little later and all at once. [PR-1] */
export function createProfileHints({ commit, ask, clock, random, report }: Needs): ProfileHints {
  let cancel: (() => void) | undefined;
  const store = async (profile: Extract<Change, { kind: 'profile' }>['profile']) => {
    const result = await commit({ kind: 'profile', profile });
    if (result.kind !== 'committed' || result.people.length === 0) return;
    cancel ??= clock.after(random() * ASK_MS_MAX, () => {
      cancel = undefined;
      ask();
    });
  };
  return {
    hear: ({ profile }) => {
      store(profile).catch((error: unknown) => report('live: a profile could not be stored', error));
    },
    stop: () => cancel?.(),
  };
}
