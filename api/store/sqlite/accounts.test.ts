import { describeAccountStore } from '../../../tests/contract/account-store.ts';
import { anOpenStore } from '../../../tests/contract/sqlite-store.ts';
import { createSqliteAccounts } from './accounts.ts';

describeAccountStore('SQLite', async () => createSqliteAccounts(await anOpenStore()));
