import {
  CHAIN_START,
  limits,
  within,
  type LogId,
  type Message,
  type Reset,
  type Seq,
  type UserId,
  type Window,
} from '#sync-protocol';
import { bounds } from './bounds.ts';
import { bytesOf } from './budget.ts';
import { toMessage } from './messages.ts';
import type { EventLog } from './ports.ts';
import type { Rows } from './rows.ts';
import { readSnapshot } from './snapshot.ts';
import { stateOf } from './states.ts';
import { loadView, type OwnRegisters, type View } from './view.ts';

export type WindowAsked = {
  readonly log: LogId;
  readonly user: UserId;
  readonly from: Seq;
  readonly registers: OwnRegisters;
  readonly messagesMax: number;
  readonly bytesMax: number;
};
export type WindowFields = Omit<Window, 'kind'>;

export interface Windows {
  /** The newest messages of the present stay, complete from `windowStart`, all as of `head`. At least one, if there is any. [SY-6] */
  window(asked: WindowAsked): Promise<WindowFields | undefined>;
}

export function createWindows({ log: store, rows }: { readonly log: EventLog; readonly rows: Rows }): Windows {
  return {
    window: async ({ log, user, from, registers, messagesMax, bytesMax }) => {
      const last = (view: View) => view.intervals.at(-1) ?? { from: view.head + 1, to: view.head };
      const read = await readSnapshot(store, {
        load: () => loadView(store, log, user, registers),
        pick: (view) => store.messagesIn(log, last(view).from, last(view).to, messagesMax, true),
        grows: true,
      });
      if (!read) return undefined;
      const { view } = read;
      const newestFirst = read.messages.toSorted((a, b) => b.seq - a.seq);
      const messages = fitting(
        newestFirst.map((message) => toMessage(message, view)),
        { messagesMax, bytesMax },
      ).toReversed();
      // Fewer than there was room for: the stay has no more.
      const isWhole = read.messages.length < messagesMax && messages.length === read.messages.length;
      const mentions = await store.mentions(log, user, from, bounds.mentionsPageMax);
      return {
        log,
        from,
        head: view.head,
        chain: view.head === 0 ? CHAIN_START : view.chain,
        windowStart: isWhole ? last(view).from : messages[0]!.seq,
        row: await rows.row(view, registers, newestFirst[0]),
        state: await stateOf(store, view),
        messages,
        mentions: mentions.filter((seq) => seq <= view.head && within(seq, view.intervals)),
      };
    },
  };
}

export const asWindow = (fields: WindowFields): Window => ({ kind: 'window', ...fields });
export const asReset = (why: Reset['why'], fields: WindowFields): Reset => ({ kind: 'reset', why, ...fields });
export const fullWindow = { messagesMax: limits.windowMessagesMax, bytesMax: limits.windowBytesMax };

/** As many as fit, at least one. */
export function fitting(
  messages: readonly Message[],
  { messagesMax, bytesMax }: { messagesMax: number; bytesMax: number },
): Message[] {
  const fit: Message[] = [];
  let bytes = 0;
  for (const message of messages.slice(0, messagesMax)) {
    bytes += bytesOf(message);
    if (bytes > bytesMax && fit.length > 0) break;
    fit.push(message);
  }
  return fit;
}
