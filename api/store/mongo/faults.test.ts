import { mongo } from 'mongoose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conversationLog } from '#sync-protocol';
import { aDevice } from '#sync-protocol/testing';
import {
  aConversation,
  aDelete,
  aGroupCreated,
  anEdit,
  anEmptyBook,
  aReaction,
  aText,
  aUser,
  type Said,
  writeAll,
} from '../../../tests/contract/event-log-book.ts';
import { expectFold } from '../../../tests/contract/event-log-traces.ts';
import { aFaultyPair, faults } from '../../../tests/kit/mongo/faults.ts';
import { mongoKinds, type MongoServer } from '../../../tests/kit/mongo/servers.ts';
import type { Account, Session } from '../../core/accounts-ports.ts';
import type { MongoStore } from './store.ts';

const [ann, bob, cem] = [aUser(1), aUser(2), aUser(3)];
const log = conversationLog(aConversation(1));
const upTo = (max: number) => Array.from({ length: max }, (_, i) => i + 1);
/** Of one append: its events, messages, memberships, mentions and blanks, its record, and the mark that nothing is left to do. */
const appendWrites = 7;
/** Of one redemption that takes a number over: the number, two accounts, a PIN, who found it, a session, and two marks. */
const redeemWrites = 8;

describe.each(mongoKinds)('$name', ({ start }) => {
  let server: MongoServer;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server.stop());

  describe.each(Object.entries(faults))('a write %s', (_, verdict) => {
    test.each(upTo(appendWrites))(
      '[SQ-1][SQ-10] the %i. of an append: without its server coming back all that is stored is folded, and the rest can follow',
      async (n) => {
        const { faulty, well, strike } = await aFaultyPair(server);
        const { said, events } = aConversationWithEverything();
        expect(await faulty.eventLog.append(log, 0, events.slice(0, 1))).toBe(1);
        const struck = strike(n, verdict);
        const answered = await faulty.eventLog.append(log, 1, events.slice(1)).catch(unknown);
        expect(struck()).toBeGreaterThanOrEqual(n);

        await expectAllOfRecord(well, said);
        await well.repair(0);
        const { head } = (await well.eventLog.record(log))!;
        expect(head).toBeGreaterThanOrEqual(1 + (answered ?? 0));
        await expectWhole(well, said.slice(0, head));

        const rest = events.slice(head);
        expect(await well.eventLog.append(log, head, rest)).toBe(rest.length);
        await expectWhole(well, said);
      },
    );

    test.each(upTo(redeemWrites))(
      '[SQ-14] the %i. of a number that is taken over: without its server coming back it is wholly done, or not at all',
      async (n) => {
        const { faulty, well, strike } = await aFaultyPair(server);
        await aQuietAccount(well);
        const struck = strike(n, verdict);
        const answered = await faulty.accounts.redeem(takeover).catch(unknown);
        expect(struck()).toBeGreaterThanOrEqual(n);
        await well.repair(0);
        const isDone = (await well.accounts.account(cem)) !== undefined;
        if (answered !== undefined) expect([answered, isDone]).toEqual(['redeemed', true]);
        await expectTakeover(well, isDone);
        expect(await well.accounts.redeem(takeover)).toBe(isDone ? 'used-before' : 'redeemed');
        await expectTakeover(well, true);
      },
    );
  });
});

/** The outcome is unknown where the database failed, or the way to it. Anything else is a mistake of ours. */
function unknown(error: unknown): undefined {
  if (!(error instanceof mongo.MongoError)) throw error;
}

function aConversationWithEverything() {
  const text = aText(ann, 'hello', [bob]);
  const said: readonly Said[] = [
    aGroupCreated(ann, [bob, cem]),
    text,
    anEdit(ann, text.opId, 'hello!'),
    aReaction(bob, text.opId, '👍', true),
    { ...aText(cem, ''), type: 'member-left', payload: {} },
    aDelete(ann, text.opId),
  ];
  const { events } = writeAll(anEmptyBook(log), said);
  const last = events.at(-1)!;
  return { said, events: events.with(-1, { ...last, effects: [...last.effects, { kind: 'blank', seq: 2 }] }) };
}

/** Nobody is told of a head whose consequences are not written; they may be ahead of it. [SQ-13] */
async function expectAllOfRecord({ eventLog }: MongoStore, said: readonly Said[]): Promise<void> {
  const { head } = (await eventLog.record(log))!;
  const { book } = writeAll(anEmptyBook(log), said.slice(0, head));
  for (const message of book.messages.values()) {
    const [held] = await eventLog.messages(log, [message.id]);
    expect(held!.revised).toBeGreaterThanOrEqual(message.revised);
  }
  for (const [user, { revised }] of book.fold.standings) {
    expect((await eventLog.membership(log, user))!.revised).toBeGreaterThanOrEqual(revised);
  }
}

async function expectWhole({ eventLog }: MongoStore, said: readonly Said[]): Promise<void> {
  const { book, events } = writeAll(anEmptyBook(log), said);
  await expectFold(eventLog, [book]);
  expect(await eventLog.mentions(log, bob, 0, 9)).toEqual(said.length > 1 ? [2] : []);
  const stored = await eventLog.read(log, 0, 100);
  expect(stored.map(({ seq, opId, chain }) => [seq, opId, chain])).toEqual(
    events.map(({ event }) => [event.seq, event.opId, event.chain]),
  );
  expect(stored[1]?.blank).toBe(said.length === 6 ? true : undefined);
}

const phone = '+41446681800';
const anAccount = (user: Account['user'], name: string): Account => ({ user, phone, name, signedUpAt: 1_000 });
const aSession = (n: number, user: Account['user']): Session => ({
  device: aDevice(n),
  user,
  tokenHash: `token-${n}`,
  label: 'Firefox',
  signedInAt: 1_000,
  usedAt: 1_000,
});
const takeover = {
  requestId: 'second',
  account: anAccount(cem, 'Cem'),
  session: aSession(2, cem),
  takenFrom: { user: ann, quietSince: 2_000 },
};

/** Ann has the number, a PIN, and is known to Bob by it; a code for somebody else is on its way there. */
async function aQuietAccount({ accounts }: MongoStore): Promise<void> {
  const code = { phone, salt: 's', codeHash: 'h', digits: 6, expiresAt: 9_000, tries: 0, state: 'open' } as const;
  const plenty = [{ max: 9, ms: 1 }];
  await accounts.openCode({ ...code, requestId: 'first', sentAt: 1_000 }, plenty);
  await accounts.redeem({ requestId: 'first', account: anAccount(ann, 'Ann'), session: aSession(1, ann) });
  await accounts.setPin(ann, { salt: 's', hash: 'h', tries: 0, triedAt: 0 });
  await accounts.noteLookup({ user: bob, phoneHash: 'a', at: 1_000, found: ann }, { max: 9, ms: 1_000 });
  await accounts.openCode({ ...code, requestId: 'second', sentAt: 2_000 }, plenty);
}

async function expectTakeover({ accounts }: MongoStore, isDone: boolean): Promise<void> {
  const { phone: _, ...withoutNumber } = anAccount(ann, 'Ann');
  expect(await accounts.account(ann)).toEqual(isDone ? withoutNumber : anAccount(ann, 'Ann'));
  expect(await accounts.accountByPhone(phone)).toEqual(isDone ? takeover.account : anAccount(ann, 'Ann'));
  expect(await accounts.session(aDevice(2))).toEqual(isDone ? takeover.session : undefined);
  expect((await accounts.pin(ann)) === undefined).toBe(isDone);
  expect(await accounts.foundByNumber(bob, [ann])).toEqual(new Set(isDone ? [] : [ann]));
  expect(await accounts.numbersUntold()).toEqual(isDone ? [{ user: ann, requestId: 'second' }] : []);
}
