import { Schema, type Connection, type Model } from 'mongoose';
import type { Chain, ConversationId, DeviceId, LogId, MessageId, OpId, Receipt, Seq, UserId } from '#sync-protocol';
import type { Account, Pin, Session } from '../../core/accounts-ports.ts';
import type { DeviceLink } from '../../core/linking-ports.ts';
import type { Challenge, Passkey } from '../../core/passkeys-ports.ts';

/**
 * Documents as they are stored. What is never asked for is kept as JSON text: it comes back as it went in, whatever its keys
 * are called. Every index is unique where a rule needs it to be, and all of them begin with what a shard is found by.
 */
export type EventDoc = {
  /** Fence of the place: see `eventId`. */
  readonly _id: string;
  readonly log: LogId;
  readonly seq: Seq;
  /** With `log`: fence of the op. */
  readonly opId: OpId;
  readonly chain: Chain;
  readonly content: string;
  readonly payload: string;
  readonly blank?: true;
  /** When it was stored; gone as soon as everything that follows from it is written too. [SQ-10] */
  readonly unfolded?: number;
  /** What follows from it, for as long as that is not written. */
  readonly follows?: string;
};
export type LogDoc = {
  readonly _id: LogId;
  readonly head: Seq;
  readonly chain: Chain;
  readonly lastAt: number;
  readonly changedAt: number;
  readonly messageCount: number;
  readonly roomEpoch: number;
  readonly compactedTo: Seq;
  readonly relayedTo: Seq;
  readonly relaysAt: Seq;
  readonly isUnrelayed?: true;
  readonly stateAsOf?: Seq;
  readonly state?: string;
};
export type MessageDoc = {
  readonly _id: string;
  readonly log: LogId;
  readonly id: MessageId;
  readonly seq: Seq;
  readonly by: UserId;
  readonly revised: Seq;
  readonly authorOrdinal: number;
  readonly message: string;
};
export type MembershipDoc = {
  readonly _id: string;
  readonly log: LogId;
  readonly user: UserId;
  readonly revised: Seq;
  readonly role?: 'owner' | 'member';
  readonly spans: string;
  readonly ownMessages: number;
};
export type RegisterDoc = {
  readonly _id: string;
  readonly user: UserId;
  readonly key: string;
  readonly revised: Seq;
  readonly value: string;
};
export type MentionDoc = { readonly _id: string; readonly log: LogId; readonly user: UserId; readonly seq: Seq };
export type ProfileDoc = { readonly _id: UserId; readonly at: number };
export type ReceiptDoc = Receipt & { readonly _id: string; readonly conversation: ConversationId };
/** All that is decided about one phone number in one step: one document, written only as it was read. */
export type NumberDoc = {
  readonly _id: string;
  readonly revision: number;
  readonly codes: string;
  readonly user?: UserId;
  /** What was decided with this revision and is still to be written elsewhere, and since when. */
  readonly owed?: string;
  readonly owedAt?: number;
};
export type CodePhoneDoc = { readonly _id: string; readonly phone: string };
/** `phoneBy`: the request by which it has its number. */
export type AccountDoc = Omit<Account, 'user'> & { readonly _id: UserId; readonly phoneBy?: string };
export type PinDoc = Pin & { readonly _id: UserId };
export type SessionDoc = Omit<Session, 'device'> & { readonly _id: DeviceId };
export type UntoldDoc = { readonly _id: UserId; readonly requestId: string };
/** Whom a person looked up lately, by the number's hash, and when: one document, written only as it was read. */
export type LookerDoc = { readonly _id: UserId; readonly revision: number; readonly recent: string };
export type LookupDoc = { readonly _id: string; readonly user: UserId; readonly at: number; readonly found?: UserId };
/** `slot`: one of as many as a person may have. */
export type PasskeyDoc = Omit<Passkey, 'id'> & { readonly _id: string; readonly slot: number };
export type ChallengeDoc = Omit<Challenge, 'holder'> & { readonly _id: string };
export type LinkDoc = Omit<DeviceLink, 'id' | 'approvedBy'> & { readonly _id: string; readonly approvedBy?: string };
export type LinkCodeDoc = { readonly _id: string; readonly link: string; readonly expiresAt: number };
export type FactDoc = { readonly _id: string; readonly value: string };

/** The document of each collection. */
export type Documents = {
  readonly events: EventDoc;
  readonly logs: LogDoc;
  readonly messages: MessageDoc;
  readonly memberships: MembershipDoc;
  readonly registers: RegisterDoc;
  readonly mentions: MentionDoc;
  readonly profiles: ProfileDoc;
  readonly receipts: ReceiptDoc;
  readonly numbers: NumberDoc;
  readonly codePhones: CodePhoneDoc;
  readonly accounts: AccountDoc;
  readonly pins: PinDoc;
  readonly sessions: SessionDoc;
  readonly untold: UntoldDoc;
  readonly lookers: LookerDoc;
  readonly lookups: LookupDoc;
  readonly passkeys: PasskeyDoc;
  readonly challenges: ChallengeDoc;
  readonly links: LinkDoc;
  readonly linkCodes: LinkCodeDoc;
  readonly facts: FactDoc;
};

const [text, number] = [String, Number];

/** Beside `_id`, which is always text. */
const fields: { readonly [Name in keyof Documents]: Record<Exclude<keyof Documents[Name], '_id'>, unknown> } = {
  events: {
    log: text,
    seq: number,
    opId: text,
    chain: text,
    content: text,
    payload: text,
    blank: Boolean,
    unfolded: number,
    follows: text,
  },
  logs: {
    head: number,
    chain: text,
    lastAt: number,
    changedAt: number,
    messageCount: number,
    roomEpoch: number,
    compactedTo: number,
    relayedTo: number,
    relaysAt: number,
    isUnrelayed: Boolean,
    stateAsOf: number,
    state: text,
  },
  messages: {
    log: text,
    id: text,
    seq: number,
    by: text,
    revised: number,
    authorOrdinal: number,
    message: text,
  },
  memberships: {
    log: text,
    user: text,
    revised: number,
    role: text,
    spans: text,
    ownMessages: number,
  },
  registers: { user: text, key: text, revised: number, value: text },
  mentions: { log: text, user: text, seq: number },
  profiles: { at: number },
  receipts: {
    conversation: text,
    user: text,
    version: number,
    delivered: number,
    read: number,
  },
  numbers: { revision: number, codes: text, user: text, owed: text, owedAt: number },
  codePhones: { phone: text },
  accounts: { phone: text, phoneBy: text, name: text, signedUpAt: number },
  pins: { salt: text, hash: text, tries: number, triedAt: number },
  sessions: {
    user: text,
    tokenHash: text,
    label: text,
    signedInAt: number,
    usedAt: number,
    address: text,
    endedAs: text,
  },
  untold: { requestId: text },
  lookers: { revision: number, recent: text },
  lookups: { user: text, at: number, found: text },
  passkeys: {
    user: text,
    slot: number,
    credentialId: text,
    publicKey: text,
    rpId: text,
    counter: number,
    transports: [text],
    name: text,
    addedAt: number,
    usedAt: number,
  },
  challenges: { challenge: text, origin: text, rpId: text, expiresAt: number },
  links: {
    secretHash: text,
    tokenHash: text,
    codeHash: text,
    label: text,
    address: text,
    startedAt: number,
    expiresAt: number,
    state: text,
    approvedBy: text,
  },
  linkCodes: { link: text, expiresAt: number },
  facts: { value: text },
};

export type Models = { readonly [Name in keyof Documents]: Model<Documents[Name]> };

/** One model a collection, on this connection and no other. Indexes are built by `buildIndexes`, never behind our back. */
export function openModels(connection: Connection): Models {
  const options = { versionKey: false, autoIndex: false, autoCreate: false } as const;
  const model = ([name, own]: readonly [string, object]) =>
    [name, connection.model(name, new Schema({ _id: text, ...own }, { ...options, collection: name }))] as const;
  return Object.fromEntries(Object.entries(fields).map(model)) as unknown as Models;
}

/** The place of an event, in the order of its number: what no other event can take. [SQ-1] */
export const eventId = (log: LogId, seq: Seq): string => `${log} ${String(seq).padStart(12, '0')}`;
