import { describeReceipts } from '../../../tests/contract/receipts.ts';
import { anOpenStore } from '../../../tests/contract/sqlite-store.ts';
import { createSqliteReceipts } from './receipts.ts';

describeReceipts('SQLite', async () => createSqliteReceipts(await anOpenStore()));
