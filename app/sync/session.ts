import type { UserId } from '#sync-protocol';
import type { Commands } from './commands-api.ts';
import { createCommands } from './commands.ts';
import type { EngineRules } from './engine-rules.ts';
import { createEngine, type Engine } from './engine.ts';
import {
  StorageError,
  type Clock,
  type Connectivity,
  type Digest,
  type Ids,
  type Leadership,
  type LocalStore,
  type Random,
  type Report,
  type Transport,
} from './ports.ts';
import { createCell, type Cell, type EngineState, type Observable, type Volatile } from './state.ts';
import { createTabs, type Tabs } from './tabs.ts';

/** Why the app cannot go on as it is. `closed`: a newer tab took the database. */
export type Ended = 'signed-out' | 'revoked' | 'update' | 'closed';

export type SessionNeeds = {
  readonly user: UserId;
  readonly store: LocalStore;
  readonly storage: 'disk' | 'memory';
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly leadership: Leadership;
  readonly connectivity: Connectivity;
  readonly report: Report;
  readonly onEnded: (why: Ended) => void;
  readonly rules?: EngineRules;
};

export interface Session {
  readonly commands: Commands;
  readonly state: Observable<EngineState>;
  /** Typing and presence, as they come. */
  heard(listener: (message: Volatile) => void): () => void;
  start(): void;
  stop(): Promise<void>;
  /** Deletes everything of this person on this device. */
  signOut(): Promise<void>;
}

/** One signed-in person in one tab. The leading tab runs the engine; every tab stages, and asks the leader for the rest. [EN-10] */
export function createSession(needs: SessionNeeds): Session {
  const { store, clock, leadership, report } = needs;
  // Until an engine says more: whether there is one to be had, the browser knows. Somebody who starts is not told "offline" first.
  const link = needs.connectivity.isOnline() ? ({ at: 'connecting', attempt: 0 } as const) : ({ at: 'offline' } as const);
  const state = createCell<EngineState>({ link, catchingUp: 0, storage: needs.storage, isDiskFull: false });
  const { heard, tell } = createEars();
  const lead = createLead({ ...needs, state, tell, tabs: () => tabs, ended });
  const tabs = createTabs({ me: needs.ids.next(), leadership, clock, state, engine: lead.engine, volatile: tell });

  async function stop(): Promise<void> {
    lead.end();
    tabs.stop();
    leadership.stop();
    store.close();
  }
  async function wipe(): Promise<void> {
    await stop();
    await store.wipe();
  }
  function ended(why: 'signed-out' | 'revoked' | 'client-too-old'): void {
    const over = why === 'revoked' ? wipe() : Promise.resolve();
    over
      .catch((error: unknown) => report('session: the database could not be deleted', error))
      .finally(() => needs.onEnded(why === 'client-too-old' ? 'update' : why));
  }
  const { tryNow, show, fill, nudge } = tabs;
  return {
    commands: createCommands({
      ...needs,
      nudge,
      engine: { tryNow, open: (id) => show(id, true), close: (id) => show(id, false), fill },
    }),
    state,
    heard,
    start: () => {
      leadership.start({
        lead: () => void lead.begin().catch((error: unknown) => report('session: could not lead', error)),
        lost: lead.follow,
        heard: tabs.heard,
      });
      // Whoever leads says how the engine fares: a tab opened later would show "offline" until that next changed.
      tabs.greet();
    },
    stop,
    signOut: wipe,
  };
}

function createEars() {
  const listeners = new Set<(message: Volatile) => void>();
  return {
    tell: (message: Volatile) => listeners.forEach((listener) => listener(message)),
    heard: (listener: (message: Volatile) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type LeadNeeds = SessionNeeds & {
  readonly state: Cell<EngineState>;
  readonly tell: (message: Volatile) => void;
  readonly tabs: () => Tabs;
  readonly ended: (why: 'signed-out' | 'revoked' | 'client-too-old') => void;
};

const LEAD_AGAIN_MS = 3_000;

/** The engine while this tab leads. Its term is taken on disk first: whoever led before stores nothing any more. [LS-4] */
function createLead(needs: LeadNeeds) {
  const { store, leadership, tell, tabs, clock, state, report } = needs;
  let engine: Engine | undefined;
  let isOver = false;
  let again: (() => void) | undefined;
  const follow = () => {
    again?.();
    again = undefined;
    engine?.stop();
    engine = undefined;
  };
  const begin = async (): Promise<void> => {
    try {
      const standpoint = await store.lead();
      if (isOver) return;
      follow();
      state.set({ ...state.get(), isDiskFull: false });
      engine = createEngine({ ...needs, open: tabs().shown, volatile, superseded }, standpoint);
      tabs().greet();
    } catch (error) {
      // A term is a write: on a full disk there is none until there is room.
      const isDiskFull = error instanceof StorageError && error.fault === 'full';
      if (isDiskFull) state.set({ ...state.get(), isDiskFull });
      else report('session: could not lead', error);
      if (!isOver) again = clock.after(LEAD_AGAIN_MS, () => void begin());
    }
  };
  const volatile = (message: Volatile) => {
    tell(message);
    tabs().tellOthers(message);
  };
  const superseded = () => {
    engine = undefined;
    leadership.yield();
  };
  return {
    engine: () => engine,
    follow,
    end: () => {
      isOver = true;
      follow();
    },
    begin,
  };
}
