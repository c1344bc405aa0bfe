import { setupI18n } from '@lingui/core';
import { expect, test } from 'vitest';
import type { ConversationId, MessageId } from '#sync-protocol';
import type { News } from '../../store/queries/news.ts';
import { noticeOf } from './notice-of.ts';

const i18n = setupI18n({ locale: 'en', messages: { en: {} } });
const news: News = {
  id: '0190aaaa-0000-8000-8000-000000000001' as ConversationId,
  message: '0190aaaa-0000-7000-8000-000000000002' as MessageId,
  kind: 'direct',
  title: 'Jonas Lie',
  byName: 'Jonas Lie',
  text: 'Hello',
  unread: 1,
  atMs: 7,
};
const noticed = (changed: Partial<News> = {}, showsText = true) =>
  noticeOf({ ...news, ...changed }, { i18n, showsText, isSilent: true });

test('P51 says who, what and how much, and leads to the message', () => {
  expect(noticed()).toEqual({
    key: news.id,
    title: 'Jonas Lie',
    text: 'Hello',
    path: `/c/${news.id}/m/${news.message}`,
    atMs: 7,
    isSilent: true,
  });
  expect(noticed({ unread: 3 }).title).toBe('Jonas Lie (3)');
  expect(noticed({ kind: 'group', title: 'Crew' }).text).toBe('Jonas Lie: Hello');
  expect(noticed({ kind: 'group', title: '', byName: '' })).toMatchObject({ title: 'A chat', text: 'Hello' });
  expect(noticed({ text: undefined }).text).toBe('A message this version cannot show');
});

test('without previews it says no word of the message, nor who of a group wrote it', () => {
  expect(noticed({}, false)).toMatchObject({ title: 'Jonas Lie', text: 'New message' });
  expect(noticed({ kind: 'group', title: 'Crew', unread: 2 }, false)).toMatchObject({ title: 'Crew (2)', text: 'New messages' });
});
