/** What anybody may see of one conversation, worked out from its events in the plainest way: the whole log, every time. */
import type { LogEvent, UserId } from '#sync-protocol';

type Stay = { readonly from: number; readonly to?: number; readonly purged?: boolean };
type Said = { readonly text: string; readonly seq: number };

export type OracleMessage = {
  readonly id: string;
  readonly seq: number;
  readonly by: UserId;
  readonly words: readonly Said[];
  readonly deleted: boolean;
  readonly revised: number;
  /** `user emoji` of every reaction that is on. */
  readonly reactions: ReadonlySet<string>;
};

/** The fields of every payload this speaks of. */
type Payload = {
  readonly members?: readonly UserId[];
  readonly user?: UserId;
  readonly purge?: boolean;
  readonly history?: string;
  readonly title?: string;
  readonly body?: { readonly text: string };
  readonly on?: boolean;
  readonly emoji?: string;
};

export type Oracle = ReturnType<typeof oracleOf>;

/** As of the last of these events. Payloads must be those that were written, not blanked ones. */
export function oracleOf(events: readonly LogEvent[]) {
  const stays = new Map<UserId, Stay[]>();
  const policyAt: string[] = ['joined'];
  const messages = new Map<string, { -readonly [K in keyof OracleMessage]: OracleMessage[K] }>();
  const titles: string[] = [''];
  const pins: string[] = [];
  const isIn = (user: UserId): boolean => {
    const last = stays.get(user)?.at(-1);
    return last !== undefined && last.to === undefined;
  };
  const join = (user: UserId, from: number): void => {
    if (!isIn(user)) stays.set(user, [...(stays.get(user) ?? []), { from }]);
  };
  const leave = (user: UserId, to: number, purged: boolean): void => {
    if (isIn(user)) stays.set(user, [...stays.get(user)!.slice(0, -1), { ...stays.get(user)!.at(-1)!, to, purged }]);
  };

  for (const event of events) {
    const { seq, by, target } = event;
    const payload = event.payload as Payload;
    const message = target ? messages.get(target) : undefined;
    let policy = policyAt[seq - 1]!;
    let title = titles[seq - 1]!;
    if (event.type === 'group-created') for (const user of [by, ...(payload.members ?? [])]) join(user, seq);
    if (event.type === 'group-created' || event.type === 'info-changed') title = payload.title ?? title;
    if (event.type === 'members-added') for (const user of payload.members ?? []) join(user, seq);
    if (event.type === 'member-removed') leave(payload.user!, seq, payload.purge === true && policy === 'joined');
    if (event.type === 'member-left') leave(by, seq, false);
    if (event.type === 'policy-changed') policy = payload.history!;
    if (event.type === 'message') {
      const words = [{ text: payload.body!.text, seq }];
      messages.set(event.opId, { id: event.opId, seq, by, words, deleted: false, revised: seq, reactions: new Set() });
    }
    if (event.type === 'pin' && target) {
      if (pins.includes(target)) pins.splice(pins.indexOf(target), 1);
      if (payload.on) pins.push(target);
    }
    if (message && !message.deleted && ['edit', 'delete', 'reaction'].includes(event.type)) {
      message.revised = seq;
      if (event.type === 'edit') message.words = [...message.words, { text: payload.body!.text, seq }];
      if (event.type === 'delete') [message.deleted, message.reactions] = [true, new Set()];
      if (event.type === 'reaction') {
        const reactions = new Set(message.reactions);
        if (payload.on) reactions.add(`${by} ${payload.emoji}`);
        else reactions.delete(`${by} ${payload.emoji}`);
        message.reactions = reactions;
      }
    }
    policyAt.push(policy);
    titles.push(title);
  }

  const head = events.length;
  const headOf = (user: UserId): number => stays.get(user)?.at(-1)?.to ?? (stays.has(user) ? head : 0);
  const isPurged = (user: UserId): boolean => stays.get(user)?.at(-1)?.purged === true;
  const sees = (user: UserId, seq: number): boolean => {
    const mine = stays.get(user) ?? [];
    if (mine.length === 0 || isPurged(user)) return false;
    if (policyAt[headOf(user)] === 'shared') return seq >= 1 && seq <= headOf(user);
    return mine.some(({ from, to }) => seq >= from && seq <= (to ?? head));
  };
  return {
    head,
    stays: (user: UserId): readonly Stay[] => stays.get(user) ?? [],
    isIn,
    isPurged,
    headOf,
    sees,
    seesEvent: (user: UserId, event: LogEvent): boolean =>
      sees(user, event.seq) && (!event.target || sees(user, messages.get(event.target)?.seq ?? 0)),
    messages: (user: UserId): readonly OracleMessage[] => [...messages.values()].filter(({ seq }) => sees(user, seq)),
    title: (user: UserId): string => titles[headOf(user)]!,
    pins: (user: UserId): readonly string[] => pins.filter((id) => sees(user, messages.get(id)?.seq ?? 0)),
    membersAt: (seq: number): readonly UserId[] =>
      [...stays].flatMap(([user, all]) =>
        all.some(({ from, to }) => from <= seq && (to === undefined || to > seq)) ? [user] : [],
      ),
    /** Texts this person must not be shown by anything. */
    secrets: (user: UserId): readonly string[] =>
      [...messages.values()].flatMap(({ seq, words }) =>
        words.filter((said) => !sees(user, seq) || said.seq > headOf(user)).map(({ text }) => text),
      ),
  };
}
