import type { LogId, MessageId, Seq, UserId } from '#sync-protocol';
import type { EventLog } from '../../core/ports.ts';
import { toMembership, toMessage, toRecord, toRegister, toRootPart } from './documents.ts';
import type { LogDoc, MembershipDoc, MentionDoc, MessageDoc, Models, RegisterDoc } from './models.ts';

type Reads = Pick<
  EventLog,
  | 'record'
  | 'messages'
  | 'messagesIn'
  | 'marksAt'
  | 'mentions'
  | 'membership'
  | 'memberships'
  | 'conversationsOf'
  | 'rootPartsOf'
  | 'registers'
  | 'register'
  | 'unrelayed'
>;

/** Between two documents of one answer somebody may write: then it is read again, so often. */
const attemptsMax = 8;
const pastEveryKey = '\uffff';

/** What was written of the log's consequences. */
export function openReads(models: Models, fold: Fold): Reads {
  const { logs, memberships } = models;
  return {
    record: async (log) => {
      const doc = await logs.findById(log).lean<LogDoc>();
      return doc ? toRecord(doc) : undefined;
    },
    ...openMessages(models),
    membership: async (log, user) => {
      const doc = await memberships.findById(`${log} ${user}`).lean<MembershipDoc>();
      return doc ? toMembership(doc) : undefined;
    },
    memberships: async (log) => (await memberships.find({ log }).sort({ user: 1 }).lean<MembershipDoc[]>()).map(toMembership),
    conversationsOf: async (user, changedSince) => {
      const pairs = await pairsOf({ models, fold, user }, {});
      return pairs.flatMap(([doc, member]) =>
        doc.changedAt >= changedSince ? [{ record: toRecord(doc), membership: toMembership(member) }] : [],
      );
    },
    rootPartsOf: async (user) =>
      (await pairsOf({ models, fold, user }, { state: 0 })).map(([doc, member]) => toRootPart(doc, member)),
    ...openRegisters(models),
    unrelayed: async () => (await logs.find({ isUnrelayed: true }).sort({ _id: 1 }).lean<LogDoc[]>()).map(toRecord),
  };
}

type Fold = (log: LogId) => Promise<void>;
type Pair = readonly [LogDoc, MembershipDoc];
type PairsOf = { readonly models: Models; readonly fold: Fold; readonly user: UserId };

/** Each membership is read after its record and is not newer: as of the record's head, as of which nobody is shown more. [SQ-13] */
async function pairsOf({ models, fold, user }: PairsOf, fields: Readonly<Record<string, 0>>): Promise<readonly Pair[]> {
  const { logs, memberships } = models;
  const known = await memberships.find({ user }, { log: 1 }).lean<Pick<MembershipDoc, 'log'>[]>();
  let missing = known.map(({ log }) => log);
  const pairs = new Map<LogId, Pair>();
  for (let attempt = 0; missing.length > 0; attempt++) {
    if (attempt === attemptsMax) throw new Error('the conversations of somebody do not rest');
    const docs = await logs.find({ _id: { $in: missing } }, fields).lean<LogDoc[]>();
    const members = await memberships.find({ _id: { $in: missing.map((log) => `${log} ${user}`) } }).lean<MembershipDoc[]>();
    const byLog = new Map(members.map((member) => [member.log, member]));
    for (const doc of docs) {
      const member = byLog.get(doc._id);
      if (member && member.revised <= doc.head) pairs.set(doc._id, [doc, member]);
    }
    missing = missing.filter((log) => !pairs.has(log));
    // Somebody is at it, or died over it.
    await Promise.all(missing.map(fold));
  }
  return [...pairs.values()].sort(([{ _id: a }], [{ _id: b }]) => (a < b ? -1 : 1));
}

function openMessages({ messages, mentions }: Models): Pick<Reads, 'messages' | 'messagesIn' | 'marksAt' | 'mentions'> {
  const last = async (where: object) => {
    const doc = await messages.findOne(where).sort({ seq: -1 }).lean<MessageDoc>();
    return doc ? toMessage(doc) : undefined;
  };
  return {
    messages: async (log: LogId, ids: readonly MessageId[]) => {
      const found = messages.find({ log, _id: { $in: [...new Set(ids)].map((id) => `${log} ${id}`) } });
      return (await found.sort({ seq: 1 }).lean<MessageDoc[]>()).map(toMessage);
    },
    messagesIn: async (log, from, to, limit, newest) => {
      if (limit <= 0) return [];
      const found = messages.find({ log, seq: { $gte: from, $lte: to } }).sort({ seq: newest ? -1 : 1 });
      return (await found.limit(limit).lean<MessageDoc[]>()).map(toMessage);
    },
    marksAt: async (log: LogId, user: UserId, seq: Seq) => {
      const [newest, own] = await Promise.all([last({ log, seq: { $lte: seq } }), last({ log, by: user, seq: { $lte: seq } })]);
      return { seq, ordinal: newest?.ordinal ?? 0, ownOrdinal: own?.authorOrdinal ?? 0 };
    },
    mentions: async (log, user, after, limit) => {
      const found = mentions.find({ log, user, seq: { $gt: after } }).sort({ seq: 1 });
      return (await found.limit(limit).lean<MentionDoc[]>()).map(({ seq }) => seq);
    },
  };
}

function openRegisters({ registers }: Models): Pick<Reads, 'registers' | 'register'> {
  return {
    registers: async (user, prefix = '') => {
      const found = registers.find({ user, key: { $gte: prefix, $lt: prefix + pastEveryKey } }).sort({ key: 1 });
      return (await found.lean<RegisterDoc[]>()).map(toRegister);
    },
    register: async (user, key) => {
      const doc = await registers.findById(`${user} ${key}`).lean<RegisterDoc>();
      return doc ? toRegister(doc) : undefined;
    },
  };
}
