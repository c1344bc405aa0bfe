import { registerKeys, type ContactRegister, type UserId } from '#sync-protocol';
import type { ProfileChange } from '../../core/ports.ts';
import type { MembershipDoc, Models, ProfileDoc, RegisterDoc } from './models.ts';

const changesAtOnce = 500;

/** From who changed, which since a device's last sync are few, to whom of them `user` has to do with. [PR-2] */
export async function profilesChanged(models: Models, user: UserId, since: number): Promise<readonly ProfileChange[]> {
  const changed = await models.profiles
    .find({ at: { $gte: since } })
    .sort({ at: 1 })
    .lean<ProfileDoc[]>();
  if (changed.length === 0) return [];
  const mine = await models.memberships.find({ user, role: { $in: roles } }, { log: 1 }).lean<Pick<MembershipDoc, 'log'>[]>();
  const told: ProfileChange[] = [];
  for (let from = 0; from < changed.length; from += changesAtOnce) {
    const some = changed.slice(from, from + changesAtOnce);
    const known = await knownOf(models, user, { among: some.map(({ _id }) => _id), logs: mine.map(({ log }) => log) });
    told.push(...some.flatMap(({ _id, at }) => (_id === user || known.has(_id) ? [{ user: _id, at }] : [])));
  }
  return told;
}

const roles = ['owner', 'member'] as const;

type Asked = { readonly among: readonly UserId[]; readonly logs: readonly MembershipDoc['log'][] };

async function knownOf({ memberships, registers }: Models, user: UserId, { among, logs }: Asked): Promise<ReadonlySet<UserId>> {
  const [shared, contacts] = await Promise.all([
    memberships
      .find({ user: { $in: [...among] }, log: { $in: [...logs] }, role: { $in: roles } }, { user: 1 })
      .lean<Pick<MembershipDoc, 'user'>[]>(),
    registers.find({ _id: { $in: among.map((one) => `${user} ${registerKeys.contact(one)}`) } }).lean<RegisterDoc[]>(),
  ]);
  const isContact = ({ value }: RegisterDoc): boolean => {
    const { on, of } = JSON.parse(value) as ContactRegister;
    return on || of === true;
  };
  const byKey = new Map(contacts.map((doc) => [doc.key, doc]));
  const ofContacts = among.filter((one) => {
    const doc = byKey.get(registerKeys.contact(one));
    return doc !== undefined && isContact(doc);
  });
  return new Set([...shared.map((one) => one.user), ...ofContacts]);
}
