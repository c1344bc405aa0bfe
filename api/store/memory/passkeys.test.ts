import { describePasskeyStore } from '../../../tests/contract/passkey-store.ts';
import { createMemoryPasskeys } from './passkeys.ts';

describePasskeyStore('memory', async () => createMemoryPasskeys());
