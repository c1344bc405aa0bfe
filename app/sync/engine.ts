import { limits, type ConversationId, type Down, type Interval, type RefusalCode, type UserId } from '#sync-protocol';
import type { Change } from './change.ts';
import { engineRules, type EngineRules } from './engine-rules.ts';
import { createFiller, type FillResult } from './filler.ts';
import { createHints } from './hints.ts';
import { createLinkKeeper, type LinkKeeper } from './link-keeper.ts';
import { createMemory, type Memory } from './memory.ts';
import {
  StorageError,
  type Clock,
  type CommitAll,
  type CommitResult,
  type Connectivity,
  type LocalStore,
  type Random,
  type Report,
  type Socket,
  type Standpoint,
  type Transport,
} from './ports.ts';
import { createProfileHints, type ProfileHints } from './profile-hints.ts';
import { createPusher, type Pusher } from './pusher.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import type { Cell, EngineState } from './state.ts';
import { createSyncer, type Syncer } from './syncer.ts';

export type EngineNeeds = {
  readonly user: UserId;
  readonly store: LocalStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly connectivity: Connectivity;
  readonly report: Report;
  readonly state: Cell<EngineState>;
  /** What this tab and the others have on screen. */
  readonly open: () => ReadonlySet<ConversationId>;
  readonly volatile: (message: Down & { type: 'typing' | 'presence' }) => void;
  /** Another tab's term is newer. */
  readonly superseded: () => void;
  readonly ended: (why: 'signed-out' | 'revoked' | 'client-too-old') => void;
  readonly rules?: EngineRules;
};

/** What the leading tab runs. It wires; the rules and the disk decide. */
export interface Engine {
  nudge(): void;
  tryNow(): void;
  /** Conversations came on screen or left it. */
  shownChanged(): void;
  fill(conversation: ConversationId, interval: Interval): Promise<FillResult>;
  stop(): void;
}

type Parts = {
  readonly memory: Memory;
  readonly pusher: Pusher;
  readonly receiver: Receiver;
  readonly syncer: Syncer;
  readonly link: LinkKeeper;
  readonly profiles: ProfileHints;
};

const RECEIVED_WAIT_MS = 1_000;
const DELIVER_ONLY_MS = 60_000;

export function createEngine(needs: EngineNeeds, standpoint: Standpoint): Engine {
  const { store, clock, report, state, open } = needs;
  let isStopped = false;
  let stops: (() => void)[] = [];
  const memory = createMemory(standpoint);
  const patch = (change: Partial<EngineState>) => {
    const { nextTryAtMs: _, ...rest } = state.get();
    state.set({ ...rest, ...change });
  };
  const stop = () => {
    isStopped = true;
    for (const one of stops) one();
    stops = [];
  };
  const commitAll = createCommit(needs, memory, {
    isStopped: () => isStopped,
    superseded: () => {
      stop();
      needs.superseded();
    },
    committed: (nudge) => {
      patch({ catchingUp: memory.behind(open()).length });
      teller.arm();
      if (nudge) parts.pusher.nudge();
    },
  });
  const commit = oneOf(commitAll);
  const teller = createReceivedTeller(memory, clock, () => parts.link.socket());
  const ended = (refusal: RefusalCode) => {
    const why = refusal === 'revoked' || refusal === 'client-too-old' ? refusal : 'signed-out';
    parts.link.at({ kind: 'refused', until: why === 'client-too-old' ? 'updated' : 'signed-in' });
    parts.syncer.stop();
    if (why === 'client-too-old') stops.push(deliverOnly(needs, standpoint.leaderTerm, commit));
    else parts.pusher.stop();
    needs.ended(why);
  };
  const parts = connectParts(needs, standpoint, { memory, commit, commitAll, patch, ended });
  const fill = createFiller({ memory, transport: needs.transport, commit, report, resync: () => parts.syncer.request() });
  stops.push(parts.link.stop, parts.syncer.stop, parts.pusher.stop, parts.receiver.stop, parts.profiles.stop, teller.stop);
  const tryNow = () => {
    if (isStopped) return;
    parts.link.tryNow();
    parts.syncer.tryNow();
    parts.pusher.tryNow();
  };
  // The network came back, or the app to the front: no reason to wait any longer.
  stops.push(needs.connectivity.watch(() => void (needs.connectivity.isOnline() && tryNow())));
  store.keepEventsOf(open());
  parts.syncer.request();
  return {
    nudge: () => void (!isStopped && parts.pusher.nudge()),
    tryNow,
    shownChanged: () => {
      if (isStopped) return;
      store.keepEventsOf(open());
      if (open().size > 0) parts.syncer.request();
    },
    fill,
    stop,
  };
}

/** The only way to the disk: what was stored is remembered, and a lost lead ends the engine. [LS-4] */
function createCommit(
  { store, state, report }: EngineNeeds,
  memory: Memory,
  on: { isStopped(): boolean; superseded(): void; committed(nudge: boolean): void },
): CommitAll {
  return async (changes) => {
    const superseded = () => changes.map(() => ({ kind: 'superseded' }) as const);
    if (on.isStopped()) return superseded();
    try {
      const results = await store.commit(changes, memory.leaderTerm);
      if (on.isStopped()) return superseded();
      if (state.get().isDiskFull) state.set({ ...state.get(), isDiskFull: false });
      if (results.some(({ kind }) => kind === 'superseded')) on.superseded();
      const committed = results.filter((result) => result.kind === 'committed');
      for (const result of committed) memory.remember(result);
      if (committed.length > 0) on.committed(committed.some(({ nudge }) => nudge));
      return results;
    } catch (error) {
      const isFull = error instanceof StorageError && error.fault === 'full';
      if (isFull) state.set({ ...state.get(), isDiskFull: true });
      else report(`disk: ${changes.map(({ kind }) => kind).join(', ')} could not be stored`, error);
      throw error;
    }
  };
}

const oneOf =
  (commitAll: CommitAll) =>
  async (change: Change): Promise<CommitResult> =>
    (await commitAll([change]))[0]!;

type Wiring = {
  readonly memory: Memory;
  readonly commit: (change: Change) => Promise<CommitResult>;
  readonly commitAll: CommitAll;
  readonly patch: (change: Partial<EngineState>) => void;
  readonly ended: (refusal: RefusalCode) => void;
};

function connectParts(
  needs: EngineNeeds,
  { leaderTerm, since }: Standpoint,
  { memory, commit, commitAll, patch, ended }: Wiring,
): Parts {
  const { user: me, store, transport, clock, random, report, open } = needs;
  const flush = () => parts.syncer.flush();
  const live = async (change: Change): Promise<CommitResult> => {
    const result = await commit(change);
    if (result.kind === 'committed' && isLacking(memory, open())) parts.syncer.request();
    return result;
  };
  const storeHints = async (hints: readonly Change[]) => {
    const results = await commitAll(hints);
    if (results.some(({ kind }) => kind === 'committed') && isLacking(memory, open())) parts.syncer.request();
  };
  const hint = createHints(storeHints, (error) => report('live: a hint could not be stored', error));
  const receiver = createReceiver({ commit: live, clock, random, report, pull: () => parts.syncer.request() });
  const pusher = createPusher({
    store,
    leaderTerm,
    storeEpoch: memory.storeEpoch,
    commit,
    clock,
    random,
    report,
    socket: () => parts.link.socket(),
    flush,
    ended,
  });
  const syncer = createSyncer({
    me,
    memory,
    transport,
    commitAll,
    pusher: () => pusher,
    receiver,
    clock,
    random,
    report,
    open,
    since,
    ended,
    rules: needs.rules ?? engineRules,
    progress: (at) => {
      if (at === 'caught-up') {
        parts.link.at({ kind: 'caught-up' });
        pusher.nudge();
      }
      if (typeof at === 'object') patch({ nextTryAtMs: clock.now() + at.retryInMs });
    },
  });
  const link = createLinkKeeper({
    transport,
    clock,
    random,
    connectivity: needs.connectivity,
    down: (message) => hear(parts, { me, hint, ended, volatile: needs.volatile }, message),
    changed: (next, inMs) => patch({ link: next, ...(inMs !== undefined && { nextTryAtMs: clock.now() + inMs }) }),
    ended,
  });
  const ask = () => void (isLacking(memory, open()) && parts.syncer.request());
  const profiles = createProfileHints({ commit, ask, clock, random, report });
  const parts: Parts = { memory, pusher, receiver, syncer, link, profiles };
  return parts;
}

/** Something that was named is not here. */
const isLacking = (memory: Memory, open: ReadonlySet<ConversationId>): boolean =>
  memory.rowsOf().length > 0 || memory.people().length > 0 || memory.asks(open).length > 0;

type Ears = {
  readonly me: UserId;
  readonly hint: (change: Change) => void;
  readonly ended: (refusal: RefusalCode) => void;
  readonly volatile: EngineNeeds['volatile'];
};

/** Everything the server says over the socket is a hint: it saves a question, and is never the only way to learn something. [LV-1] */
function hear({ memory, receiver, syncer, pusher, profiles }: Parts, { me, hint, ended, volatile }: Ears, message: Down): void {
  switch (message.type) {
    case 'ready':
      pusher.tryNow();
      return syncer.tryNow();
    case 'run':
    case 'self':
      return receiver.receive(message.run);
    case 'head':
      return hint({ kind: 'heads', heads: [[message.conversation, message.head, message.chain]] });
    case 'receipts':
      // One's own come back with everybody's: of oneself this device knows more.
      return message.people.every(({ user }) => user === me) ? undefined : hint({ kind: 'receipts', receipts: [message] });
    case 'profile':
      return profiles.hear(message);
    case 'typing':
    case 'presence':
      return volatile(message);
    case 'heartbeat': {
      const self = memory.self();
      const isElsewhere = self !== undefined && (message.self.head !== self.watermark || message.self.chain !== self.chain);
      if (isElsewhere || message.storeEpoch !== memory.storeEpoch()) return syncer.request();
      return syncer.compare(message.root);
    }
    case 'refused':
      return ended(message.refusal);
    case 'goodbye':
      // The link keeper has acted on it.
      return undefined;
  }
}

/** Tells the server, a little later and all at once, how far this device has come, so that others see "delivered". */
function createReceivedTeller(memory: Memory, clock: Clock, socket: () => Socket | undefined) {
  let cancel: (() => void) | undefined;
  const tell = () => {
    cancel = undefined;
    const received = memory.received();
    const open = socket();
    if (received.length === 0 || !open) return;
    open.tell({ type: 'received', received: [...received] });
    memory.forgetReceived(received);
  };
  return {
    arm: () => {
      if (!cancel && memory.received().length > 0) cancel = clock.after(RECEIVED_WAIT_MS, tell);
    },
    stop: () => cancel?.(),
  };
}

/** Too old to understand the server, but what was written here is still taken. [PV-3] */
function deliverOnly({ store, transport, clock, report }: EngineNeeds, leaderTerm: number, commit: Wiring['commit']): () => void {
  let cancel = () => {};
  const deliver = async () => {
    const limit = { ops: limits.opsPerSyncMax, bytes: limits.opsBytesMax };
    const sent = await store.takeNext({ leaderTerm, limit, skip: new Set() });
    if (sent.length === 0) return;
    const answer = await transport.sync({ version: 1, ops: sent.map(({ wire }) => JSON.parse(wire) as unknown) });
    const opIds = sent.map(({ opId }) => opId);
    if (answer.kind === 'refused' && answer.answers) await commit({ kind: 'answers', answers: answer.answers, sent: opIds });
    else await commit({ kind: 'retry', opIds });
  };
  const again = () => {
    deliver()
      .catch((error: unknown) => report('outbox: could not be delivered', error))
      .finally(() => {
        cancel = clock.after(DELIVER_ONLY_MS, again);
      });
  };
  again();
  return () => cancel();
}
