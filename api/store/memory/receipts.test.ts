import { describeReceipts } from '../../../tests/contract/receipts.ts';
import { createMemoryReceipts } from './receipts.ts';

describeReceipts('memory', async () => createMemoryReceipts());
