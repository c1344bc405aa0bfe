import {
  conversationLog,
  limits,
  PROTOCOL_VERSION,
  type Answer,
  type LogId,
  type LogPart,
  type SyncRequest,
  type SyncResponse,
  type UserId,
} from '#sync-protocol';
import { referredIn } from './referred.ts';
import { entryOf, type Listing } from './roots.ts';
import { selfPart, type SelfPart } from './self-parts.ts';
import { beginReading, type SyncReaderDeps, type SyncReading } from './sync-reading.ts';
import { askedRows, rowsPage, type RowsPage } from './sync-rows.ts';
import type { View } from './view.ts';
import { asWindow } from './windows.ts';

/** Answers a sync whose ops are done already. [SY-2] */
export type SyncReader = (user: UserId, request: SyncRequest, answers: readonly Answer[]) => Promise<SyncResponse>;

export function createSyncReader(deps: SyncReaderDeps): SyncReader {
  const { log: store, clock, storeEpoch, syncEverySeconds } = deps;

  return async (user, request, answers) => {
    const now = clock.now();
    const reading = beginReading(deps, user, request);
    const { budget, isSameEpoch } = reading;
    budget.spend(answers);
    const self = await selfPart(store, user, { self: isSameEpoch ? request.self : undefined, bytesMax: budget.left() });
    if (self.kind === 'run') budget.spend(self.run);
    const { root, listing } = await listingFor(deps, reading, self);
    const first = self.kind === 'snapshot' && listing ? await rowsPage(deps, reading, listing, newestRows) : undefined;
    if (self.kind === 'snapshot') budget.spend(self.registers);
    const next =
      first || !request.bootstrap || !listing ? undefined : await rowsPage(deps, reading, listing, nextRows(request.bootstrap));
    const isNew = request.self === undefined;
    const { logs, left } = await partsFor(deps, reading, { self, firstViews: isNew ? (first?.views ?? []) : [] });
    const asked = await askedRows(deps, reading, listing, left);
    const said = { ...selfOf(self, first), logs, rows: [...(next?.rows ?? []), ...asked.rows] };
    const isCut = isCutShort(self, logs) || left.length > 0 || asked.isCut;
    return {
      version: PROTOCOL_VERSION,
      storeEpoch,
      now,
      syncEverySeconds,
      root,
      answers: [...answers],
      ...said,
      ...(next?.cursor !== undefined && { bootstrap: next.cursor }),
      ...(request.heads && listing && { heads: headsOf(listing) }),
      receipts: await receiptsFor(deps, reading),
      people: await peopleFor(deps, reading, said),
      ...(await changedPeople(deps, reading)),
      more: isCut || (next ?? first)?.cursor !== undefined,
    };
  };
}

const newestRows = { cursor: undefined, count: limits.bootstrapRowsFirst };
const nextRows = (cursor: string) => ({ cursor, count: limits.bootstrapRowsPage });

/** The list is read only if something in it is to be said; else the root at hand is enough. [SY-3] */
async function listingFor(
  { roots }: SyncReaderDeps,
  { user, request, isDifferent }: SyncReading,
  self: SelfPart,
): Promise<{ root: string; listing?: Listing }> {
  const isAsked = self.kind === 'snapshot' || request.bootstrap !== undefined || request.heads !== undefined;
  const atHand = isAsked ? undefined : await roots.of(user);
  if (atHand !== undefined && !isDifferent(atHand)) return { root: atHand };
  const listing = await roots.derive(user);
  return { root: listing.root, listing };
}

type PartsFor = { readonly self: SelfPart; readonly firstViews: readonly View[] };

/** In the order asked, until the budget is used up. The first always says something, unless the self log did. [SY-5, SY-10] */
async function partsFor(
  { logParts, windows }: SyncReaderDeps,
  reading: SyncReading,
  { self, firstViews }: PartsFor,
): Promise<{ logs: LogPart[]; left: LogId[] }> {
  const { user, request, budget, isSameEpoch } = reading;
  const logs: LogPart[] = [];
  const left: LogId[] = [];
  for (const asked of request.logs ?? []) {
    const mustSpeak = logs.length === 0 && self.kind === 'nothing-new';
    if (budget.left() <= 0 && !mustSpeak) left.push(asked.log);
    else {
      const registers = await reading.registers();
      logs.push(budget.spend(await logParts.part({ asked, user, registers, isSameEpoch, bytesMax: Math.max(0, budget.left()) })));
    }
  }
  const isAnswered = (view: View) => request.logs?.some(({ log }) => log === view.log);
  for (const { log } of firstViews.filter((view) => !isAnswered(view)).slice(0, limits.bootstrapLogsFirst)) {
    if (budget.left() <= 0) break;
    const bytesMax = Math.min(limits.windowBytesMax, budget.left());
    const fields = await windows.window({
      log,
      user,
      from: 0,
      registers: await reading.registers(),
      messagesMax: limits.bootstrapMessages,
      bytesMax,
    });
    if (fields) logs.push(budget.spend(asWindow(fields)));
  }
  return { logs, left };
}

function selfOf(self: SelfPart, first: RowsPage | undefined): Pick<SyncResponse, 'self'> {
  switch (self.kind) {
    case 'nothing-new':
      return {};
    case 'run':
      return { self: self.run };
    case 'snapshot': {
      const bootstrap = first?.cursor;
      const { head: at, chain } = self.at;
      return {
        self: {
          snapshot: [...self.registers],
          at,
          chain,
          rows: first?.rows ?? [],
          ...(bootstrap !== undefined && { bootstrap }),
        },
      };
    }
  }
}

const isCutShort = (self: SelfPart, logs: readonly LogPart[]): boolean =>
  (self.kind === 'run' && self.run.to < self.run.head) || logs.some((part) => part.kind === 'run' && part.to < part.head);

const headsOf = ({ views }: Listing): NonNullable<SyncResponse['heads']> =>
  views.map(entryOf).map(({ id, head, chain }) => [id, head, chain]);

/** Only members hear how far others came. */
async function receiptsFor(
  { log: store, receipts }: SyncReaderDeps,
  { user, request }: SyncReading,
): Promise<SyncResponse['receipts']> {
  const parts = await Promise.all(
    (request.receiptsOf ?? []).map(async ({ conversation, version }) => {
      const membership = await store.membership(conversationLog(conversation), user);
      return { conversation, people: membership?.role ? [...(await receipts.since(conversation, version))] : [] };
    }),
  );
  return parts.filter(({ people }) => people.length > 0);
}

/** Profiles asked for, and of those this answer speaks of, the ones the device cannot have yet. */
async function peopleFor(
  { people }: SyncReaderDeps,
  { user, request }: SyncReading,
  said: Pick<SyncResponse, 'self' | 'logs' | 'rows'>,
): Promise<SyncResponse['people']> {
  const asked = new Set(request.people);
  const referred = [...referredIn(said)].filter((one) => !asked.has(one)).slice(0, limits.peopleOfMax);
  if (asked.size + referred.length === 0) return [];
  const changedSince = request.since === undefined ? 0 : request.since - limits.sinceOverlapMs;
  const profiles = await people.visibleTo(user, [...asked, ...referred]);
  return profiles.filter(({ id, changedAt }) => asked.has(id) || changedAt >= changedSince);
}

/** Of whom the device may hold an older profile than there is. Those it asked for come in full, so they are not named. [PR-2] */
async function changedPeople(
  { log: store }: SyncReaderDeps,
  { user, request }: SyncReading,
): Promise<Pick<SyncResponse, 'peopleChanged'>> {
  if (request.since === undefined) return {};
  const asked = new Set(request.people);
  const changes = (await store.profilesChanged(user, request.since - limits.sinceOverlapMs)).filter(
    (one) => !asked.has(one.user),
  );
  return changes.length > 0 ? { peopleChanged: changes.map(({ user: one, at }) => [one, at]) } : {};
}
