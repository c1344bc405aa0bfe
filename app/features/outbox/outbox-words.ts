import type { I18n } from '@lingui/core';
import type { ConversationId, MessageId, Op, UserId } from '#sync-protocol';
import type { OutboxRowProps } from '../../ui/outbox-row.tsx';

/** What the names in an op are called on this device. */
export type Names = {
  readonly conversation: (id: ConversationId) => string;
  readonly person: (id: UserId) => string;
  /** What a message said, when it is held here. */
  readonly text: (id: MessageId) => string | undefined;
};

export type OpWords = { readonly act: OutboxRowProps['act']; readonly title: string; readonly text: string };

/** One waiting act, to the person who did it: where, and what. */
export function opWords(i18n: I18n, op: Op, where: string, names: Names): OpWords {
  switch (op.type) {
    case 'message':
      return { act: 'message', title: where, text: textOf(op.payload.body) };
    case 'edit':
      return { act: 'edit', title: where, text: i18n._('Edit: “{text}”', { text: textOf(op.payload.body) }) };
    case 'delete':
      return { act: 'delete', title: where, text: deletedWords(i18n, names.text(op.target)) };
    case 'reaction':
      return { act: 'edit', title: where, text: i18n._('Reaction {emoji}', { emoji: op.payload.emoji }) };
    case 'pin':
      return { act: 'edit', title: where, text: op.payload.on ? i18n._('Pin a message') : i18n._('Unpin a message') };
    case 'group-created':
      return {
        act: 'group',
        title: i18n._('New group “{title}”', { title: op.payload.title }),
        text: peopleWords(i18n, op.payload.members, names),
      };
    case 'members-added':
      return {
        act: 'group',
        title: where,
        text: i18n._('Add {people}', { people: peopleWords(i18n, op.payload.members, names) }),
      };
    case 'member-removed':
      return { act: 'group', title: where, text: i18n._('Remove {name}', { name: names.person(op.payload.user) }) };
    case 'member-left':
      return { act: 'group', title: where, text: i18n._('Leave the group') };
    case 'role-changed':
      return { act: 'group', title: where, text: roleWords(i18n, op.payload.role, names.person(op.payload.user)) };
    case 'info-changed':
      return { act: 'edit', title: where, text: i18n._('Change the group’s name or description') };
    case 'policy-changed':
      return { act: 'edit', title: where, text: i18n._('Change who sees earlier messages') };
    default:
      return selfWords(i18n, op, names);
  }
}

type ConversationOp =
  | 'message'
  | 'edit'
  | 'delete'
  | 'reaction'
  | 'pin'
  | 'group-created'
  | 'members-added'
  | 'member-removed'
  | 'member-left'
  | 'role-changed'
  | 'info-changed'
  | 'policy-changed';

/** Acts that concern oneself: what one read, whom one added, how one appears. */
function selfWords(i18n: I18n, op: Exclude<Op, { type: ConversationOp }>, names: Names): OpWords {
  const settings = i18n._('Your settings');
  switch (op.type) {
    case 'contact':
      return { act: 'group', title: i18n._('Contacts'), text: contactWords(i18n, op.payload.on, names.person(op.payload.user)) };
    case 'contact-by-number':
      return {
        act: 'group',
        title: i18n._('Contacts'),
        text: i18n._('Add {phone}', { phone: op.payload.name ?? op.payload.phone }),
      };
    case 'blocked':
      return { act: 'group', title: i18n._('Contacts'), text: blockedWords(i18n, op.payload.on, names.person(op.payload.user)) };
    case 'profile':
      return { act: 'edit', title: i18n._('Your profile'), text: op.payload.name ?? op.payload.about ?? '' };
    case 'dropped':
      return { act: 'delete', title: names.conversation(op.payload.conversation), text: i18n._('Remove the chat') };
    case 'read-marker':
    case 'marked-unread':
      return { act: 'edit', title: names.conversation(op.payload.conversation), text: i18n._('What you have read') };
    case 'draft':
      return { act: 'edit', title: names.conversation(op.payload.conversation), text: i18n._('Draft') };
    case 'muted':
    case 'pinned':
    case 'archived':
    case 'hidden':
    case 'starred':
      return { act: 'edit', title: settings, text: names.conversation(op.payload.conversation) };
  }
}

const textOf = (body: { readonly text?: unknown }): string => (typeof body.text === 'string' ? body.text : '');

const deletedWords = (i18n: I18n, text: string | undefined): string =>
  text === undefined ? i18n._('Delete a message') : i18n._('Delete: “{text}”', { text });

const roleWords = (i18n: I18n, role: 'owner' | 'member', name: string): string =>
  role === 'owner' ? i18n._('Make {name} an owner', { name }) : i18n._('Make {name} a member', { name });

const contactWords = (i18n: I18n, isOn: boolean, name: string): string =>
  isOn ? i18n._('Add {name}', { name }) : i18n._('Remove {name}', { name });

const blockedWords = (i18n: I18n, isOn: boolean, name: string): string =>
  isOn ? i18n._('Block {name}', { name }) : i18n._('Unblock {name}', { name });

/** "Anna, Sofía and you". */
function peopleWords(i18n: I18n, people: readonly UserId[], names: Names): string {
  const listed = [...people.map((user) => names.person(user)), i18n._('you')];
  return new Intl.ListFormat(i18n.locales ?? i18n.locale, { type: 'conjunction' }).format(listed);
}
