import {
  conversationLog,
  directConversationId,
  directSeed,
  isDirect,
  selfLog,
  type ConversationId,
  type Op,
  type OpId,
  type OpOf,
  type OpType,
  type SelfOpType,
  type UserId,
} from '#sync-protocol';
import type { Commands } from './commands-api.ts';
import type { Clock, Digest, Ids, LocalStore } from './ports.ts';

export type CommandNeeds = {
  readonly user: UserId;
  readonly store: LocalStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  /** Something is in the outbox. */
  readonly nudge: () => void;
  readonly engine: Pick<Commands, 'tryNow' | 'open' | 'close' | 'fill'>;
};

type Draft<T extends OpType> = Omit<OpOf<T>, 'opId' | 'log' | 'writtenAt' | 'with'>;

/** Every action becomes an op with an id of its own, on disk before anything else happens: that id makes every resend recognisable. [OB-1, LS-1] */
export function createCommands(needs: CommandNeeds): Commands {
  const minting = createMinting(needs);
  return { ...talking(minting), ...grouping(minting), ...keeping(minting), ...ofOutbox(minting), ...needs.engine };
}

type Minting = ReturnType<typeof createMinting>;

function createMinting(needs: CommandNeeds) {
  const { user, store, clock, ids, nudge } = needs;
  const stage = async (op: Op): Promise<OpId> => {
    await store.stage(op);
    nudge();
    return op.opId;
  };
  const mint = () => ({ opId: ids.next() as OpId, writtenAt: clock.now() });
  return {
    ...needs,
    mint,
    inConversation: async <T extends OpType>(conversation: ConversationId, draft: Draft<T>): Promise<OpId> => {
      const other = isDirect(conversation) ? (await store.facts(conversation))?.other : undefined;
      return stage({ ...mint(), log: conversationLog(conversation), ...(other && { with: other }), ...draft } as unknown as Op);
    },
    forSelf: async <T extends SelfOpType>(draft: Draft<T>): Promise<OpId> => {
      const minted = mint();
      await stage({ ...minted, log: selfLog(user), ...draft } as unknown as Op);
      return minted.opId;
    },
  };
}

const textBody = (text: string) => ({ kind: 'text' as const, text });

function talking({ user, store, digest, inConversation, forSelf }: Minting) {
  return {
    sendMessage: (conversation, { text, replyTo }) =>
      inConversation<'message'>(conversation, {
        type: 'message',
        payload: { body: { ...textBody(text), ...(replyTo && { replyTo }) } },
      }),
    editMessage: async (conversation, target, text) => {
      await inConversation<'edit'>(conversation, { type: 'edit', target, payload: { body: textBody(text) } });
    },
    deleteMessage: async (conversation, target) => {
      await inConversation<'delete'>(conversation, { type: 'delete', target, payload: {} });
    },
    openDirect: async (other) => {
      const conversation = directConversationId(await digest(directSeed(user, other)));
      await store.openDirect(conversation, other);
      return conversation;
    },
    dropConversation: async (conversation) => {
      const facts = await store.facts(conversation);
      await forSelf<'dropped'>({ type: 'dropped', payload: { conversation, upTo: facts?.knownHead ?? 0 } });
    },
    markRead: async (conversation, seq) => {
      const facts = await store.facts(conversation);
      // Never past what is here: nobody has seen what has not arrived.
      const upTo = Math.min(seq, facts?.watermark ?? 0);
      if (!facts || upTo <= facts.readTo) return;
      await forSelf<'read-marker'>({ type: 'read-marker', payload: { conversation, seq: upTo } });
    },
  } satisfies Partial<Commands>;
}

function grouping({ ids, inConversation }: Minting) {
  return {
    createGroup: async ({ title, members }) => {
      const group = ids.next() as ConversationId;
      await inConversation<'group-created'>(group, { type: 'group-created', payload: { title, members: [...members] } });
      return group;
    },
    changeGroupInfo: async (group, { title, about }) => {
      const payload = { ...(title !== undefined && { title }), ...(about !== undefined && { about }) };
      await inConversation<'info-changed'>(group, { type: 'info-changed', payload });
    },
    addMembers: async (group, users) => {
      await inConversation<'members-added'>(group, { type: 'members-added', payload: { members: [...users] } });
    },
    removeMember: async (group, user) => {
      await inConversation<'member-removed'>(group, { type: 'member-removed', payload: { user } });
    },
    setRole: async (group, user, role) => {
      await inConversation<'role-changed'>(group, { type: 'role-changed', payload: { user, role } });
    },
    leaveGroup: async (group) => {
      await inConversation<'member-left'>(group, { type: 'member-left', payload: {} });
    },
  } satisfies Partial<Commands>;
}

/** What only the person sees. */
function keeping({ store, clock, forSelf }: Minting) {
  const named = (name: string | undefined) => (name === undefined ? {} : { name });
  return {
    addContactByNumber: ({ phone, name }) =>
      forSelf<'contact-by-number'>({ type: 'contact-by-number', payload: { phone, ...named(name) } }),
    addContact: async ({ user, name }) => {
      await forSelf<'contact'>({ type: 'contact', payload: { user, on: true, ...named(name) } });
    },
    removeContact: async (user) => {
      await forSelf<'contact'>({ type: 'contact', payload: { user, on: false } });
    },
    block: async (user, on) => {
      await forSelf<'blocked'>({ type: 'blocked', payload: { user, on } });
    },
    changeProfile: async (profile) => {
      await forSelf<'profile'>({ type: 'profile', payload: profile });
    },
    saveDraft: (conversation, text) => store.saveDraft(conversation, text, clock.now()),
  } satisfies Partial<Commands>;
}

function ofOutbox({ store, nudge, mint }: Minting) {
  return {
    sendAgain: async (opId) => {
      await store.sendAgain(opId);
      nudge();
    },
    discard: async (opId) => {
      const entry = await store.pending(opId);
      await store.discard(opId, entry && undoOf(entry.op, mint()));
      nudge();
    },
  } satisfies Partial<Commands>;
}

/** The op that takes back what another one did, where there is one. */
function undoOf(op: Op, minted: Pick<Op, 'opId' | 'writtenAt'>): Op | undefined {
  const { log, with: other } = op;
  const common = { ...minted, log, ...(other && { with: other }) };
  if (op.type === 'message') return { ...common, type: 'delete', target: op.opId, payload: {} };
  if (op.type === 'reaction')
    return { ...common, type: 'reaction', target: op.target, payload: { ...op.payload, on: !op.payload.on } };
  return undefined;
}
