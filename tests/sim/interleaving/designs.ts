import type { Attempt, Design, Done, World } from './world.ts';

/** Which of the two unique indexes the store has. */
export type Fences = { readonly seq: boolean; readonly op: boolean };

const headOf = ({ log }: World): number => Math.max(0, ...log.map(({ seq }) => seq));
const holds = ({ log }: World, seq: number): boolean => seq === 0 || log.some((event) => event.seq === seq);

/** Every design asks first whether the op is there already, and answers from the log if so. */
const look =
  (then: string) =>
  (world: World, { op }: Attempt): Done => ({
    world,
    go: world.log.some((event) => event.op === op) ? 'answered' : { at: then },
  });

/** Inserts at the number held. A store without a fence takes whatever it is given. */
const insert =
  (fences: Fences, onConflict: string) =>
  (world: World, { op, number }: Attempt): Done => {
    if (fences.op && world.log.some((event) => event.op === op)) return { world, go: 'answered' };
    if (fences.seq && world.log.some((event) => event.seq === number)) return { world, go: { at: onConflict } };
    return { world: { ...world, log: [...world.log, { seq: number!, op }] }, go: 'answered' };
  };

/** `INCR seq:<conversation>` hands out a number; the event is inserted with it. */
export const incrementThenInsert = (fences: Fences): Design => ({
  first: 'look',
  steps: {
    look: look('increment'),
    increment: (world) => {
      const number = (world.redis ?? 0) + 1;
      return { world: { ...world, redis: number }, go: { at: 'insert', number } };
    },
    insert: insert(fences, 'increment'),
  },
});

/** The same, but a counter that is gone starts again from the log's highest number. */
export const reseededIncrementThenInsert = (fences: Fences): Design => ({
  first: 'look',
  steps: {
    look: look('increment'),
    increment: (world) => {
      const number = (world.redis ?? headOf(world)) + 1;
      return { world: { ...world, redis: number }, go: { at: 'insert', number } };
    },
    insert: insert(fences, 'increment'),
  },
});

/** A counter document in the database, `$inc`, then insert: durable, and a hole all the same. */
export const counterThenInsert = (fences: Fences): Design => ({
  first: 'look',
  steps: {
    look: look('increment'),
    increment: (world) => {
      const number = world.counter + 1;
      return { world: { ...world, counter: number }, go: { at: 'insert', number } };
    },
    insert: insert(fences, 'increment'),
  },
});

/** Redis says where the log ends; it is moved on before the insert, so that the next writer need not lose a race; it is believed. */
export const trustedHint = (fences: Fences): Design => ({
  first: 'look',
  steps: {
    look: look('read hint'),
    'read hint': (world) => ({ world, go: { at: 'move hint', number: (world.redis ?? headOf(world)) + 1 } }),
    'move hint': (world, { number }) => ({ world: { ...world, redis: number! }, go: { at: 'insert', number: number! } }),
    insert: insert(fences, 'read hint'),
  },
});

/** What we build: read the head, insert just after it, and if that place is taken, decide again. */
export const compareAndAppend = (fences: Fences): Design => ({
  first: 'look',
  steps: {
    look: look('read head'),
    'read head': (world) => ({ world, go: { at: 'insert', number: headOf(world) + 1 } }),
    insert: insert(fences, 'look'),
  },
});

/** The same with the hint, which counts only when the log holds an event of that number; after a lost race the head is read. */
export const verifiedHint = (fences: Fences): Design => ({
  first: 'look',
  steps: {
    look: look('read hint'),
    'read hint': (world) => ({ world, go: { at: 'verify', number: world.redis ?? 0 } }),
    verify: (world, { number }) => ({
      world,
      go: holds(world, number!) ? { at: 'move hint', number: number! + 1 } : { at: 'read head' },
    }),
    'move hint': (world, { number }) => ({ world: { ...world, redis: number! }, go: { at: 'insert', number: number! } }),
    insert: insert(fences, 'look again'),
    'look again': look('read head'),
    'read head': (world) => ({ world, go: { at: 'move hint', number: headOf(world) + 1 } }),
  },
});
