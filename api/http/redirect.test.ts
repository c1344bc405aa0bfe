import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createRedirect } from './redirect.ts';

async function ask(httpsPort: number, path: string, headers: Readonly<Record<string, string>>, method = 'GET') {
  const server = createRedirect({ httpsPort }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [response] = (await once(request({ port, host: '127.0.0.1', path, method, headers }).end(), 'response')) as [
    { readonly statusCode: number; readonly headers: Readonly<Record<string, string>>; resume(): void },
  ];
  response.resume();
  return { status: response.statusCode, headers: response.headers };
}

test.each([
  [443, 'chat.example.org', '/chats?a=b', 'https://chat.example.org/chats?a=b'],
  [443, 'chat.example.org:80', '//evil.example', 'https://chat.example.org//evil.example'],
  [8443, '127.0.0.1:8080', '/', 'https://127.0.0.1:8443/'],
  [443, '[::1]:80', '/x', 'https://[::1]/x'],
])('[RU-5] with https at %i, %s%s is at %s, asked by the same method', async (httpsPort, host, path, location) => {
  for (const method of ['GET', 'POST']) {
    const { status, headers } = await ask(httpsPort, path, { host }, method);
    expect([status, headers['location']]).toEqual([308, location]);
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
});

test.each(['evil.example/', 'user@evil.example', 'a b', '-x', 'x'.repeat(300), 'chat.example.org:x'])(
  '[RU-5] a host that is none (%s) leads nowhere',
  async (host) => {
    const { status, headers } = await ask(443, '/', { host });
    expect(status).toBe(400);
    expect(headers).not.toHaveProperty('location');
  },
);

test('[RU-5] the address of another server leads nowhere', async () => {
  const { status, headers } = await ask(443, 'http://evil.example/', { host: 'chat.example.org' });
  expect([status, headers['location']]).toEqual([400, undefined]);
});
