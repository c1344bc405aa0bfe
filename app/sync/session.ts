import type { ConversationId, Interval, UserId } from '#sync-protocol';
import type { Commands } from './commands-api.ts';
import { createCommands } from './commands.ts';
import type { EngineRules } from './engine-rules.ts';
import { createEngine, type Engine } from './engine.ts';
import type { FillResult } from './filler.ts';
import type { Clock, Connectivity, Digest, Ids, Leadership, LocalStore, Random, Report, Transport } from './ports.ts';
import { createCell, type EngineState, type Observable, type Volatile } from './state.ts';
import { createTabs } from './tabs.ts';

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
  const { store, clock, leadership, report, onEnded } = needs;
  const state = createCell<EngineState>({ link: { at: 'offline' }, catchingUp: 0, storage: needs.storage, isDiskFull: false });
  const listeners = new Set<(message: Volatile) => void>();
  const tell = (message: Volatile) => listeners.forEach((listener) => listener(message));
  let engine: Engine | undefined;
  let isStopped = false;

  const tabs = createTabs({
    me: needs.ids.next(),
    leadership,
    clock,
    state,
    engine: () => engine,
    volatile: tell,
  });
  const endWith = async (why: 'signed-out' | 'revoked' | 'client-too-old') => {
    if (why === 'revoked') {
      await stop();
      await store.wipe();
    }
    onEnded(why === 'client-too-old' ? 'update' : why);
  };
  const lead = async () => {
    const standpoint = await store.lead();
    if (isStopped) return;
    engine?.stop();
    engine = createEngine(
      {
        ...needs,
        state,
        open: tabs.shown,
        volatile: (message) => {
          tell(message);
          tabs.tellOthers(message);
        },
        superseded: () => {
          engine = undefined;
          leadership.yield();
        },
        ended: (why) => void endWith(why).catch((error: unknown) => report('session: could not be ended', error)),
      },
      standpoint,
    );
    tabs.greet();
  };
  const follow = () => {
    engine?.stop();
    engine = undefined;
  };
  async function stop(): Promise<void> {
    isStopped = true;
    follow();
    tabs.stop();
    leadership.stop();
    await Promise.resolve(store.close());
  }
  const commands = createCommands({
    ...needs,
    nudge: tabs.nudge,
    engine: {
      tryNow: tabs.tryNow,
      open: (conversation: ConversationId) => tabs.show(conversation, true),
      close: (conversation: ConversationId) => tabs.show(conversation, false),
      fill: (conversation: ConversationId, interval: Interval): Promise<FillResult> => tabs.fill(conversation, interval),
    },
  });
  return {
    commands,
    state,
    heard: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () =>
      leadership.start({
        lead: () => void lead().catch((error: unknown) => report('session: could not lead', error)),
        lost: follow,
        heard: tabs.heard,
      }),
    stop,
    signOut: async () => {
      await stop();
      await store.wipe();
    },
  };
}
