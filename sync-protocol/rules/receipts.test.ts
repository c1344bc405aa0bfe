import { expect, test } from 'vitest';
import { aUser } from '../testing.ts';
import type { Receipt } from '../wire/conversation.ts';
import { mergeReceipt } from './receipts.ts';

const user = aUser(1);
const receipts: readonly Receipt[] = [
  { user, version: 1, delivered: 3, read: 0 },
  { user, version: 4, delivered: 5, read: 5 },
  { user, version: 3, delivered: 7, read: 2 },
  { user, version: 2, delivered: 0, read: 6 },
];

test('[RC-1] in any order, however often, receipts come to the same', () => {
  const largest = { user, version: 4, delivered: 7, read: 6 };
  for (const first of receipts) {
    for (const second of receipts) {
      const order = [first, second, ...receipts.toReversed(), first];
      expect(order.reduce<Receipt | undefined>(mergeReceipt, undefined)).toEqual(largest);
    }
  }
});

test('[RC-1] what was read was delivered', () => {
  expect(mergeReceipt(receipts[0], receipts[3]!)).toMatchObject({ delivered: 6, read: 6 });
});
