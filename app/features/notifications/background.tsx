import { useLingui } from '@lingui/react';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import type { ConversationId } from '#sync-protocol';
import { useNews, type News } from '../../store/queries/news.ts';
import { useLink, useUnreadTotal } from '../../store/queries/queries.ts';
import { Spoken, useSpoken } from '../../ui/spoken.tsx';
import type { Browser } from '../frame/browser.ts';
import { useBrowser, useIsLeading } from '../frame/use-browser.ts';
import { useGo } from '../frame/go.ts';
import { noticeChoices } from '../frame/notice-choices.ts';
import { noticeOf } from './notice-of.ts';
import { lineOf, useSaidAloud } from './said-aloud.ts';
import { useAloud } from './use-aloud.ts';

export type BackgroundProps = {
  /** The conversation this tab shows. */
  readonly open: ConversationId | undefined;
};

/** What the app does beside its screens: the number on its icon, and telling of messages nobody looks at. */
export function Background({ open }: BackgroundProps) {
  const browser = useBrowser();
  useOpening();
  return browser ? <BackgroundHere browser={browser} open={open} /> : undefined;
}

function BackgroundHere({ browser, open }: BackgroundProps & { readonly browser: Browser }) {
  const { i18n } = useLingui();
  useBadge(browser);
  useOnScreen(browser, open);
  const [lines, say] = useSpoken();
  const aloud = useAloud(say);
  useSaidAloud(open, aloud, () => isTold(browser));
  useNotices(browser, (news, unread) => {
    aloud.keepOnly(unread);
    for (const one of news) if (one.id !== open) aloud.news(one.id, lineOf(one, i18n));
  });
  useEffect(
    () => () => {
      // Nobody is signed in here any more.
      browser.showBadge(0);
      void browser.notices.keepOnly(new Set());
    },
    [browser],
  );
  return <Spoken lines={lines} />;
}

/** One icon for all tabs: the one that leads writes on it. */
function useBadge(browser: Browser): void {
  const isLeading = useIsLeading();
  const unread = useUnreadTotal();
  useEffect(() => {
    if (isLeading && unread !== undefined) browser.showBadge(unread);
  }, [browser, isLeading, unread]);
}

function useOnScreen(browser: Browser, open: ConversationId | undefined): void {
  useEffect(() => (open === undefined ? undefined : browser.holdOnScreen(open)), [browser, open]);
}

/** Whoever clicks a notification is taken there; the worker hears from this tab that it was done. */
function useOpening(): void {
  const go = useGo();
  const { pathname } = useLocation();
  const latest = useRef({ go, pathname });
  useEffect(() => {
    latest.current = { go, pathname };
  });
  useEffect(() => {
    const worker = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    const hear = ({ data, ports }: MessageEvent<{ type?: string; path?: unknown } | undefined>) => {
      if (data?.type !== 'OPEN' || typeof data.path !== 'string') return;
      if (latest.current.pathname !== data.path) latest.current.go(data.path);
      ports[0]?.postMessage('opened');
    };
    worker?.addEventListener('message', hear);
    return () => worker?.removeEventListener('message', hear);
  }, []);
}

const isTold = ({ notices }: Browser): boolean => noticeChoices().isOn && notices.permission() === 'granted';

/** What the system does not tell is given to `say`: nobody hears the same from both. */
function useNotices(browser: Browser, say: (news: readonly News[], unread: ReadonlySet<ConversationId>) => void): void {
  const { i18n } = useLingui();
  const isLeading = useIsLeading();
  const isCaughtUp = useHasBeenLive();
  const turn = useRef(Promise.resolve());
  const tell = async (news: readonly News[], unread: ReadonlySet<string>) => {
    await browser.notices.keepOnly(unread);
    if (!isTold(browser)) return;
    const { hasSound, showsText } = noticeChoices();
    const unseen: News[] = [];
    for (const one of news) if (!(await browser.isOnScreen(one.id))) unseen.push(one);
    if (unseen.length === 0) return;
    const isSilent = !hasSound || (await browser.playChime());
    for (const one of unseen) await browser.notices.show(noticeOf(one, { i18n, showsText, isSilent }));
  };
  useNews(isCaughtUp, ({ news, unread }) => {
    say(isTold(browser) ? [] : news, unread);
    if (!isLeading) return;
    turn.current = turn.current
      .then(() => tell(news, unread))
      .catch((error: unknown) => console.error('a notification could not be shown', error));
  });
}

/** What comes while the app opens is not news: the person is about to see it. */
function useHasBeenLive(): boolean {
  const isLive = useLink().link.at === 'live';
  const [hasBeen, setHasBeen] = useState(isLive);
  useEffect(() => {
    if (isLive) setHasBeen(true);
  }, [isLive]);
  return hasBeen;
}
