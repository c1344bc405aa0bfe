import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createAccount } from './http.ts';

type Answering = (res: ServerResponse) => void;
const ok: Answering = (res) => void res.end('{"done":true}');
const refuse: Answering = (res) => void res.writeHead(429).end('{"refusal":"too-fast","retryAfterMs":1000}');
const hangUp: Answering = (res) => void res.destroy();
const proxyPage: Answering = (res) => void res.writeHead(502).end('<h1>Bad gateway</h1>');
const proxyJson: Answering = (res) => void res.writeHead(502).end('{"error":"bad gateway"}');

/** A server that answers as it is told to, once each, and well after that. */
async function anAccount(...answers: Answering[]) {
  const heard: (string | undefined)[] = [];
  const server = createServer((req: IncomingMessage, res) => {
    heard.push(req.headers['idempotency-key'] as string | undefined);
    (answers.shift() ?? ok)(res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { heard, ask: createAccount({ apiUrl, isCutOff: () => false }).ask };
}

test.each([
  ['nothing', hangUp],
  ["a proxy's page", proxyPage],
  ["a proxy's JSON", proxyJson],
])('[AC-17] what was answered by %s is asked for again under the same key', async (_, answering) => {
  const { heard, ask } = await anAccount(answering);
  expect(await ask('POST', '/api/thing', { n: 1 })).toEqual({ kind: 'offline' });
  expect(await ask('POST', '/api/thing', { n: 1 })).toEqual({ kind: 'ok', value: { done: true } });
  expect(heard[0]).toMatch(/^[\w-]{36}$/);
  expect(heard[1]).toBe(heard[0]);
});

test('[AC-17] what was answered, also with a refusal, is asked for anew under another key', async () => {
  const { heard, ask } = await anAccount(refuse);
  expect(await ask('POST', '/api/thing')).toMatchObject({ kind: 'refused', refusal: 'too-fast', retryAfterMs: 1_000 });
  await ask('POST', '/api/thing');
  await ask('POST', '/api/thing');
  expect(new Set(heard).size).toBe(3);
});

test('[AC-17] something else has a key of its own, and what only reads has none', async () => {
  const { heard, ask } = await anAccount(hangUp, hangUp);
  await ask('POST', '/api/thing', { n: 1 });
  await ask('POST', '/api/thing', { n: 2 });
  await ask('DELETE', '/api/thing');
  await ask('GET', '/api/thing');
  expect(new Set(heard.slice(0, 3)).size).toBe(3);
  expect(heard[3]).toBeUndefined();
});
