import { registerKeys, type ContactRegister, type Register, type UserId } from '#sync-protocol';
import type { Membership, ProfileChange } from '../../core/ports.ts';

/** What one person has to do with. */
type Around = {
  readonly memberships: readonly ReadonlyMap<UserId, Membership>[];
  readonly registers: ReadonlyMap<string, Register> | undefined;
};
export type ProfileTimes = ReadonlyMap<UserId, number>;

export function profilesChanged(times: ProfileTimes, user: UserId, since: number, around: Around): readonly ProfileChange[] {
  return [...times]
    .flatMap(([one, at]) => (at >= since && isKnown(user, one, around) ? [{ user: one, at }] : []))
    .sort((a, b) => a.at - b.at);
}

function isKnown(user: UserId, other: UserId, { memberships, registers }: Around): boolean {
  const contact = registers?.get(registerKeys.contact(other))?.value as ContactRegister | undefined;
  if (user === other || contact?.on || contact?.of) return true;
  return memberships.some((members) => members.get(user)?.role !== undefined && members.get(other)?.role !== undefined);
}
