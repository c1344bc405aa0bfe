import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Refusal } from '#sync-protocol';
import { createApp } from './app.ts';
import { routes } from './registry.ts';
import type { Route } from './route.ts';

/** More comes than can be done, and nobody is looked up: whoever would ask who it is, or do it, fails this test. */
async function aBusyServer() {
  const admission = {
    check: () => {
      throw new Refusal('too-fast', 'busy', { retryAfterMs: 2_000 });
    },
  };
  const deps = {
    handlers: { health: async () => ({ ok: true }) },
    auth: { checkOrigin: () => undefined },
    admission,
    paces: { read: { take: async () => 0 } },
    addressKey: String,
    log: { child: () => undefined, info: () => undefined, warn: () => undefined, debug: () => undefined },
    appFolder: '/nowhere',
    trustProxy: [],
  };
  const server = createServer(createApp(deps as unknown as Parameters<typeof createApp>[0]));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('[RF-1] what changes something is turned away before it is looked at who asks, with a time to come back; health is not', async () => {
  const url = await aBusyServer();
  const writes = Object.values<Route>(routes).filter(({ pace }) => pace === 'write');
  expect(writes.length).toBeGreaterThan(10);
  for (const { method, path } of writes) {
    const answer = await fetch(url + path, { method: method.toUpperCase(), body: '{}' });
    expect([answer.status, await answer.json()], path).toEqual([
      429,
      { refusal: 'too-fast', detail: 'busy', retryAfterMs: 2_000 },
    ]);
  }
  expect((await fetch(`${url}/health`)).status).toBe(200);
});
