import type { ChangeOf } from '../../sync/change.ts';
import type { Scope } from '../outcome.ts';

/**
 * A profile as it was pushed, without a number. Where one is held, the rest is shown at once and the whole is asked for: the
 * time of the older one stays, so that it is known to be older until then. [PR-1, PR-4]
 */
export async function applyProfile({ tx, outcome }: Scope, { profile }: ChangeOf<'profile'>): Promise<undefined> {
  const held = await tx.people.get(profile.id);
  if (held && profile.changedAt <= held.changedAt) return undefined;
  if (held?.phone === undefined) await tx.people.put(profile);
  else {
    await tx.people.put({ ...profile, phone: held.phone, changedAt: held.changedAt });
    outcome.outdated.add(profile.id);
  }
  return undefined;
}
