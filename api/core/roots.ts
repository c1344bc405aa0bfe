import {
  conversationOf,
  limits,
  moveRoot,
  ownerOf,
  rootOf,
  type ConversationId,
  type RootEntry,
  type Seq,
  type UserId,
} from '#sync-protocol';
import type { Clock, EventLog, LogHead, News } from './ports.ts';
import { droppedPrefix, isListed, ownRegisters, placeOf, viewOf, type OwnRegisters, type Place, type View } from './view.ts';

/** What a person's list comes to, read from the store. */
export type Listing = { readonly root: string; readonly views: readonly View[]; readonly registers: OwnRegisters };

export interface Roots {
  /** Somebody whose sockets are here, so that what happens to them will be heard. Counted; undone by the answer. */
  connect(user: UserId): () => void;
  /** The root, without reading an event, and without reading anything if it is at hand. [SY-3] */
  of(user: UserId): Promise<string>;
  /** From the store, whatever is at hand. */
  derive(user: UserId): Promise<Listing>;
  /** What happened to a log, and who of those connected here is in its room. [RT-2] */
  hear(news: News, here: Iterable<UserId>): void;
  /** After a missed or late poll of the store: nothing at hand can be trusted. */
  forgetAll(): void;
}

type Kept = { readonly root: string; readonly derivedAt: number; readonly droppedTo: ReadonlyMap<ConversationId, Seq> };
type Connected = { sockets: number; kept: Kept | undefined; heard: number };

export function createRoots({ log: store, clock }: { readonly log: EventLog; readonly clock: Clock }): Roots {
  const connected = new Map<UserId, Connected>();

  async function derive(user: UserId): Promise<Listing> {
    const heard = connected.get(user)?.heard;
    const registers = await ownRegisters(store, user);
    const all = (await store.conversationsOf(user, 0)).map((one) => viewOf(one, registers));
    return { root: keep(user, all, heard), views: all.filter(isListed), registers };
  }

  /** The root alone: of a group of a thousand it reads no more than of two. */
  async function deriveRoot(user: UserId): Promise<string> {
    const heard = connected.get(user)?.heard;
    const dropped = await ownRegisters(store, user, droppedPrefix);
    const all = (await store.rootPartsOf(user)).map((part) => placeOf(part, dropped));
    return keep(user, all, heard);
  }

  /** `heard`: how much had been heard when the reading began. */
  function keep(user: UserId, all: readonly Place[], heard: number | undefined): string {
    const root = rootOf(all.filter(isListed).map(entryOf));
    const here = connected.get(user);
    // What was heard while reading may or may not be in what was read.
    if (here && here.heard === heard) {
      const droppedTo = new Map(
        all.flatMap((place) => (place.droppedTo > 0 ? [[place.conversation, place.droppedTo] as const] : [])),
      );
      here.kept = { root, derivedAt: clock.now(), droppedTo };
    }
    return root;
  }

  function forget(here: Connected | undefined): void {
    if (!here) return;
    here.heard++;
    here.kept = undefined;
  }

  return {
    connect: (user) => {
      const here = connected.get(user) ?? { sockets: 0, kept: undefined, heard: 0 };
      connected.set(user, here);
      here.sockets++;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        here.sockets--;
        if (here.sockets === 0) connected.delete(user);
      };
    },
    of: async (user) => {
      const kept = connected.get(user)?.kept;
      const isFresh = kept && Math.abs(clock.now() - kept.derivedAt) < limits.rootAgeMsMax;
      return isFresh ? kept.root : deriveRoot(user);
    },
    derive,
    hear: ({ log, before, after, steps }, here) => {
      const owner = ownerOf(log);
      if (owner && changesList(steps)) forget(connected.get(owner));
      const conversation = conversationOf(log);
      if (!conversation || !after) return;
      for (const user of here) {
        const one = connected.get(user);
        if (!one?.kept || !before) forget(one);
        else {
          one.heard++;
          one.kept = { ...one.kept, root: moved(one.kept, conversation, before, after) };
        }
      }
    },
    forgetAll: () => connected.forEach(forget),
  };
}

export const entryOf = ({ conversation, head, chain }: Place): RootEntry => ({ id: conversation, head, chain });

function moved({ root, droppedTo }: Kept, id: ConversationId, before: LogHead, after: LogHead): string {
  const was = before.head > (droppedTo.get(id) ?? 0) ? { id, ...before } : undefined;
  return moveRoot(root, was, { id, ...after });
}

const listTypes = new Set(['joined', 'left', 'dropped']);

/** Which conversations are in the list follows from these. Without an event to look at, anything may have happened. */
function changesList(steps: News['steps']): boolean {
  const runs = steps.flatMap((step) => (step.kind === 'deliver' && step.down.type === 'self' ? [step.down.run] : []));
  return runs.length === 0 || runs.some(({ items }) => items.some((item) => 'type' in item && listTypes.has(item.type)));
}
