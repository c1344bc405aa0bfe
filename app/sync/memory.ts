import {
  conversationLog,
  limits,
  rootOf,
  type RootEntry,
  type Chain,
  type ConversationId,
  type LogId,
  type Seq,
  type UserId,
} from '#sync-protocol';
import type { Committed, ConversationHead, Standpoint } from './ports.ts';

/** How many of the most recent conversations are fetched before they are opened. [EN-9] */
export const PREFETCHED = 50;

export type LogAsk = { readonly log: LogId; readonly watermark: Seq; readonly chain: Chain; readonly empty?: true };

/** What the leader keeps in mind of the disk, so that asking and comparing read nothing. Only what was committed changes it. */
export interface Memory {
  readonly leaderTerm: number;
  storeEpoch(): string | undefined;
  self(): Standpoint['self'];
  bootstrap(): string | undefined;
  head(id: ConversationId): ConversationHead | undefined;
  root(): string;
  /** Conversations with more to fetch: those on screen, then the most recent. */
  behind(open: ReadonlySet<ConversationId>): readonly ConversationHead[];
  /** What to ask for: logs that ops of this request go to, so that its answer shows them, and those behind. */
  asks(open: ReadonlySet<ConversationId>, written?: ReadonlySet<LogId>): readonly LogAsk[];
  rowsOf(): readonly ConversationId[];
  people(): readonly UserId[];
  received(): readonly { conversation: ConversationId; seq: Seq }[];
  remember(result: Committed): void;
  /** How many commits have moved a conversation so far. */
  moves(): number;
  setEpoch(storeEpoch: string): void;
  setBootstrap(cursor: string | undefined): void;
  /** The server had nothing to say of these as they are: not asked again until something changes. */
  quieten(conversations: readonly ConversationId[]): void;
  wake(conversation: ConversationId): void;
  forgetAsked(asked: { rowsOf: readonly ConversationId[]; people: readonly UserId[] }): void;
  forgetReceived(told: readonly { conversation: ConversationId; seq: Seq }[]): void;
}

export function createMemory(start: Standpoint): Memory {
  const { head, root, behind, asks, take, quieten, wake, wakeAll } = createHeads(start.heads);
  const unknown = new Set(start.heads.filter(({ needsRow }) => needsRow).map(({ id }) => id));
  const people = new Set(start.people);
  const received = new Map<ConversationId, Seq>();
  let { storeEpoch, self, bootstrap } = start;
  let moves = 0;
  return {
    leaderTerm: start.leaderTerm,
    storeEpoch: () => storeEpoch,
    self: () => self,
    bootstrap: () => bootstrap,
    head,
    root,
    behind,
    asks,
    rowsOf: () => [...unknown].slice(0, limits.rowsOfMax),
    people: () => [...people].slice(0, limits.peopleOfMax),
    received: () => [...received].slice(0, limits.receivedMax).map(([conversation, seq]) => ({ conversation, seq })),
    moves: () => moves,
    remember: (result) => {
      if (movesHeads(result)) moves += 1;
      for (const { id, watermark, needsRow } of result.heads) {
        if (watermark > (head(id)?.watermark ?? 0)) received.set(id, watermark);
        if (needsRow) unknown.add(id);
      }
      take(result);
      for (const user of result.people) people.add(user);
      for (const id of result.unknown) unknown.add(id);
      if (!result.self) return;
      self = result.self;
      wakeAll();
    },
    setEpoch: (epoch) => {
      storeEpoch = epoch;
      wakeAll();
    },
    setBootstrap: (cursor) => {
      bootstrap = cursor;
    },
    quieten,
    wake,
    forgetAsked: (asked) => {
      for (const id of asked.rowsOf) unknown.delete(id);
      for (const id of asked.people) people.delete(id);
    },
    forgetReceived: (told) => {
      for (const { conversation, seq } of told) if (received.get(conversation) === seq) received.delete(conversation);
    },
  };
}

export const movesHeads = ({ heads, gone }: Committed): boolean => heads.length + gone.length > 0;

/** Where every conversation stands, and which of them there is nothing to ask about for now. */
function createHeads(start: Standpoint['heads']) {
  const heads = new Map(start.map((head) => [head.id, head]));
  const quiet = new Map<ConversationId, string>();
  const mostRecentFirst = () => [...heads.values()].toSorted((a, b) => b.lastAt - a.lastAt || (a.id < b.id ? -1 : 1));
  const behind: Memory['behind'] = (open) => {
    const recent = mostRecentFirst();
    const prefetched = new Set(recent.slice(0, PREFETCHED).map(({ id }) => id));
    const isWanted = ({ id, empty }: ConversationHead) => !empty || open.has(id) || prefetched.has(id);
    const missing = recent.filter((head) => isBehind(head) && quiet.get(head.id) !== standOf(head) && isWanted(head));
    return [...missing.filter(({ id }) => open.has(id)), ...missing.filter(({ id }) => !open.has(id))];
  };
  const asks: Memory['asks'] = (open, written = new Set()) => {
    const lanes = [...heads.values()].filter(({ id }) => written.has(conversationLog(id)));
    return [...new Set([...lanes, ...behind(open)])].slice(0, limits.logsPerSyncMax).map(askFor);
  };
  return {
    head: (id: ConversationId) => heads.get(id),
    root: () => rootOf([...heads.values()].filter(isCounted).map(toEntry)),
    behind,
    asks,
    take: ({ gone, heads: moved }: Committed) => {
      for (const id of gone) heads.delete(id);
      for (const head of moved) heads.set(head.id, head);
    },
    quieten: (conversations: readonly ConversationId[]) => {
      for (const id of conversations) {
        const head = heads.get(id);
        if (head) quiet.set(id, standOf(head));
      }
    },
    wake: (conversation: ConversationId) => void quiet.delete(conversation),
    wakeAll: () => quiet.clear(),
  };
}

const toEntry = ({ id, knownHead, knownChain }: ConversationHead): RootEntry => ({ id, head: knownHead, chain: knownChain });

/** Something is there that is not here, or the server's history went another way. */
const isBehind = (head: ConversationHead): boolean => head.knownHead > head.watermark || head.knownChain !== head.chain;

/** A conversation removed for oneself is left out on both sides until something new is in it. [RT-4] */
const isCounted = (head: ConversationHead): boolean => head.knownHead > head.droppedUpTo;

const standOf = ({ watermark, chain, knownHead, knownChain, empty }: ConversationHead): string =>
  [watermark, chain, knownHead, knownChain, empty].join(' ');

const askFor = ({ id, watermark, chain, empty }: ConversationHead): LogAsk => ({
  log: conversationLog(id),
  watermark,
  chain,
  ...(empty && { empty }),
});
