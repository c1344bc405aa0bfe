import { utf8Bytes, type LogId, type UserId } from '#sync-protocol';
import type { Change, ChangeKind, ChangeOf } from '../sync/change.ts';
import type { CommitResult, LocalStore, Outgoing, Rejected, TakeLimit } from '../sync/ports.ts';
import { applyAnswers, applyPark, applyRetry } from './apply/answers.ts';
import { applyFill } from './apply/fill.ts';
import { applyGone, applyUnknown } from './apply/gone.ts';
import { applyHeads } from './apply/heads.ts';
import { applyStoreEpoch, applySynced } from './apply/meta.ts';
import { applyPeople } from './apply/people.ts';
import { applyProfile } from './apply/profile.ts';
import { applyReceipts } from './apply/receipts.ts';
import { applyRows } from './apply/rows.ts';
import { applyRun } from './apply/run.ts';
import { applySelfRun } from './apply/self-run.ts';
import { applySelfSnapshot } from './apply/self-snapshot.ts';
import { applyReset, applyWindow } from './apply/window.ts';
import { deviceRules, type DeviceRules } from './device-rules.ts';
import { createKept } from './kept.ts';
import { takeLead } from './lead.ts';
import { move, wasAttempted } from './outbox.ts';
import { createOutcome, type Device, type Outcome, type Scope } from './outcome.ts';
import { wantPeople } from './people-wanted.ts';
import { discard, openDirect, pending, readFacts, sendAgain, stageOp } from './staging.ts';
import type { Backend, TableName, Tables } from './tables.ts';

/** What was received and what is on its way hang together, so they share their transactions. Drafts wait for nobody. */
const shared: readonly TableName[] = [
  'meta',
  'conversations',
  'messages',
  'outbox',
  'registers',
  'people',
  'receipts',
  'cancelled',
  'raw',
];

type Appliers = { readonly [K in ChangeKind]: (scope: Scope, change: ChangeOf<K>) => Promise<Rejected | undefined> };

const appliers: Appliers = {
  'store-epoch': applyStoreEpoch,
  answers: applyAnswers,
  retry: applyRetry,
  park: applyPark,
  'self-run': applySelfRun,
  'self-snapshot': applySelfSnapshot,
  run: applyRun,
  window: applyWindow,
  reset: applyReset,
  gone: applyGone,
  unknown: applyUnknown,
  fill: applyFill,
  rows: applyRows,
  heads: applyHeads,
  people: applyPeople,
  profile: applyProfile,
  receipts: applyReceipts,
  synced: applySynced,
};

const apply = <K extends ChangeKind>(scope: Scope, change: ChangeOf<K>): Promise<Rejected | undefined> =>
  (appliers[change.kind as K] as (scope: Scope, change: ChangeOf<K>) => Promise<Rejected | undefined>)(scope, change);

export type StoreOptions = { readonly user: UserId; readonly rules?: DeviceRules };

/** One implementation of every decision over two kinds of tables. */
export function createLocalStore(backend: Backend, { user, rules = deviceRules }: StoreOptions): LocalStore {
  const device: Device = { user, rules, kept: createKept(), known: new Set() };
  let termOfKept = 0;
  const change = (work: (scope: Scope) => Promise<void>): Promise<void> =>
    backend.write(shared, (tx) => work({ tx, device, outcome: createOutcome() }));

  return {
    stage: (op) => change((scope) => stageOp(scope, op)),
    commit: async (changes, leaderTerm) => {
      // What was kept under an earlier term may lack what another tab applied since. [AP-11]
      if (leaderTerm !== termOfKept && !rules.keepsOver('leader-term')) device.kept.forgetAll();
      termOfKept = leaderTerm;
      const done = await backend.write(shared, (tx) => commitIn(tx, device, changes, leaderTerm));
      for (const { result, outcome } of done)
        if (result.kind === 'committed') for (const remember of outcome.afterwards) remember();
      return done.map(({ result }) => result);
    },
    takeNext: ({ leaderTerm, limit, skip }) =>
      backend.write(shared, async (tx) => {
        if (!rules.leads(await termIn(tx), leaderTerm)) return [];
        return takeIn({ tx, device, outcome: createOutcome() }, limit, skip);
      }),
    lead: () => backend.write(shared, (tx) => takeLead({ tx, device, outcome: createOutcome() })),
    sendAgain: (opId) => change((scope) => sendAgain(scope, opId)),
    discard: (opId, undo) => change((scope) => discard(scope, opId, undo)),
    openDirect: (conversation, other) => change((scope) => openDirect(scope, conversation, other)),
    saveDraft: (conversationId, text, writtenAtMs) =>
      backend.write(['drafts'], ({ drafts }) =>
        text === '' ? drafts.remove([conversationId]) : drafts.put({ conversationId, text, writtenAtMs }),
      ),
    facts: (conversation) => backend.read((tx) => readFacts(tx, conversation)),
    pending: (opId) => backend.read((tx) => pending(tx, opId)),
    ownMessageSeq: (message) =>
      backend.read(async ({ messages }) => {
        const row = await messages.get(message);
        return row && !row.local ? row.seq : undefined;
      }),
    keepEventsOf: (open) => device.kept.open(open),
    close: () => backend.close(),
    wipe: () => backend.wipe(),
  };
}

const termIn = async (tx: Tables): Promise<number> => ((await tx.meta.get('leaderTerm'))?.value as number | undefined) ?? 0;

type Done = { readonly result: CommitResult; readonly outcome: Outcome };

async function commitIn(tx: Tables, device: Device, changes: readonly Change[], leaderTerm: number): Promise<readonly Done[]> {
  const leads = device.rules.leads(await termIn(tx), leaderTerm);
  const done: Done[] = [];
  for (const change of changes) {
    const outcome = createOutcome();
    done.push({ result: leads ? await applyOne({ tx, device, outcome }, change) : { kind: 'superseded' }, outcome });
  }
  return done;
}

async function applyOne(scope: Scope, change: Change): Promise<CommitResult> {
  const rejected = await apply(scope, change);
  return rejected ?? resultOf(scope.outcome, await wantPeople(scope));
}

const resultOf = (outcome: Outcome, people: readonly UserId[]): CommitResult => ({
  kind: 'committed',
  heads: [...outcome.heads.values()],
  gone: [...outcome.gone],
  people,
  unknown: [...outcome.unknown],
  nudge: outcome.nudge,
  ...(outcome.self && { self: outcome.self }),
});

/**
 * The first ops of every lane with nothing on its way, in the order in which the person made them. Marked and read in one
 * transaction, so that a change to a waiting op cannot slip under its sending. [LS-5]
 */
async function takeIn(scope: Scope, limit: TakeLimit, skip: ReadonlySet<LogId>): Promise<readonly Outgoing[]> {
  const { tx, device } = scope;
  const outbox = await tx.outbox.all();
  const lanes = new Set(outbox.filter(({ state, log }) => state.at === 'queued' && !skip.has(log)).map(({ log }) => log));
  const bytesOf = new Map(outbox.map(({ op, wire }) => [op, utf8Bytes(wire)]));
  const taken: (typeof outbox)[number][] = [];
  let left = limit;
  for (const lane of lanes) {
    if (left.ops <= 0 || (taken.length > 0 && left.bytes <= 0)) break;
    const next = device.rules.nextOfLane(lane, outbox, left, (op) => bytesOf.get(op) ?? 0);
    for (const { opId } of next) {
      const entry = outbox.find((one) => one.opId === opId)!;
      const bytes = bytesOf.get(entry.op) ?? 0;
      if (taken.length > 0 && bytes > left.bytes) break;
      taken.push(entry);
      left = { ops: left.ops - 1, bytes: left.bytes - bytes };
    }
  }
  const inOrder = taken.toSorted((a, b) => a.n - b.n);
  for (const entry of inOrder) {
    await move(scope, entry, { at: 'sending', ...(wasAttempted(entry.state) && { again: true }) });
  }
  return inOrder.map(({ opId, log, wire }) => ({ opId, log, wire }));
}
