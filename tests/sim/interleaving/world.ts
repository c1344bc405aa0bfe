import type { Model, Step } from './explore.ts';

/** One server's try at storing one op. `at` is the step of its design that comes next, `number` what it holds from earlier ones. */
export type Attempt = { readonly op: number; readonly at: string; readonly number?: number };

/**
 * Three people each send one op. A client that hears nothing sends again, to another server, while its first attempt may
 * still be running: a zombie. Any attempt may die between two of its steps. Redis may be wiped, and may fail over to a
 * replica that is older.
 */
export type World = {
  readonly log: readonly { readonly seq: number; readonly op: number }[];
  readonly attempts: readonly Attempt[];
  /** A number that only grows, in the database (for the design that counts there). */
  readonly counter: number;
  readonly redis: number | null;
  readonly replica: number | null;
  readonly answered: readonly number[];
  /** What may still go wrong. */
  readonly left: Bounds;
};

/** How often each thing may go wrong, so that the model is finite. */
export type Bounds = { readonly retries: number; readonly crashes: number; readonly wipes: number; readonly failovers: number };

/** What one step of an attempt does: it goes on at another step, or it is answered. */
export type Done = { readonly world: World; readonly go: Omit<Attempt, 'op'> | 'answered' };
export type Design = {
  readonly first: string;
  readonly steps: Readonly<Record<string, (world: World, attempt: Attempt) => Done>>;
};

const ops = [1, 2, 3];

export function createModel({ first, steps }: Design, left: Bounds): Model<World> {
  const initial: World = {
    log: [],
    attempts: ops.map((op) => ({ op, at: first })),
    counter: 0,
    redis: null,
    replica: null,
    answered: [],
    left,
  };
  const places = new Map(Object.keys(steps).map((at, i) => [at, i]));
  return {
    initial,
    next: (world) => [...running(world, steps), ...failing(world, first), ...redisFailing(world)],
    flaw,
    key: (world) => keyOf(world, places),
  };
}

/** Hundreds of thousands of worlds are compared, so it is short: one character a number, `place` of a step for its name. */
function keyOf({ log, attempts, counter, redis, replica, answered, left }: World, places: ReadonlyMap<string, number>): string {
  const { retries, crashes, wipes, failovers } = left;
  const numbers = [log.length, counter, (redis ?? -1) + 1, (replica ?? -1) + 1, retries, crashes, wipes, failovers];
  for (const { seq, op } of log) numbers.push(seq, op);
  for (const { op, at, number } of attempts) numbers.push(op, places.get(at)!, (number ?? -1) + 1);
  return String.fromCharCode(...numbers, ...answered);
}

function running(world: World, steps: Design['steps']): readonly Step<World>[] {
  return world.attempts.map((attempt, i) => {
    const { world: after, go } = steps[attempt.at]!(world, attempt);
    const name = `${attempt.op}: ${attempt.at}`;
    if (go !== 'answered') {
      return { name, state: settled({ ...after, attempts: world.attempts.with(i, { op: attempt.op, ...go }) }) };
    }
    const answered = [...new Set([...world.answered, attempt.op])].toSorted((a, b) => a - b);
    return { name, state: settled({ ...after, answered, attempts: world.attempts.toSpliced(i, 1) }) };
  });
}

/** Attempts at the same op are alike: their order is no difference. */
function settled(world: World): World {
  const attempts = world.attempts.toSorted((a, b) => a.op - b.op || compare(a.at, b.at) || (a.number ?? -1) - (b.number ?? -1));
  return { ...world, attempts, log: world.log.toSorted((a, b) => a.seq - b.seq || a.op - b.op) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function failing(world: World, first: string): readonly Step<World>[] {
  const { left, attempts, answered } = world;
  const crashes = attempts.map((attempt, i) => ({
    name: `${attempt.op}: crash`,
    state: { ...world, attempts: attempts.toSpliced(i, 1), left: { ...left, crashes: left.crashes - 1 } },
  }));
  const retries = ops
    .filter((op) => !answered.includes(op))
    .map((op) => ({
      name: `${op}: send again`,
      state: settled({ ...world, attempts: [...attempts, { op, at: first }], left: { ...left, retries: left.retries - 1 } }),
    }));
  return [...(left.crashes > 0 ? crashes : []), ...(left.retries > 0 ? retries : [])];
}

function redisFailing(world: World): readonly Step<World>[] {
  const { left, redis, replica } = world;
  const steps: Step<World>[] = [];
  if (left.wipes > 0)
    steps.push({ name: 'Redis wiped', state: { ...world, redis: null, left: { ...left, wipes: left.wipes - 1 } } });
  if (left.failovers > 0) {
    steps.push({ name: 'replica catches up', state: { ...world, replica: redis } });
    const after = { ...left, failovers: left.failovers - 1 };
    steps.push({ name: 'Redis fails over', state: { ...world, redis: replica, left: after } });
  }
  return steps;
}

function flaw({ log, answered }: World): string | undefined {
  const seqs = new Set(log.map(({ seq }) => seq));
  if (seqs.size < log.length) return 'duplicate seq';
  if (new Set(log.map(({ op }) => op)).size < log.length) return 'same op twice';
  if (log.some(({ seq }) => seq > 1 && !seqs.has(seq - 1))) return 'hole visible';
  if (answered.some((op) => !log.some((event) => event.op === op))) return 'answered, but not stored';
  return undefined;
}
