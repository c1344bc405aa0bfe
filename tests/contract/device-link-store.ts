import { beforeEach, describe, expect, test } from 'vitest';
import type { DeviceId } from '#sync-protocol';
import { aUser } from '#sync-protocol/testing';
import type { DeviceLink, DeviceLinkStore } from '../../api/core/linking-ports.ts';

const by = { user: aUser(1), device: '01890000-0000-7000-8000-0000000000d1' as DeviceId };
const aLink = (n: number, changes: Partial<DeviceLink> = {}): DeviceLink => ({
  id: `01890000-0000-7000-8000-00000000000${n}`,
  secretHash: `secret ${n}`,
  tokenHash: `token ${n}`,
  codeHash: `code ${n}`,
  label: 'Firefox on Linux',
  address: '203.0.113.7',
  startedAt: 0,
  expiresAt: 100,
  state: 'open',
  ...changes,
});

/** What every adapter of `DeviceLinkStore` keeps: its comments in api/core/linking-ports.ts, sentence by sentence. */
export function describeDeviceLinkStore(name: string, create: () => Promise<DeviceLinkStore>): void {
  describe(`${name} device links`, () => {
    let store: DeviceLinkStore;
    beforeEach(async () => {
      store = await create();
      await store.openLink(aLink(1), 0);
      await store.openLink(aLink(2), 0);
    });

    test('[AC-22] a link is found by its secret, its token and its code, until it expires', async () => {
      expect(await store.linkBySecret('secret 1', 99)).toEqual(aLink(1));
      expect(await store.openLinkBy('token', 'token 2', 99)).toEqual(aLink(2));
      expect(await store.openLinkBy('code', 'code 1', 99)).toEqual(aLink(1));
      expect(await store.linkBySecret('secret 1', 100)).toBeUndefined();
      expect(await store.openLinkBy('token', 'token 2', 100)).toBeUndefined();
      expect(await store.openLinkBy('code', 'code 1', 100)).toBeUndefined();
      for (const what of ['token', 'code'] as const) {
        for (const hash of ['secret 1', what === 'token' ? 'code 1' : 'token 1']) {
          expect(await store.openLinkBy(what, hash, 0)).toBeUndefined();
        }
      }
    });

    test('[AC-22] two links that live have different codes; one that has expired gives its code back', async () => {
      expect(await store.openLink(aLink(3, { codeHash: 'code 1' }), 99)).toBe(false);
      expect(await store.linkBySecret('secret 3', 99)).toBeUndefined();
      expect(await store.openLink(aLink(3, { codeHash: 'code 1', expiresAt: 200 }), 100)).toBe(true);
      expect(await store.openLinkBy('code', 'code 1', 100)).toMatchObject({ id: aLink(3).id });
    });

    test('[AC-23] only one that is open and lives is approved or denied, and once', async () => {
      const approval = { by, expiresAt: 150 };
      const { id } = aLink(1);
      expect(await store.approveLink(id, approval, 100)).toBe(false);
      const both = await Promise.all([
        store.approveLink(id, approval, 99),
        store.denyLink(id, 99),
        store.approveLink(id, approval, 99),
      ]);
      expect(both).toEqual([true, false, false]);
      expect(await store.linkBySecret('secret 1', 149)).toEqual(aLink(1, { state: 'approved', approvedBy: by, expiresAt: 150 }));
      expect(await store.denyLink(aLink(2).id, 100)).toBe(false);
      expect(await store.denyLink(aLink(2).id, 99)).toBe(true);
      expect(await store.approveLink(aLink(2).id, approval, 99)).toBe(false);
      expect(await store.approveLink(aLink(3).id, approval, 99)).toBe(false);
    });

    test('[AC-23] what is decided is not found by what was shown', async () => {
      await store.approveLink(aLink(1).id, { by, expiresAt: 150 }, 0);
      await store.denyLink(aLink(2).id, 0);
      for (const n of [1, 2]) {
        expect(await store.openLinkBy('token', `token ${n}`, 0)).toBeUndefined();
        expect(await store.openLinkBy('code', `code ${n}`, 0)).toBeUndefined();
      }
    });

    test('[AC-22] an approved one is collected once, by its secret, in time', async () => {
      expect(await store.collectLink('secret 1', 0)).toBeUndefined();
      await store.approveLink(aLink(1).id, { by, expiresAt: 150 }, 0);
      expect(await store.collectLink('token 1', 0)).toBeUndefined();
      expect(await store.collectLink('secret 1', 150)).toBeUndefined();
      const collected = await Promise.all([1, 2, 3].map(() => store.collectLink('secret 1', 149)));
      expect(collected.filter((link) => link !== undefined)).toEqual([
        aLink(1, { state: 'collected', approvedBy: by, expiresAt: 150 }),
      ]);
      await store.denyLink(aLink(2).id, 0);
      expect(await store.collectLink('secret 2', 0)).toBeUndefined();
    });
  });
}
