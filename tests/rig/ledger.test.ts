/** The rigs are only as good as their judge: each thing that may go wrong is planted once, and named. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LogId, conversationLog } from '#sync-protocol';
import { aConversation } from '#sync-protocol/testing';
import { createSqliteStore } from '../../api/store/sqlite/store.ts';
import { aGroupCreated, aText, aUser, anEmptyBook, writeAll } from '../contract/event-log-book.ts';
import { aDataDir } from '../kit/processes.ts';
import { aMessage } from '../kit/script-client.ts';
import { createLedger, judge, nothingWrong, readStored } from './kit/ledger.ts';

const log: LogId = conversationLog(aConversation(1));

/** Three messages, asked for, answered and stored. */
function aStory() {
  const ledger = createLedger();
  const ops = [1, 2, 3].map((n) => aMessage(log, `ann:${n}`));
  for (const op of ops) ledger.asked(op);
  ledger.answered(ops.map(({ opId }, i) => ({ opId, log, seq: i + 1 })));
  const stored = ops.map(({ opId, payload }, i) => ({ log, seq: i + 1, opId, type: 'message', text: payload.body.text }));
  return { ledger, stored, ids: ops.map(({ opId }) => opId as string) };
}

test('a whole story has nothing wrong', () => {
  const { ledger, stored } = aStory();
  expect(judge(ledger, stored)).toEqual(nothingWrong);
});

test('what was acknowledged and is not there, or is elsewhere, is missing', () => {
  const { ledger, stored, ids } = aStory();
  expect(judge(ledger, stored.slice(0, 2)).missing).toEqual([ids[2]]);
  expect(judge(ledger, [{ ...stored[0]!, seq: 9 }, ...stored.slice(1)]).missing).toEqual([ids[0]]);
});

test('what is there twice, unasked or before its time is named', () => {
  const { ledger, stored, ids } = aStory();
  const [first, second, third] = stored as [(typeof stored)[0], (typeof stored)[0], (typeof stored)[0]];
  expect(judge(ledger, [...stored, first]).repeated).toEqual([ids[0]]);
  expect(judge(ledger, [...stored, { ...third, opId: 'nobody’s' as never }]).strange).toEqual(['nobody’s']);
  expect(judge(ledger, [first, third, second]).inverted).toEqual(['ann:2']);
});

test('two answers for one op that differ are an error at once', () => {
  const { ledger, ids } = aStory();
  expect(() => ledger.answered([{ opId: ids[0] as never, log, seq: 2 }])).toThrow(`${ids[0]} was answered 1, then 2`);
});

test.each([
  ['a hole', 'DELETE FROM events WHERE seq = 2', 'after 1 lies 3'],
  [
    'other content under the same chain',
    `UPDATE events SET content = replace(content, 'bodyHash":"', 'bodyHash":"0') WHERE seq = 2`,
    'the chain breaks at 2',
  ],
  ['a record that says less', 'UPDATE logs SET head = 2', 'the log ends at'],
])('a file with %s is not a whole one', async (_, damage, named) => {
  const folder = aDataDir();
  onTestFinished(folder.remove);
  const file = join(folder.path, 'chatter.db');
  const store = await createSqliteStore({ file });
  const ann = aUser(1);
  const { events } = writeAll(anEmptyBook(log), [aGroupCreated(ann, []), aText(ann, 'ann:1'), aText(ann, 'ann:2')]);
  await store.eventLog.append(log, 0, events);
  await store.close();
  // Whole, until it is damaged.
  expect(readStored(folder.path)).toHaveLength(3);

  const db = new DatabaseSync(file);
  db.exec(damage);
  db.close();
  expect(() => readStored(folder.path)).toThrow(named);
});
