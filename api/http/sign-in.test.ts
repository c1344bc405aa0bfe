import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearer, startServer, type TestServer } from '../../tests/kit/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await startServer()));
afterAll(() => server.stop());

test('[AC-1] a new number gives a code, then a name, and is signed in', async () => {
  const { ask, lastCode } = server;
  const sent = await ask('POST', '/api/register', { body: { phone: '+41 44 668 18 00' } });
  expect(sent).toMatchObject({ status: 200, body: { expiresInMs: 600_000, resendInMs: 30_000 } });
  const { requestId } = sent.body as { requestId: string };
  expect(server.codes.at(-1)).toMatchObject({ phone: '+41446681800' });
  const proof = { requestId, code: lastCode() };
  expect(await ask('POST', '/api/verify', { body: proof })).toMatchObject({ status: 200, body: { kind: 'name-needed' } });
  const verified = await ask('POST', '/api/verify', { body: { ...proof, name: 'Ann' } });
  expect(verified).toMatchObject({ status: 200, body: { kind: 'signed-in', profile: { name: 'Ann', phone: '+41446681800' } } });
  const me = await ask('GET', '/api/me', { headers: bearer(verified.body as { token: string }) });
  expect(me).toMatchObject({ status: 200, body: { profile: { name: 'Ann' } } });
});
