import {
  conversationLog,
  limits,
  Refusal,
  type ConversationId,
  type ConversationRow,
  type ConversationState,
  type UserId,
} from '#sync-protocol';
import { contactsOf, type Contact } from './contacts.ts';
import { createHistories, type Histories } from './histories.ts';
import { inListOrder, pageOf } from './list-pages.ts';
import type { EventLog } from './ports.ts';
import type { Roots } from './roots.ts';
import type { Rows } from './rows.ts';
import { stateOf } from './states.ts';
import { loadView, ownRegisters } from './view.ts';

/** What a person may be shown, one thing at a time. Membership is looked up in every one: cursors and ids give no right. */
export interface Reader {
  history: Histories['page'];
  /** One conversation with its members. Refuses `not-found`. */
  conversation(user: UserId, id: ConversationId): Promise<{ readonly row: ConversationRow; readonly state: ConversationState }>;
  /** The list, newest first, in pages. */
  conversations(user: UserId, cursor?: string): Promise<{ readonly rows: readonly ConversationRow[]; readonly cursor?: string }>;
  contacts(user: UserId): Promise<readonly Contact[]>;
}

export type ReaderDeps = { readonly log: EventLog; readonly roots: Roots; readonly rows: Rows; readonly storeEpoch: string };

export function createReader({ log: store, roots, rows, storeEpoch }: ReaderDeps): Reader {
  return {
    history: createHistories({ log: store, storeEpoch }).page,
    conversation: async (user, id) => {
      const view = await loadView(store, conversationLog(id), user);
      if (!view || view.isPurged) throw new Refusal('not-found');
      return { row: await rows.row(view, await ownRegisters(store, user)), state: await stateOf(store, view) };
    },
    conversations: async (user, cursor) => {
      const { views, registers } = await roots.derive(user);
      const page = pageOf(inListOrder(views), cursor, limits.bootstrapRowsPage);
      return { rows: await rows.rows(page.views, registers), ...(page.cursor !== undefined && { cursor: page.cursor }) };
    },
    contacts: (user) => contactsOf(roots, user),
  };
}
