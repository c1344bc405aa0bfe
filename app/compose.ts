/**
 * The app of one signed-in person, put together. `main.tsx` calls `createChatter` after sign-in (or at start, when a session
 * is remembered and `signedOutMark.isSet()` is false), wraps the screens in `<ChatterProvider chatter={chatter}>` of
 * app/store/queries/provider.tsx, and calls `stop` or `signOut` at the end.
 *
 *   const chatter = await createChatter({ user, network, onEnded: (why) => …, report });
 *   chatter.commands.sendMessage(…)      // writes
 *   useConversationList('all')           // reads, in app/store/queries
 *   chatter.state                        // link, countdown, catching up, storage: useLink()
 *
 * `onEnded`: `signed-out` keep everything, ask for a code, then call createChatter again · `revoked` the database is
 * already deleted · `update` load the new app · `closed` a newer tab took the database: reload.
 */
import type { UserId } from '#sync-protocol';
import { createClock } from './platform/clock.ts';
import { digest } from './platform/digest.ts';
import { createIds } from './platform/ids.ts';
import { createLeadership } from './platform/leadership.ts';
import type { Network } from './platform/network.ts';
import { random } from './platform/random.ts';
import { signedOutMark } from './platform/signed-out-mark.ts';
import { askToPersist, readStorageInfo, type StorageInfo } from './platform/storage.ts';
import { watchedLead, type Lead } from './platform/watched-lead.ts';
import { whenShown, type Shown } from './platform/when-shown.ts';
import { openStore } from './store/open-store.ts';
import type { StoreReads } from './store/reads.ts';
import type { Commands } from './sync/commands-api.ts';
import { createSession, type Ended, type Session } from './sync/session.ts';
import { createCell, type EngineState, type Observable } from './sync/state.ts';
import { createTransport } from './transport/transport.ts';
import { withWireLog, type WireLog } from './transport/wire-log.ts';

export interface Chatter {
  readonly user: UserId;
  readonly commands: Commands;
  /** What the queries read. Screens use the hooks. */
  readonly reads: StoreReads;
  readonly state: Observable<EngineState>;
  /** Whether the screens have what they first asked the disk for. What nobody waits for comes after it. */
  readonly shown: Observable<Shown>;
  /** Whether this tab leads. */
  readonly lead: Observable<Lead>;
  readonly storageInfo: () => Promise<StorageInfo>;
  /** The last messages of the wire, without what anybody wrote. */
  readonly wire: Observable<WireLog>;
  /** Typing and presence, as they come. */
  readonly heard: Session['heard'];
  /** Stops the engine and closes the database. Everything stays on disk. */
  stop(): Promise<void>;
  /** Signs this device out here: stops, deletes the person's database and leaves the mark. Ending the session is a request of its own. */
  signOut(): Promise<void>;
}

export type ChatterOptions = {
  readonly user: UserId;
  readonly network: Network;
  /** Where the server is; the page's own origin unless a test says otherwise. */
  readonly origin?: string;
  readonly onEnded: (why: Ended) => void;
  readonly report: (what: string, detail?: unknown) => void;
};

export async function createChatter({ user, network, origin = '', onEnded, report }: ChatterOptions): Promise<Chatter> {
  const clock = createClock();
  const ids = createIds(clock, random);
  const store = await openStore({ user, onClosed: () => onEnded('closed'), report });
  const { transport, log: wire } = withWireLog(network.guard(createTransport(origin, report)), clock.now);
  const { leadership, lead } = watchedLead(createLeadership(user, report));
  const session = createSession({
    user,
    store: store.local,
    storage: store.kind,
    transport,
    clock,
    random,
    ids,
    digest,
    leadership,
    connectivity: network,
    report,
    onEnded,
  });
  askToPersist(report);
  let isStopped = false;
  const shown = createCell<Shown>({ isShown: false });
  // The engine begins with a write, and in IndexedDB a read that comes after a write waits for it.
  void whenShown(store.reads.isAtRest, clock).then(() => {
    if (isStopped) return;
    shown.set({ isShown: true });
    session.start();
  });
  return {
    user,
    commands: session.commands,
    reads: store.reads,
    state: session.state,
    shown,
    lead,
    storageInfo: readStorageInfo,
    wire,
    heard: session.heard,
    stop: () => {
      isStopped = true;
      return session.stop();
    },
    signOut: async () => {
      isStopped = true;
      signedOutMark.set();
      await session.signOut();
    },
  };
}
