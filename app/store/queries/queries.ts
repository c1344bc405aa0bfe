import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ConversationId, MessageId, UserId } from '#sync-protocol';
import type { EngineState } from '../../sync/state.ts';
import type { DraftRecord, OutboxRecord } from '../rows.ts';
import type { ScreenItem } from '../screen.ts';
import {
  readConversation,
  readConversations,
  type ConversationFilter,
  type ConversationItem,
  type ConversationView,
} from './conversations.ts';
import { readMessages, type MessagesPage } from './messages.ts';
import { readContacts, readContactStatus, readMe, readNames, readPerson, type ContactStatus, type PersonView } from './people.ts';
import { useEngineState, useIsDiskAway, useSource, useStored, type StorageFacts } from './provider.tsx';

export { useIsDiskAway };
export type { ContactStatus, ConversationFilter, ConversationItem, ConversationView, PersonView, ScreenItem };

// Every hook answers `undefined` until its first read returns, and `null` for what this device does not have.

const useUser = (): UserId => useSource().reads.user;

export function useConversationList(filter: ConversationFilter): readonly ConversationItem[] | undefined {
  const me = useUser();
  return useStored(`conversations ${filter}`, '', (tx) => readConversations(tx, me, filter));
}

export function useConversation(id: ConversationId): ConversationView | null | undefined {
  const me = useUser();
  return useStored(`conversation ${id}`, '', (tx) => readConversation(tx, me, id));
}

const PAGE = 60;

export type MessagesView = MessagesPage & { readonly loadOlder: () => void; readonly loadNewer: () => void };

/** The newest messages, or those around `place`. More of either end on demand; those of the last place until another one is read. */
export function useMessages(id: ConversationId, place?: MessageId): MessagesView | undefined {
  const me = useUser();
  const [reach, setReach] = useState({ older: PAGE, newer: PAGE });
  const page = useStored(`messages ${id}`, `${place ?? ''} ${reach.older} ${reach.newer}`, (tx) =>
    readMessages(tx, me, id, { place, ...reach }),
  );
  const { hasOlder = false, hasNewer = false } = page ?? {};
  const loadOlder = useCallback(() => {
    if (hasOlder) setReach(({ older, newer }) => ({ older: older + PAGE, newer }));
  }, [hasOlder]);
  const loadNewer = useCallback(() => {
    if (hasNewer) setReach(({ older, newer }) => ({ older, newer: newer + PAGE }));
  }, [hasNewer]);
  return useMemo(() => page && { ...page, loadOlder, loadNewer }, [page, loadOlder, loadNewer]);
}

/** What the person wrote and the server does not have, as far as is known. */
export const useOutbox = (): readonly OutboxRecord[] | undefined =>
  useStored('outbox', '', async (tx) => (await tx.outbox.all()).filter(({ inDoubt }) => !inDoubt));

const nobodyWaitsFor: ReadonlySet<string> = new Set(['read-marker', 'draft']);

/** What waits for the network and what waits for the person. Where somebody has read to is sent along without a word. */
export function useOutboxCount(): { readonly waiting: number; readonly failed: number } {
  const outbox = useOutbox();
  return useMemo(() => {
    const entries = (outbox ?? []).filter(({ op }) => !nobodyWaitsFor.has(op.type));
    const waiting = entries.filter(({ state }) => state.at === 'queued' || state.at === 'sending').length;
    return { waiting, failed: entries.filter(({ state }) => state.at === 'parked').length };
  }, [outbox]);
}

export function useMe(): PersonView | undefined {
  const me = useUser();
  return useStored('me', '', (tx) => readMe(tx, me));
}

export function usePerson(user: UserId): PersonView | null | undefined {
  const me = useUser();
  return useStored(`person ${user}`, '', (tx) => readPerson(tx, me, user));
}

export type Persons = { readonly nameOf: (user: UserId) => string; readonly get: (user: UserId) => PersonView | undefined };

/** Names of these people, and of everybody else this device knows. */
export function usePersons(_users: readonly UserId[]): Persons {
  const me = useUser();
  const names = useStored('persons', '', (tx) => readNames(tx, me));
  return useMemo(
    () => ({ nameOf: (user: UserId) => names?.get(user)?.name ?? '', get: (user: UserId) => names?.get(user) }),
    [names],
  );
}

export function useContacts(): readonly PersonView[] | undefined {
  const me = useUser();
  return useStored('contacts', '', (tx) => readContacts(tx, me));
}

export const useContactStatus = (user: UserId): ContactStatus | undefined =>
  useStored(`contact ${user}`, '', (tx) => readContactStatus(tx, user));

export const useDraft = (id: ConversationId): DraftRecord | null | undefined =>
  useStored(`draft ${id}`, '', async (tx) => (await tx.drafts.get(id)) ?? null);

/** The engine: link, countdown, how much is still to come, where things are kept. */
export const useLink = (): EngineState => useEngineState();

export function useUnreadTotal(): number | undefined {
  return useStored('unread', '', async (tx) => {
    const records = await tx.conversations.all();
    return records.reduce((sum, { unread, knownHead, droppedUpTo }) => sum + (knownHead > droppedUpTo ? unread : 0), 0);
  });
}

export function useStorageInfo(): StorageFacts | undefined {
  const { storageInfo } = useSource();
  const [facts, setFacts] = useState<StorageFacts>();
  useEffect(() => {
    let isShown = true;
    storageInfo().then(
      (found) => isShown && setFacts(found),
      () => isShown && setFacts({ isPersistent: false }),
    );
    return () => {
      isShown = false;
    };
  }, [storageInfo]);
  return facts;
}
