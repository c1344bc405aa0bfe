import type { DeviceLinkStore } from '../../core/linking-ports.ts';
import type { RoomCalls } from './rooms.ts';

/** `DeviceLinkStore` over the device links room. */
export function createSqliteDeviceLinks({ read, write }: RoomCalls): DeviceLinkStore {
  return {
    openLink: (link, now) => write('deviceLinks', 'open', link, now),
    linkBySecret: (secretHash, now) => read('deviceLinks', 'bySecret', secretHash, now),
    openLinkBy: (what, hash, now) => read('deviceLinks', 'openBy', what, hash, now),
    approveLink: (id, approval, now) => write('deviceLinks', 'approve', id, approval, now),
    denyLink: (id, now) => write('deviceLinks', 'deny', id, now),
    collectLink: (secretHash, now) => write('deviceLinks', 'collect', secretHash, now),
  };
}
