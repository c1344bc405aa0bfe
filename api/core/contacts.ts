import { isDirect, type ContactRegister, type UserId } from '#sync-protocol';
import type { Roots } from './roots.ts';
import { otherOf } from './rows.ts';

/** Why somebody is in the list: added by me, added me, a direct conversation, a group we are both in. */
export type Via = 'added' | 'added-me' | 'direct' | 'group';
export type Contact = { readonly user: UserId; readonly via: readonly Via[]; readonly name?: string };

/** Everybody a person has to do with, derived from what they are in: no list of its own that could disagree. */
export async function contactsOf(roots: Roots, user: UserId): Promise<readonly Contact[]> {
  const { views, registers } = await roots.derive(user);
  const via = new Map<UserId, Set<Via>>();
  const names = new Map<UserId, string>();
  const note = (other: UserId, why: Via): void => {
    if (other !== user) via.set(other, (via.get(other) ?? new Set<Via>()).add(why));
  };
  for (const { key, value } of registers.values()) {
    if (!key.startsWith('contact:')) continue;
    const other = key.slice('contact:'.length) as UserId;
    const { on, of, name } = value as ContactRegister;
    if (on) note(other, 'added');
    if (of) note(other, 'added-me');
    if (on && name !== undefined) names.set(other, name);
  }
  for (const view of views) {
    if (isDirect(view.conversation)) note(otherOf(view)!, 'direct');
    else if (view.isMember) for (const [member] of view.record.state?.members ?? []) note(member, 'group');
  }
  return [...via].map(([other, why]) => ({ user: other, via: [...why], ...(names.has(other) && { name: names.get(other)! }) }));
}
