import type { Leadership, Report } from '../sync/ports.ts';

const BEAT_MS = 5_000;
const SILENCE_MS = 15_000;
const beat = 'beat';

/**
 * One tab leads: the holder of a lock that the browser frees when the tab dies. The leader beats; a visible tab that hears
 * nothing for 15 s steals the lock, because a frozen tab keeps it. The frozen one may wake, so every write of an engine
 * checks its term in the database, and nothing of the log's safety rests on this. [LS-4]
 * Without locks whoever started last leads; without channels every tab does. Both are only wasteful.
 */
export function createLeadership(name: string, report: Report): Leadership {
  const key = `chatter-leader-${name}`;
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(key) : undefined;
  let handlers: Parameters<Leadership['start']>[0] | undefined;
  let release: (() => void) | undefined;
  let heardAtMs = performance.now();
  let timer: ReturnType<typeof setInterval> | undefined;

  const lead = (): Promise<void> =>
    new Promise((resolve) => {
      release = resolve;
      handlers?.lead();
    });
  const lose = () => {
    if (!release) return;
    release();
    release = undefined;
    handlers?.lost();
  };
  const request = (steal: boolean) => {
    if (!('locks' in navigator)) return void lead();
    navigator.locks.request(key, steal ? { steal: true } : {}, lead).catch((error: unknown) => {
      // Stolen: somebody took this tab for frozen. Wait in line again.
      if (error instanceof DOMException && error.name === 'AbortError') {
        lose();
        if (handlers) request(false);
      } else report('leadership: the lock failed', error);
    });
  };
  const tick = () => {
    if (release) return channel?.postMessage(beat);
    const isVisible = typeof document === 'undefined' || document.visibilityState === 'visible';
    if (!isVisible || performance.now() - heardAtMs < SILENCE_MS) return undefined;
    heardAtMs = performance.now();
    return request(true);
  };
  const hear = ({ data }: MessageEvent<unknown>) => {
    heardAtMs = performance.now();
    if (data !== beat) handlers?.heard(data);
  };
  return {
    start: (given) => {
      handlers = given;
      channel?.addEventListener('message', hear);
      timer = setInterval(tick, BEAT_MS);
      request(false);
    },
    yield: () => {
      lose();
      heardAtMs = performance.now();
      if (handlers && 'locks' in navigator) request(false);
    },
    say: (message) => channel?.postMessage(message),
    stop: () => {
      handlers = undefined;
      clearInterval(timer);
      release?.();
      release = undefined;
      channel?.close();
    },
  };
}
