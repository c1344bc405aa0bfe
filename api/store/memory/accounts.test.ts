import { describeAccountStore } from '../../../tests/contract/account-store.ts';
import { createMemoryAccounts } from './accounts.ts';

describeAccountStore('memory', async () => createMemoryAccounts());
