import { afterEach, expect, test } from 'vitest';
import { aConversation } from '#sync-protocol/testing';
import type { HistoryAnswer, SyncAnswer, Transport } from '../sync/ports.ts';
import { createNetwork, type Network } from './network.ts';

const browser = { online: true, isOnline: () => browser.online, watch: () => () => undefined };
const ask = { conversation: aConversation(), from: 1, to: 2, atLeast: 2 } as never;
const request = {} as never;
const answered = { kind: 'refused', refusal: 'unavailable' } as const;

let networks: readonly Network[] = [];
afterEach(() => networks.forEach((network) => network.cutOff(false)));

/** One tab and the next, of one browser. */
function open(): Network {
  const network = createNetwork(browser);
  networks = [...networks, network];
  return network;
}

/** A server that answers when it is told to. */
function aTransport() {
  const waiting: ((answer: typeof answered) => void)[] = [];
  const asked = <T extends SyncAnswer | HistoryAnswer>() => new Promise<T>((resolve) => waiting.push(resolve as never));
  const transport: Transport = { sync: () => asked(), history: () => asked(), connect: () => ({}) as never };
  return { transport, waiting, answer: () => waiting.splice(0).forEach((resolve) => resolve(answered)) };
}

test('the switch is a network that goes and comes back', () => {
  const network = open();
  const seen: boolean[] = [];
  const unwatch = network.watch(() => seen.push(network.isOnline()));
  network.cutOff(true);
  network.cutOff(true);
  network.cutOff(false);
  unwatch();
  network.cutOff(true);
  expect(seen).toEqual([false, true]);
});

test('switched on, it makes no network where there is none', () => {
  const network = open();
  browser.online = false;
  expect(network.isOnline()).toBe(false);
  browser.online = true;
  expect(network.isOnline()).toBe(true);
});

test('while cut off nothing is asked, and what was asked before is not answered', async () => {
  const network = open();
  const { transport, waiting, answer } = aTransport();
  const { sync, history } = network.guard(transport);
  const before = sync(request);
  network.cutOff(true);
  answer();
  expect(await before).toEqual({ kind: 'unreachable' });
  expect(await Promise.all([sync(request), history(ask)])).toEqual([{ kind: 'unreachable' }, { kind: 'unreachable' }]);
  expect(waiting).toHaveLength(0);
  network.cutOff(false);
  const after = [sync(request), history(ask)];
  answer();
  expect(await Promise.all(after)).toEqual([answered, answered]);
});

test('every tab is cut off with the first, and a page that loads ends it for all', async () => {
  const [one, other] = [open(), open()];
  one.cutOff(true);
  await expect.poll(() => other.isOnline()).toBe(false);
  const loaded = open();
  await expect.poll(() => [one.isOnline(), other.isOnline(), loaded.isOnline()]).toEqual([true, true, true]);
});
