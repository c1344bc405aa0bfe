import type { Connectivity, Transport } from '../sync/ports.ts';

/**
 * The network of this device, with a switch that makes every tab of it act as if there were none: for demonstrations and
 * tests. Nothing remembers the switch, so a page that loads, in whichever tab, ends it for all.
 */
export interface Network extends Connectivity {
  isCutOff(): boolean;
  cutOff(isCutOff: boolean): void;
  /** The same transport, which reaches nobody while cut off: what was asked before is answered to nobody either. */
  guard(transport: Transport): Transport;
}

export function createNetwork(browser: Connectivity): Network {
  const watchers = new Set<() => void>();
  // The leading tab keeps the link, and is mostly another one than the one in which the switch is.
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('chatter-cut-off') : undefined;
  let isCutOff = false;

  const become = (next: boolean) => {
    if (next === isCutOff) return;
    isCutOff = next;
    for (const changed of watchers) changed();
  };
  async function reach<T>(ask: () => Promise<T>): Promise<T | { readonly kind: 'unreachable' }> {
    const answer = isCutOff ? undefined : await ask();
    return answer === undefined || isCutOff ? { kind: 'unreachable' } : answer;
  }
  channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => become(data === true));
  channel?.postMessage(false);
  return {
    isOnline: () => !isCutOff && browser.isOnline(),
    watch: (changed) => {
      const unwatch = browser.watch(changed);
      watchers.add(changed);
      return () => {
        unwatch();
        watchers.delete(changed);
      };
    },
    isCutOff: () => isCutOff,
    cutOff: (next) => {
      channel?.postMessage(next);
      become(next);
    },
    guard: (transport) => ({
      ...transport,
      sync: (request) => reach(() => transport.sync(request)),
      history: (ask) => reach(() => transport.history(ask)),
    }),
  };
}
