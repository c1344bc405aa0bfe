/** Messages through pairs: as many as go, or so many a second. A run in which one does not arrive is void. */
import { until } from '../../tests/e2e/kit/until.ts';
import { percentile } from './figure.ts';
import { type Pair, textOf } from './pairs.ts';

/** What has been sent and not yet heard. Listens for as long as the pairs live. */
export interface Traffic {
  /** `inFlight` unacknowledged ones a pair, for this long. Answers messages a second, each acknowledged and heard. */
  flood(options: { readonly inFlight: number; readonly ms: number }): Promise<number>;
  /** At this rate, whatever comes back. From saying to hearing. */
  trickle(options: { readonly perSecond: number; readonly ms: number }): Promise<{ readonly p50: number; readonly p99: number }>;
}

export function createTraffic(pairs: readonly Pair[]): Traffic {
  const saidAtMs = new Map<string, number>();
  let tookMs: number[] = [];
  let lastN = 0;
  for (const pair of pairs) {
    pair.onHeard((text) => {
      const at = saidAtMs.get(text);
      if (at === undefined) return;
      saidAtMs.delete(text);
      tookMs.push(performance.now() - at);
    });
  }
  async function say(index: number): Promise<void> {
    const text = textOf(index, ++lastN);
    saidAtMs.set(text, performance.now());
    await pairs[index]!.say(text);
  }
  const allHeard = (): Promise<boolean> => until(() => saidAtMs.size === 0, 'every message to be heard', 10_000);

  return {
    flood: async ({ inFlight, ms }) => {
      tookMs = [];
      const startedMs = performance.now();
      const keepSaying = async (index: number): Promise<void> => {
        while (performance.now() - startedMs < ms) await say(index);
      };
      await Promise.all(pairs.flatMap((_, index) => Array.from({ length: inFlight }, () => keepSaying(index))));
      const seconds = (performance.now() - startedMs) / 1_000;
      await allHeard();
      return tookMs.length / seconds;
    },
    trickle: async ({ perSecond, ms }) => {
      tookMs = [];
      const startedMs = performance.now();
      const acknowledged: Promise<void>[] = [];
      const total = Math.round((perSecond * ms) / 1_000);
      while (acknowledged.length < total) {
        const due = Math.min(total, Math.ceil(((performance.now() - startedMs) * perSecond) / 1_000));
        while (acknowledged.length < due) acknowledged.push(say(acknowledged.length % pairs.length));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await Promise.all(acknowledged);
      await allHeard();
      const sorted = tookMs.toSorted((a, b) => a - b);
      return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
    },
  };
}
