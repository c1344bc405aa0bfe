import type { ConversationId, Interval, MessageId, OpId, Seq, UserId } from '#sync-protocol';

/**
 * Everything a person can do. Each resolves when it is on this device's disk: it would survive a crash, it is shown, and it
 * will be sent. None waits for the network. [LS-1]
 */
export interface Commands {
  sendMessage(conversation: ConversationId, message: { text: string; replyTo?: MessageId }): Promise<MessageId>;
  editMessage(conversation: ConversationId, target: MessageId, text: string): Promise<void>;
  deleteMessage(conversation: ConversationId, target: MessageId): Promise<void>;
  /** The direct conversation with somebody (oneself: notes). Nothing is sent until something is said. */
  openDirect(user: UserId): Promise<ConversationId>;
  createGroup(group: { title: string; members: readonly UserId[] }): Promise<ConversationId>;
  changeGroupInfo(group: ConversationId, info: { title?: string; about?: string }): Promise<void>;
  addMembers(group: ConversationId, users: readonly UserId[]): Promise<void>;
  removeMember(group: ConversationId, user: UserId): Promise<void>;
  setRole(group: ConversationId, user: UserId, role: 'owner' | 'member'): Promise<void>;
  leaveGroup(group: ConversationId): Promise<void>;
  /** Removes it for oneself, on all one's devices. */
  dropConversation(conversation: ConversationId): Promise<void>;
  /** What was seen, as messages come on screen. Only ever forward. */
  markRead(conversation: ConversationId, seq: Seq): Promise<void>;

  /** Whose number it is the server says, when it hears of it: the op that asks. [RG-6] */
  addContactByNumber(contact: { phone: string; name?: string }): Promise<OpId>;
  addContact(contact: { user: UserId; name?: string }): Promise<void>;
  removeContact(user: UserId): Promise<void>;
  block(user: UserId, on: boolean): Promise<void>;
  changeProfile(profile: { name?: string; about?: string; hue?: number }): Promise<void>;

  saveDraft(conversation: ConversationId, text: string): Promise<void>;

  /** Sends a parked op again, with the same id. */
  sendAgain(op: OpId): Promise<void>;
  /** Takes an op out of the outbox; one that may have left is undone by an op of its own where that is possible. */
  discard(op: OpId): Promise<void>;
  /** Tries everything waiting now, without waiting for the next attempt. */
  tryNow(): void;

  /** A conversation is on screen: keep it current and fetch what is missing at its end. */
  open(conversation: ConversationId): void;
  close(conversation: ConversationId): void;
  /** A hole or stale stretch came into view. Resolves when it is filled or cannot be now. */
  fill(conversation: ConversationId, interval: Interval): Promise<'filled' | 'offline' | 'failed'>;
}
