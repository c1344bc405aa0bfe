import type { DeviceLink, DeviceLinkStore } from '../../core/linking-ports.ts';
import { insertNew } from './errors.ts';
import type { LinkCodeDoc, LinkDoc, Models } from './models.ts';

export function createMongoDeviceLinks({ links, linkCodes }: Models): DeviceLinkStore {
  /** Whether the short code is this link's until then: its document is one code's, and changes hands only when it has expired. */
  async function takeCode({ id, codeHash, expiresAt }: DeviceLink, now: number): Promise<boolean> {
    const fresh = { _id: codeHash, link: id, expiresAt };
    const isNew = await insertNew(linkCodes, fresh);
    if (isNew) return true;
    const { matchedCount } = await linkCodes.updateOne(
      { _id: codeHash, expiresAt: { $lte: now } },
      { $set: { link: id, expiresAt } },
    );
    return matchedCount === 1;
  }
  const one = async (where: object): Promise<DeviceLink | undefined> => {
    const doc = await links.findOne(where).lean<LinkDoc>();
    return doc ? toLink(doc) : undefined;
  };
  const settle = async (where: object, fields: object): Promise<boolean> =>
    (await links.updateOne(where, { $set: fields })).matchedCount === 1;

  return {
    openLink: async (link, now) => {
      await links.deleteMany({ expiresAt: { $lte: now } });
      if (!(await takeCode(link, now))) return false;
      const { id: _id, ...fields } = link;
      await links.collection.insertOne({ _id, ...fields } as never);
      return true;
    },
    linkBySecret: (secretHash, now) => one({ secretHash, expiresAt: { $gt: now } }),
    openLinkBy: (what, hash, now) =>
      one({ [what === 'token' ? 'tokenHash' : 'codeHash']: hash, state: 'open', expiresAt: { $gt: now } }),
    approveLink: async (id, { by, expiresAt }, now) => {
      const open = { _id: id, state: 'open', expiresAt: { $gt: now } };
      const isApproved = await settle(open, { state: 'approved', approvedBy: JSON.stringify(by), expiresAt });
      // Its code is shown for as long, and nobody else's.
      if (isApproved) await linkCodes.updateOne({ link: id } satisfies Partial<LinkCodeDoc>, { $set: { expiresAt } });
      return isApproved;
    },
    denyLink: (id, now) => settle({ _id: id, state: 'open', expiresAt: { $gt: now } }, { state: 'denied' }),
    collectLink: async (secretHash, now) => {
      const approved = { secretHash, state: 'approved', expiresAt: { $gt: now } };
      const isMine = await settle(approved, { state: 'collected' });
      return isMine ? one({ secretHash }) : undefined;
    },
  };
}

function toLink({ _id: id, approvedBy, ...link }: LinkDoc): DeviceLink {
  return {
    id,
    ...link,
    ...(approvedBy !== undefined && { approvedBy: JSON.parse(approvedBy) as NonNullable<DeviceLink['approvedBy']> }),
  };
}
