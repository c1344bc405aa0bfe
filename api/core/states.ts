import { within, type ConversationState, type Role } from '#sync-protocol';
import type { EventLog } from './ports.ts';
import type { View } from './view.ts';

/** What all members share, as this reader may see it: pins of messages they may not see are left out. [FD-4, VS-5] */
export async function stateOf(store: EventLog, view: View): Promise<ConversationState> {
  const { title, about, policy } = view.shared;
  return {
    asOf: view.isMember ? view.record.head : view.head,
    ...(title !== undefined && { title }),
    ...(about !== undefined && { about }),
    policy,
    pins: await visiblePins(store, view),
    members: view.isMember ? (view.record.state?.members ?? []) : await membersAt(store, view),
  };
}

async function visiblePins(store: EventLog, { log, shared: { pins }, intervals }: View): Promise<ConversationState['pins']> {
  if (pins.length === 0) return [];
  const seqs = new Map((await store.messages(log, pins)).map(({ id, seq }) => [id, seq]));
  return pins.filter((id) => within(seqs.get(id) ?? 0, intervals));
}

/** Who was there when a former member left: their stays say it. [VS-3] */
async function membersAt(store: EventLog, { log, head, membership, isPurged }: View): Promise<ConversationState['members']> {
  if (isPurged) return [];
  const owners = new Set(membership.spans.at(-1)?.end?.owners);
  const present = (await store.memberships(log)).flatMap(({ user, spans }) => {
    const span = spans.find(({ from, to }) => from <= head && (to === undefined || to > head));
    return span ? [{ user, from: span.from }] : [];
  });
  const role = (user: (typeof present)[number]['user']): Role => (owners.has(user) ? 'owner' : 'member');
  return present.toSorted((a, b) => a.from - b.from).map(({ user }) => [user, role(user)]);
}
