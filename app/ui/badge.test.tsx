import { setupI18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MessageCircle } from 'lucide-react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { AppShell } from './app-shell.tsx';
import { Badge } from './badge.tsx';

const i18n = setupI18n({ locale: 'en', messages: { en: {} } });
const said = (node: React.ReactNode) =>
  [...renderToStaticMarkup(<I18nProvider i18n={i18n}>{node}</I18nProvider>).matchAll(/>(\d[\d,+]*)</g)].map((found) => found[1]);

test.each([
  [0, []],
  [1, ['1']],
  [99, ['99']],
  [100, ['99+']],
  [12_004, ['99+']],
])('rail and tab bar say %i in no more than two digits and a plus', (badge, shown) => {
  const nav = [{ id: 'chats', label: 'Chats', icon: MessageCircle, href: '#', badge }];
  const shell = <AppShell nav={nav} activeId="chats" onNavigate={() => {}} pane="list" list="" main="" />;
  expect(said(shell)).toEqual([...shown, ...shown]);
});

test('where there is room, a badge counts to 999', () => {
  expect([100, 999, 1_000].flatMap((count) => said(<Badge count={count} />))).toEqual(['100', '999', '999+']);
});
