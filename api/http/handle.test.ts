import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { Refusal } from '#sync-protocol';
import { createLog } from '../log.ts';
import { handle, type HandleDeps } from './handle.ts';
import { createKeptAnswers } from './kept-answers.ts';
import { refusalHandler } from './refusal-handler.ts';
import { route, type Pace } from './route.ts';

const silent = createLog({ level: 'silent', serverId: 'test' });

/** One route on a real server where more comes than can be done. */
async function aBusyServer(pace: Pace) {
  const callerOf = vi.fn<HandleDeps['auth']['callerOf']>(async () => ({ user: 'ann', device: 'phone' }) as never);
  const answer = vi.fn<() => Promise<unknown>>(async () => ({ done: true }));
  const deps: HandleDeps = {
    auth: { checkOrigin: () => undefined, checkHandshake: () => undefined, callerOf, endLeftover: async () => undefined },
    paces: { 'sign-in': { take: async () => 0 }, read: { take: async () => 0 }, write: { take: async () => 0 } },
    addressKey: String,
    keptAnswers: createKeptAnswers({ now: () => 0 }),
    admission: {
      check: () => {
        throw new Refusal('too-fast', 'busy', { retryAfterMs: 2_000 });
      },
    },
  };
  const thing = route({
    method: 'post',
    path: '/thing',
    summary: 'Does a thing',
    access: 'signed-in',
    authorisation: 'Whoever is signed in',
    pace,
    answer: z.object({ done: z.boolean() }),
  });
  const app = express()
    .post(thing.path, handle('thing', thing, answer, deps))
    .use(refusalHandler(silent));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/thing`;
  return { callerOf, answer, ask: () => fetch(url, { method: 'POST' }) };
}

test('[RF-1] a write is turned away before it is looked up who asks, with a time to come back', async () => {
  const { callerOf, answer, ask } = await aBusyServer('write');
  const refused = await ask();
  expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
    429,
    '2',
    { refusal: 'too-fast', detail: 'busy', retryAfterMs: 2_000 },
  ]);
  expect(callerOf).not.toHaveBeenCalled();
  expect(answer).not.toHaveBeenCalled();
});

test.each(['read', 'sign-in'] as const)('[RF-1] what keeps the pace of %s is done however many write', async (pace) => {
  const { ask } = await aBusyServer(pace);
  expect((await ask()).status).toBe(200);
});
