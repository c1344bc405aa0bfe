import { isHidden, limits, type ConversationId, type LogEvent, type RunItem, type Seq } from '#sync-protocol';

type Entry = { readonly seq: Seq; readonly event?: LogEvent };

/**
 * The newest events applied to the conversations on screen, so that a page of history that was true a moment ago can be
 * brought up to date. In memory of the tab that applied them: nobody else knows that nothing is missing in between. [AP-11]
 */
export interface Kept {
  open(conversations: ReadonlySet<ConversationId>): void;
  append(conversation: ConversationId, items: readonly RunItem[]): void;
  forget(conversation: ConversationId): void;
  forgetAll(): void;
  /** Every event in (asOf, watermark], or `undefined` when one of them is not known. */
  between(conversation: ConversationId, asOf: Seq, watermark: Seq): readonly LogEvent[] | undefined;
}

export function createKept(): Kept {
  const entriesOf = new Map<ConversationId, Entry[]>();
  let shown: ReadonlySet<ConversationId> = new Set();
  return {
    open: (conversations) => {
      shown = conversations;
      for (const id of entriesOf.keys()) if (!conversations.has(id)) entriesOf.delete(id);
    },
    append: (conversation, items) => {
      if (!shown.has(conversation)) return;
      const entries = [...(entriesOf.get(conversation) ?? []), ...items.flatMap(toEntries)];
      entriesOf.set(conversation, entries.slice(-limits.keptEventsMax));
    },
    forget: (conversation) => void entriesOf.delete(conversation),
    forgetAll: () => entriesOf.clear(),
    between: (conversation, asOf, watermark) => {
      const entries = entriesOf.get(conversation) ?? [];
      const [first] = entries;
      const last = entries.at(-1);
      if (!first || !last || first.seq > asOf + 1 || last.seq < watermark) return undefined;
      return entries.filter(({ seq }) => seq > asOf && seq <= watermark).flatMap(({ event }) => (event ? [event] : []));
    },
  };
}

/** Hidden numbers are blanks: nothing happened in them, and none is missing. Only the last few could matter. */
function toEntries(item: RunItem): Entry[] {
  if (!isHidden(item)) return [{ seq: item.seq, event: item }];
  const count = Math.min(item.count, limits.keptEventsMax);
  return Array.from({ length: count }, (_, i) => ({ seq: item.seq + item.count - count + i }));
}
