import type { Random } from './random.ts';

type Event = { readonly at: number; readonly n: number; readonly label: string; readonly work: () => void };

/**
 * Time that passes only from event to event. Between two events everything that was started runs to its end, so one seed
 * gives one story; `trace` is its fingerprint.
 */
export interface VirtualTime {
  /** Milliseconds since the world began. */
  now(): number;
  /** Runs `work` once after `ms`, and answers how to prevent it. */
  after(ms: number, label: string, work: () => void): () => void;
  sleep(ms: number, label: string): Promise<void>;
  /** The next event and all that follows from it at once. `false`: nothing is left to happen. */
  step(): Promise<boolean>;
  runUntil(at: number): Promise<void>;
  /** Work outside of virtual time (a real database) that must end before the next event. */
  busy<T>(work: Promise<T>): Promise<T>;
  note(label: string): void;
  trace(): string;
}

const FNV_PRIME = 0x01000193;

export function createVirtualTime(): VirtualTime {
  const queue = createQueue();
  let nowMs = 0;
  let n = 0;
  let hash = 0x811c9dc5;
  let pending = 0;

  const note = (label: string) => {
    for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), FNV_PRIME);
    hash = Math.imul(hash ^ (nowMs | 0), FNV_PRIME);
  };
  /** A turn of the event loop lets every promise that can settle do so. */
  const rest = async () => {
    do await new Promise<void>((resolve) => void setImmediate(resolve));
    while (pending > 0);
  };
  const after: VirtualTime['after'] = (ms, label, work) => queue.add({ at: nowMs + Math.max(0, ms), n: n++, label, work });
  const step = async (): Promise<boolean> => {
    const event = queue.take();
    if (!event) return false;
    nowMs = Math.max(nowMs, event.at);
    note(event.label);
    event.work();
    await rest();
    return true;
  };
  return {
    now: () => nowMs,
    after,
    sleep: (ms, label) => new Promise((resolve) => void after(ms, label, resolve)),
    step,
    runUntil: async (at) => {
      await rest();
      while ((queue.nextAt() ?? Number.POSITIVE_INFINITY) <= at) await step();
      nowMs = Math.max(nowMs, at);
    },
    busy: async (work) => {
      pending++;
      try {
        return await work;
      } finally {
        pending--;
      }
    },
    note,
    trace: () => (hash >>> 0).toString(16).padStart(8, '0'),
  };
}

/** A binary heap by time, then by order of asking. */
function createQueue() {
  const heap: (Event & { isOff?: boolean })[] = [];
  const before = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.n < b.n);
  const swap = (i: number, j: number) => ([heap[i], heap[j]] = [heap[j]!, heap[i]!]);
  const pop = () => {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    heap[0] = last;
    for (let i = 0; ;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
      if (least === i) return top;
      swap(i, least);
      i = least;
    }
  };
  const skipCancelled = () => {
    while (heap[0]?.isOff) pop();
  };
  return {
    add: (event: Event) => {
      const entry: Event & { isOff?: boolean } = event;
      heap.push(entry);
      for (let i = heap.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (!before(heap[i]!, heap[parent]!)) break;
        swap(i, parent);
        i = parent;
      }
      return () => {
        entry.isOff = true;
      };
    },
    take: (): Event | undefined => {
      skipCancelled();
      return pop();
    },
    nextAt: (): number | undefined => {
      skipCancelled();
      return heap[0]?.at;
    },
  };
}

/** A delay like those of a network: mostly short, sometimes long. */
export const someDelay = (random: Random, { usual, rare }: { usual: number; rare: number }): number =>
  random.chance(0.9) ? random.below(usual) : random.below(rare);
