import type { Down, Link } from '#sync-protocol';

/** What is told once and never stored. */
export type Volatile = Down & { type: 'typing' | 'presence' };

/** What the screens may know of the engine. */
export type EngineState = {
  readonly link: Link;
  /** When the next attempt is, on the device's clock, while waiting for one. */
  readonly nextTryAtMs?: number;
  /** Conversations that are known to have more than is held. */
  readonly catchingUp: number;
  /** Whether everything survives closing the browser. */
  readonly storage: 'disk' | 'memory';
  /** The disk is full: nothing received can be stored, what is written here still can. */
  readonly isDiskFull: boolean;
};

/** A value that tells when it is another one. */
export interface Observable<T> {
  get(): T;
  subscribe(changed: () => void): () => void;
}

export interface Cell<T> extends Observable<T> {
  set(value: T): void;
}

export function createCell<T extends object>(initial: T): Cell<T> {
  const listeners = new Set<() => void>();
  let held = initial;
  return {
    get: () => held,
    set: (value) => {
      if (same(held, value)) return;
      held = value;
      for (const changed of listeners) changed();
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

/** So that nobody renders again for the same facts. */
function same(a: object, b: object): boolean {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return left.length === right.length && left.every(([key, value]) => (b as Record<string, unknown>)[key] === value);
}
