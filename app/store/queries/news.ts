import { useEffect, useRef } from 'react';
import {
  registerKeys,
  type BlockedRegister,
  type ConversationId,
  type MessageId,
  type ReadRegister,
  type Seq,
  type UserId,
} from '#sync-protocol';
import { previewOf } from '../conversation.ts';
import { PENDING_ORDER, type ConversationRecord, type Preview } from '../rows.ts';
import { hiddenIn } from '../screen.ts';
import type { Tables } from '../tables.ts';
import { readNames, shownValue, type PersonView } from './people.ts';
import { useSource } from './provider.tsx';

/** The newest thing somebody else said in a conversation, and how much of it is unread. */
export type News = {
  readonly id: ConversationId;
  readonly message: MessageId;
  readonly kind: 'direct' | 'group';
  readonly title: string;
  readonly byName: string;
  readonly text: string | undefined;
  readonly unread: number;
  readonly atMs: number;
};

/** How much of a conversation has been told of. */
type Told = { readonly others: number; readonly upTo: Seq; readonly preview: MessageId | undefined };

export type NewsPage = {
  /** What came since the page before; nothing in the first. */
  readonly news: readonly News[];
  readonly unread: ReadonlySet<ConversationId>;
  readonly told: ReadonlyMap<ConversationId, Told>;
};

/** What others said since `told`, one piece of news a conversation; of blocked people nothing. */
export async function readNews(tx: Tables, me: UserId, told: ReadonlyMap<ConversationId, Told> | undefined): Promise<NewsPage> {
  const records = (await tx.conversations.all()).filter(({ knownHead, droppedUpTo }) => knownHead > droppedUpTo);
  const moved = told ? records.filter((record) => hasMore(record, told.get(record.id))) : [];
  const names = moved.length > 0 ? await readNames(tx, me) : new Map<UserId, PersonView>();
  const found: News[] = [];
  for (const record of moved) {
    const said = await newestOf(tx, me, record, told?.get(record.id));
    if (said) found.push(newsOf(record, said, names));
  }
  return {
    news: found,
    unread: new Set(records.filter(({ unread }) => unread > 0).map(({ id }) => id)),
    told: new Map(records.map((record) => [record.id, toldOf(record)])),
  };
}

const othersIn = ({ marks }: ConversationRecord): number => marks.ordinal - marks.ownOrdinal;

const toldOf = (record: ConversationRecord): Told => ({
  others: othersIn(record),
  upTo: record.watermark,
  preview: record.preview?.id,
});

const hasMore = (record: ConversationRecord, told: Told | undefined): boolean =>
  record.unread > 0 && othersIn(record) > (told?.others ?? 0);

type Said = Preview & { readonly atMs: number };

async function newestOf(tx: Tables, me: UserId, record: ConversationRecord, told: Told | undefined): Promise<Said | undefined> {
  const { id, droppedUpTo, preview, lastAt } = record;
  const read = shownValue<ReadRegister>(await tx.registers.get(registerKeys.read(id)))?.seq ?? 0;
  const from = Math.max(read, droppedUpTo, told?.upTo ?? 0) + 1;
  const held = await tx.messages.between(id, { from, to: PENDING_ORDER - 1, limit: newsMax, newest: true });
  const hidden = await tx.registers.startingWith(registerKeys.hidden(id, '' as MessageId));
  const hiddenIds = hiddenIn(
    id,
    hidden.filter((one) => shownValue<{ on: boolean }>(one)?.on).map(({ key }) => key),
  );
  // Of what is not on this device yet, the list knows the last line.
  const line = preview && preview.id !== told?.preview ? [{ ...preview, atMs: lastAt }] : [];
  const said = [...line, ...held.map((message) => ({ ...previewOf(message), atMs: message.at }))].toReversed();
  for (const one of said) {
    if (one.by === me || one.local || one.deleted || hiddenIds.has(one.id)) continue;
    const blocked = shownValue<BlockedRegister>(await tx.registers.get(registerKeys.blocked(one.by)));
    if (!blocked?.on) return one;
  }
  return undefined;
}

/** Further back nobody looks for something to tell. */
const newsMax = 30;

function newsOf(record: ConversationRecord, { id, by, text, atMs }: Said, names: ReadonlyMap<UserId, PersonView>): News {
  const byName = names.get(by)?.name ?? '';
  const title = record.kind === 'direct' ? byName : (record.title ?? '');
  return { id: record.id, message: id, kind: record.kind, title, byName, text, unread: record.unread, atMs };
}

/** Tells of what comes from now on, also when the person looks elsewhere. */
export function useNews(isListening: boolean, hear: (page: Omit<NewsPage, 'told'>) => void): void {
  const { reads } = useSource();
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => {
    if (!isListening) return undefined;
    let told: NewsPage['told'] | undefined;
    return reads.observe((tx) => readNews(tx, reads.user, told), {
      next: (page) => {
        told = page.told;
        latest.current(page);
      },
      error: (error) => console.error('news could not be read', error),
    });
  }, [reads, isListening]);
}
