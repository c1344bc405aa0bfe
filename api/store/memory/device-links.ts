import type { DeviceLink, DeviceLinkStore } from '../../core/linking-ports.ts';

/** For tests and simulation. Every method runs without a pause, so each is one step. */
export function createMemoryDeviceLinks(): DeviceLinkStore {
  const links = new Map<string, DeviceLink>();
  const find = (now: number, isIt: (link: DeviceLink) => boolean) =>
    [...links.values()].find((link) => link.expiresAt > now && isIt(link));
  const settle = (link: DeviceLink | undefined, changes: Partial<DeviceLink>): boolean => {
    if (link) links.set(link.id, { ...link, ...changes });
    return link !== undefined;
  };
  const stillOpen = (id: string, now: number) => find(now, (link) => link.id === id && link.state === 'open');

  return {
    openLink: async (link, now) => {
      for (const [id, { expiresAt }] of links) if (expiresAt <= now) links.delete(id);
      if (find(now, ({ codeHash }) => codeHash === link.codeHash)) return false;
      links.set(link.id, link);
      return true;
    },
    linkBySecret: async (secretHash, now) => find(now, (link) => link.secretHash === secretHash),
    openLinkBy: async (what, hash, now) =>
      find(now, (link) => link.state === 'open' && (what === 'token' ? link.tokenHash : link.codeHash) === hash),
    approveLink: async (id, { by, expiresAt }, now) =>
      settle(stillOpen(id, now), { state: 'approved', approvedBy: by, expiresAt }),
    denyLink: async (id, now) => settle(stillOpen(id, now), { state: 'denied' }),
    collectLink: async (secretHash, now) => {
      const link = find(now, ({ secretHash: held, state }) => held === secretHash && state === 'approved');
      settle(link, { state: 'collected' });
      return link && links.get(link.id);
    },
  };
}
