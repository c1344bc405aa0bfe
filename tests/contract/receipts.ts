import { beforeEach, describe, expect, test } from 'vitest';
import { aConversation, aUser } from '#sync-protocol/testing';
import type { Receipts } from '../../api/core/ports.ts';

const [ann, bob] = [aUser(1), aUser(2)];
const [here, there] = [aConversation(1), aConversation(2)];

/** What every adapter of `Receipts` keeps: its comments in api/core/ports.ts, sentence by sentence. */
export function describeReceipts(name: string, create: () => Promise<Receipts>): void {
  describe(`${name} receipts`, () => {
    let receipts: Receipts;
    beforeEach(async () => void (receipts = await create()));
    const raise = (user: typeof ann, delivered: number, read = 0, conversation = here) =>
      receipts.raise(conversation, user, { delivered, read });

    test('[RC-1] the larger wins, and what did not rise is not told', async () => {
      expect(await raise(ann, 5, 3)).toEqual({ user: ann, version: 1, delivered: 5, read: 3 });
      expect(await raise(ann, 4, 2)).toBeUndefined();
      expect(await raise(ann, 5, 3)).toBeUndefined();
      expect(await raise(ann, 2, 4)).toEqual({ user: ann, version: 2, delivered: 5, read: 4 });
      expect(await receipts.of(here, ann)).toEqual({ user: ann, version: 2, delivered: 5, read: 4 });
    });

    test('[RC-1] what is read has been delivered', async () => {
      expect(await raise(ann, 0, 7)).toMatchObject({ delivered: 7, read: 7 });
    });

    test('[RC-1] versions count each conversation’s rises; above one are those that rose since', async () => {
      await raise(ann, 1);
      await raise(bob, 1);
      await raise(ann, 2);
      expect((await raise(bob, 9, 0, there))?.version).toBe(1);
      expect((await receipts.since(here, 0)).map(({ user }) => user).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([ann, bob]);
      expect(await receipts.since(here, 2)).toEqual([{ user: ann, version: 3, delivered: 2, read: 0 }]);
      expect(await receipts.since(here, 3)).toEqual([]);
      expect(await receipts.of(there, ann)).toBeUndefined();
    });

    test('[RC-1] many at once each get a version of their own', async () => {
      const risen = await Promise.all(Array.from({ length: 20 }, (_, n) => raise(aUser(n + 1), 1)));
      expect(new Set(risen.map((row) => row?.version)).size).toBe(20);
    });
  });
}
