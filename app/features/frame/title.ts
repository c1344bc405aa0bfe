import { useEffect } from 'react';

let unreadCount = 0;
let title = 'Chatter';

const write = (): void => {
  document.title = unreadCount > 0 ? `(${unreadCount}) ${title}` : title;
};

/** Names the tab after the view on screen. */
export function useTitle(view: string | undefined): void {
  useEffect(() => {
    if (view === undefined) return undefined;
    title = `${view} · Chatter`;
    write();
    return () => {
      title = 'Chatter';
      write();
    };
  }, [view]);
}

/** How much waits, for whoever sees only the tab. It goes with the person: at the sign-in nothing waits. */
export function useUnreadInTitle(count: number): void {
  useEffect(() => {
    unreadCount = count;
    write();
    return () => {
      unreadCount = 0;
      write();
    };
  }, [count]);
}
