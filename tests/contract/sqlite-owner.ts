/** A process that owns a database file, appends for ever and prints each acknowledged head: to be killed. */
import { writeSync } from 'node:fs';
import { conversationLog } from '#sync-protocol';
import { createSqliteStore } from '../../api/store/sqlite/store.ts';
import { aConversation, aGroupCreated, aText, aUser, anEmptyBook, write } from './event-log-book.ts';

const log = conversationLog(aConversation(1));
const { eventLog } = await createSqliteStore({ file: process.argv[2]! });
let { book, event } = write(anEmptyBook(log), aGroupCreated(aUser(1), []));
for (;;) {
  await eventLog.append(log, event.event.seq - 1, [event]);
  writeSync(1, `${event.event.seq}\n`);
  ({ book, event } = write(book, aText(aUser(1), 'again')));
}
