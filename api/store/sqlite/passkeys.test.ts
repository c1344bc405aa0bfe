import { describePasskeyStore } from '../../../tests/contract/passkey-store.ts';
import { anOpenStore } from '../../../tests/contract/sqlite-store.ts';
import { createSqlitePasskeys } from './passkeys.ts';

describePasskeyStore('SQLite', async () => createSqlitePasskeys(await anOpenStore()));
