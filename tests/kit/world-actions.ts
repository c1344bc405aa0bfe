/** What people do, and what happens to them, in a simulated world. */
import {
  conversationLog,
  isDirect,
  selfLog,
  stretches,
  type ConversationId,
  type MessageId,
  type Op,
  type OpId,
  type UserId,
} from '#sync-protocol';
import { createIds } from '../../app/platform/ids.ts';
import { seenOf } from '../../app/store/conversation.ts';
import type { ConversationRecord, MessageRecord, OutboxRecord } from '../../app/store/rows.ts';
import type { VirtualTime } from './clock.ts';
import type { Random } from './random.ts';
import type { SimDevice } from './world-device.ts';

export type Actor = {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly people: readonly UserId[];
  readonly count: (what: string) => void;
};

type Scene = {
  readonly device: SimDevice;
  readonly conversations: readonly ConversationRecord[];
  readonly outbox: readonly OutboxRecord[];
};

type Deed = (actor: Actor, scene: Scene) => Promise<unknown> | undefined;

const deeds = {
  send,
  burst,
  edit: (actor, scene) =>
    onMessage(actor, scene, true, (commands, id, target) => commands.editMessage(id, target, `e${actor.random.below(1_000)}`)),
  delete: (actor, scene) => onMessage(actor, scene, true, (commands, id, target) => commands.deleteMessage(id, target)),
  react,
  read,
  group,
  direct,
  add: (actor, scene) => inGroup(actor, scene, (commands, { id }) => commands.addMembers(id, [actor.random.pick(actor.people)])),
  remove: removeMember,
  leave: (actor, scene) => inGroup(actor, scene, (commands, { id }) => commands.leaveGroup(id)),
  title: (actor, scene) =>
    inGroup(actor, scene, (commands, { id }) => commands.changeGroupInfo(id, { title: `T${actor.random.below(100)}` })),
  policy,
  drop: (actor, scene) => anywhere(actor, scene, (commands, { id }) => commands.dropConversation(id)),
  block: (actor, scene) => commandsOf(scene)?.block(other(actor, scene), actor.random.chance(0.5)),
  contact: (actor, scene) => commandsOf(scene)?.addContact({ user: other(actor, scene), name: `N${actor.random.below(9)}` }),
  rename: (actor, scene) => commandsOf(scene)?.changeProfile({ name: `R${actor.random.below(100_000)}` }),
  open: (actor, scene) => anywhere(actor, scene, async (commands, { id }) => commands.open(id)),
  close: (actor, scene) => anywhere(actor, scene, async (commands, { id }) => commands.close(id)),
  fill,
  again: (actor, scene) => onParked(actor, scene, (commands, opId) => commands.sendAgain(opId)),
  discard: (actor, scene) => onWaiting(actor, scene, (commands, opId) => commands.discard(opId)),
} as const satisfies Record<string, Deed>;

export type Profile = 'people' | 'holes' | 'stays' | 'names';

/**
 * How often what is done. `people`: a bit of everything. `holes`: a busy chat read from bad links. `stays`: coming and going.
 * `names`: others again and again, while people come and go.
 */
const weights: Readonly<Record<Profile, Partial<Record<keyof typeof deeds, number>>>> = {
  people: {
    send: 26,
    burst: 5,
    edit: 6,
    delete: 4,
    react: 8,
    read: 8,
    group: 3,
    direct: 2,
    add: 4,
    remove: 3,
    leave: 1,
    title: 2,
    policy: 1,
    drop: 1,
    block: 1,
    contact: 1,
    rename: 2,
    open: 4,
    close: 2,
    fill: 8,
    again: 2,
    discard: 2,
  },
  holes: { send: 36, burst: 2, edit: 12, delete: 4, react: 22, fill: 60, open: 6, close: 1, read: 3 },
  stays: {
    send: 28,
    edit: 14,
    delete: 3,
    react: 12,
    add: 14,
    remove: 10,
    leave: 2,
    policy: 5,
    fill: 14,
    open: 3,
    read: 4,
    again: 1,
  },
  names: { rename: 30, send: 10, contact: 4, direct: 3, group: 3, add: 8, remove: 8, leave: 2, drop: 1, open: 2 },
};
const drawers = Object.fromEntries(
  Object.entries(weights).map(([profile, table]) => [
    profile,
    Object.entries(table).flatMap(([name, weight]) => Array<string>(weight).fill(name)),
  ]),
) as unknown as Record<Profile, readonly (keyof typeof deeds)[]>;

/** One thing one person does. Not waited for: what is under way when the device dies stays unknown to them. */
export async function act(actor: Actor, profile: Profile, device: SimDevice): Promise<void> {
  const label = actor.random.pick(drawers[profile]);
  const scene = await device.read(async (tx) => ({
    device,
    conversations: await tx.conversations.all(),
    outbox: await tx.outbox.all(),
  }));
  actor.time.note(`${device.name} ${label}`);
  const work: Deed = deeds[label];
  void work(actor, scene)?.catch((error: unknown) => device.reports.push(`command ${label} failed: ${String(error)}`));
}

type SessionCommands = NonNullable<ReturnType<typeof commandsOf>>;

const commandsOf = ({ device }: Scene) => device.tab()?.session.commands;
const other = ({ random, people }: Actor, { device: { user } }: Scene): UserId =>
  random.pick(people.filter((one) => one !== user));

function anywhere(
  actor: Actor,
  scene: Scene,
  work: (commands: SessionCommands, record: ConversationRecord) => Promise<unknown>,
): Promise<unknown> | undefined {
  const commands = commandsOf(scene);
  return commands && scene.conversations.length > 0 ? work(commands, actor.random.pick(scene.conversations)) : undefined;
}

function inGroup(actor: Actor, scene: Scene, work: Parameters<typeof anywhere>[2]): Promise<unknown> | undefined {
  return anywhere(actor, { ...scene, conversations: scene.conversations.filter(({ kind }) => kind === 'group') }, work);
}

function send(actor: Actor, scene: Scene) {
  return anywhere(actor, scene, (commands, { id }) => commands.sendMessage(id, { text: `m${actor.random.below(100_000)}` }));
}

async function burst(actor: Actor, scene: Scene): Promise<void> {
  const commands = commandsOf(scene);
  if (!commands || scene.conversations.length === 0) return;
  const { id } = actor.random.pick(scene.conversations);
  for (let left = 6 + actor.random.below(14); left > 0; left--)
    await commands.sendMessage(id, { text: `b${actor.random.below(100_000)}` });
}

async function onMessage(
  actor: Actor,
  scene: Scene,
  isOwn: boolean,
  work: (commands: SessionCommands, id: ConversationId, target: MessageId) => Promise<unknown>,
): Promise<void> {
  const found = await messageOf(actor, scene, isOwn);
  const commands = commandsOf(scene);
  if (found && commands) await work(commands, found.conversationId, found.id);
}

async function messageOf(
  { random }: Actor,
  { device, conversations }: Scene,
  isOwn: boolean,
): Promise<MessageRecord | undefined> {
  if (conversations.length === 0) return undefined;
  const { id } = random.pick(conversations);
  const all = await device.read((tx) => tx.messages.between(id, { from: 0, to: Number.MAX_SAFE_INTEGER }));
  const possible = all.filter(({ by }) => !isOwn || by === device.user);
  return possible.length > 0 ? random.pick(possible) : undefined;
}

/** Ops for which the screens have no command yet. */
async function stage(
  actor: Actor,
  scene: Scene,
  conversation: ConversationId,
  parts: Pick<Op, 'type'> & { payload: unknown; target?: MessageId },
): Promise<void> {
  const tab = scene.device.tab();
  if (!tab) return;
  const record = scene.conversations.find(({ id }) => id === conversation);
  const clock = { now: () => 1_600_000_000_000 + actor.time.now(), after: () => () => {} };
  const opId = createIds(clock, actor.random.next).next() as OpId;
  const withOther = isDirect(conversation) && record?.other ? { with: record.other } : {};
  await tab.store.stage({
    opId,
    log: conversationLog(conversation),
    writtenAt: clock.now(),
    ...withOther,
    ...parts,
  } as unknown as Op);
  tab.session.commands.tryNow();
}

async function react(actor: Actor, scene: Scene): Promise<void> {
  const found = await messageOf(actor, scene, false);
  if (!found) return;
  const payload = { emoji: actor.random.pick(['👍', '🎉']), on: actor.random.chance(0.6) };
  await stage(actor, scene, found.conversationId, { type: 'reaction', target: found.id, payload });
}

function policy(actor: Actor, scene: Scene) {
  return inGroup(actor, scene, async (_, { id }) =>
    stage(actor, scene, id, { type: 'policy-changed', payload: { history: actor.random.pick(['joined', 'shared']) } }),
  );
}

function removeMember(actor: Actor, scene: Scene) {
  return inGroup(actor, scene, async (commands, { id }) => {
    const user = other(actor, scene);
    if (actor.random.chance(0.6)) return commands.removeMember(id, user);
    return stage(actor, scene, id, { type: 'member-removed', payload: { user, purge: true } });
  });
}

function read(actor: Actor, scene: Scene) {
  return anywhere(actor, scene, (commands, { id, watermark }) =>
    commands.markRead(id, Math.max(0, watermark - actor.random.below(3))),
  );
}

async function group(actor: Actor, scene: Scene): Promise<void> {
  const commands = commandsOf(scene);
  if (!commands || scene.conversations.length > 2) return;
  const { random, people } = actor;
  await commands.createGroup({
    title: `G${random.below(100)}`,
    members: people.filter((one) => one !== scene.device.user && random.chance(0.7)),
  });
}

async function direct(actor: Actor, scene: Scene): Promise<void> {
  const commands = commandsOf(scene);
  if (!commands) return;
  const id = await commands.openDirect(actor.random.pick(actor.people));
  await commands.sendMessage(id, { text: `d${actor.random.below(1_000)}` });
}

async function fill(actor: Actor, scene: Scene): Promise<void> {
  const commands = commandsOf(scene);
  const gaps = scene.conversations.flatMap((record) => gapsOf(record));
  if (!commands || gaps.length === 0) return;
  const { id, from, to } = actor.random.pick(gaps);
  actor.count('fills asked');
  // Not always all of it, so that two answers may overlap.
  const end = actor.random.chance(0.5) ? to : from + actor.random.below(to - from + 1);
  await commands.fill(id, { from, to: end });
}

export async function hasGaps(device: SimDevice): Promise<boolean> {
  return (await device.read((tx) => tx.conversations.all())).some((record) => gapsOf(record).length > 0);
}

/** Holes and stale stretches, as a screen would ask for them. */
export function gapsOf(record: ConversationRecord): { id: ConversationId; from: number; to: number }[] {
  const { id, ranges, watermark, droppedUpTo } = record;
  const whole = { from: droppedUpTo + 1, to: watermark };
  return stretches(ranges, seenOf(record) ?? [whole], whole)
    .filter(({ kind }) => kind === 'hole' || kind === 'stale')
    .map(({ from, to }) => ({ id, from, to }));
}

function onParked(actor: Actor, scene: Scene, work: (commands: SessionCommands, opId: OpId) => Promise<unknown>) {
  return onEntry(actor, scene, ({ state }) => state.at === 'parked', work);
}
function onWaiting(actor: Actor, scene: Scene, work: (commands: SessionCommands, opId: OpId) => Promise<unknown>) {
  return onEntry(actor, scene, ({ state, log }) => state.at !== 'answered' && log !== selfLog(scene.device.user), work);
}

function onEntry(
  actor: Actor,
  scene: Scene,
  fits: (entry: OutboxRecord) => boolean,
  work: (commands: SessionCommands, opId: OpId) => Promise<unknown>,
) {
  const entries = scene.outbox.filter(fits);
  const commands = commandsOf(scene);
  if (!commands || entries.length === 0) return undefined;
  actor.count('ops taken back or sent again');
  return work(commands, actor.random.pick(entries).opId);
}
