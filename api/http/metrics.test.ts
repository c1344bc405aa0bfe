import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseMetrics, valueOf } from '../../tests/kit/scrape.ts';
import { openSocket } from '../../tests/kit/live-client.ts';
import { bearer, startServer, type TestServer } from '../../tests/kit/server.ts';

const token = 'a-token-that-only-the-scraper-has';
const scrapeAs = (server: TestServer, given: string) =>
  fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${given}` } });
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ metricsToken: token });
});
afterAll(() => server.stop());

test('[RU-6] figures are for whoever has their token, and for nobody else', async () => {
  const ann = await server.signIn('+41446681800');
  for (const given of ['', 'x', token.slice(1), `${token} `.trim() + 'x', ann.token]) {
    const refused = await scrapeAs(server, given);
    expect([refused.status, await refused.text()]).toEqual([401, 'Unauthorised\n']);
  }
  expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
  const answered = await scrapeAs(server, token);
  expect(answered.status).toBe(200);
  expect(answered.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(answered.headers.get('cache-control')).toBe('no-store');
  expect((await fetch(`${server.url}/metrics`, { method: 'POST' })).status).toBe(404);
});

test('[RU-6] without a token there are no figures', async () => {
  const other = await startServer();
  expect((await scrapeAs(other, 'undefined')).status).toBe(404);
  await other.stop();
});

test('[RU-6] the figures move with what happens', async () => {
  const scrape = async () => parseMetrics(await (await scrapeAs(server, token)).text());
  const before = await scrape();
  const [ann, bob] = [await server.signIn('+41446681802'), await server.signIn('+41446681801')];
  const client = openSocket(server.url, { auth: { token: ann.token } });
  await client.heard('ready');
  await server.ask('POST', '/api/message', { body: { to: bob.userId, text: 'hi' }, headers: bearer(ann) });
  await server.ask('POST', '/api/sync', { body: { version: 1, ops: [{ opId: 'x' }] }, headers: bearer(ann) });
  await server.ask('GET', '/api/users/nobody', { headers: bearer(ann) });
  await server.ask('GET', '/nowhere.js');
  const after = await scrape();
  const grown = (name: string, labels = {}) => valueOf(after, name, labels) - valueOf(before, name, labels);
  expect(grown('chatter_http_requests_total', { route: 'sync', status: '2xx' })).toBe(1);
  expect(grown('chatter_http_requests_total', { route: 'app', status: '4xx' })).toBe(1);
  expect(grown('chatter_http_request_seconds_count', { route: 'sync' })).toBe(1);
  expect(grown('chatter_http_requests_total', { route: 'metrics' })).toBe(1);
  expect(grown('chatter_refusals_total', { of: 'op', code: 'malformed' })).toBe(1);
  expect(grown('chatter_refusals_total', { of: 'request' })).toBe(1);
  expect(grown('chatter_events_appended_total')).toBeGreaterThan(0);
  expect(grown('chatter_sync_request_bytes_sum')).toBeGreaterThan(20);
  expect(grown('chatter_sync_response_bytes_sum')).toBeGreaterThan(50);
  expect(grown('chatter_sockets_open')).toBe(1);
  expect(valueOf(after, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(valueOf(after, 'chatter_event_loop_delay_seconds', { quantile: '1' })).toBeGreaterThan(0);
  client.close();
  await expect.poll(async () => valueOf(await scrape(), 'chatter_sockets_open')).toBe(valueOf(before, 'chatter_sockets_open'));
});
