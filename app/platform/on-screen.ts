/**
 * Which conversations somebody looks at, in whichever tab. Each tab holds a shared lock while one is on screen in it and the
 * tab is in front: a tab that ends, however it ends, takes its locks with it, so nobody is ever believed to look who is gone.
 */
const lockName = (key: string) => `chatter-on-screen-${key}`;

const shownHere = new Map<string, number>();

/** Answers how to say that it is no longer on screen. */
export function holdOnScreen(key: string): () => void {
  let release: (() => void) | undefined;
  const end = () => {
    if (!release) return;
    shownHere.set(key, (shownHere.get(key) ?? 1) - 1);
    release();
    release = undefined;
  };
  const follow = () => {
    if (document.visibilityState !== 'visible') return end();
    if (release) return undefined;
    shownHere.set(key, (shownHere.get(key) ?? 0) + 1);
    const released = new Promise<void>((resolve) => (release = resolve));
    if ('locks' in navigator) void navigator.locks.request(lockName(key), { mode: 'shared' }, () => released);
    return undefined;
  };
  follow();
  document.addEventListener('visibilitychange', follow);
  return () => {
    document.removeEventListener('visibilitychange', follow);
    end();
  };
}

export async function isOnScreen(key: string): Promise<boolean> {
  if ((shownHere.get(key) ?? 0) > 0) return true;
  if (!('locks' in navigator)) return false;
  const { held } = await navigator.locks.query();
  return held?.some(({ name }) => name === lockName(key)) ?? false;
}
