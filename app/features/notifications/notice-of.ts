import type { I18n } from '@lingui/core';
import type { News } from '../../store/queries/news.ts';
import type { Notice } from '../frame/browser.ts';
import { paths } from '../frame/paths.ts';

export type NoticeSetting = { readonly i18n: I18n; readonly showsText: boolean; readonly isSilent: boolean };

/** What the system shows of one conversation: who, how much, and the last words of it if the person wants them shown. */
export function noticeOf(news: News, { i18n, showsText, isSilent }: NoticeSetting): Notice {
  const { id, kind, byName, unread, message, atMs } = news;
  const title = news.title || i18n._('A chat');
  const said = news.text ?? i18n._('A message this version cannot show');
  const line = kind === 'group' && byName !== '' ? `${byName}: ${said}` : said;
  return {
    key: id,
    title: unread > 1 ? `${title} (${i18n.number(unread)})` : title,
    text: showsText ? line : unread > 1 ? i18n._('New messages') : i18n._('New message'),
    path: paths.message(id, message),
    atMs,
    isSilent,
  };
}
