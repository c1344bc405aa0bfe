import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { upSchema } from '#sync-protocol';
import { bearer, type SignedIn, startServer, type TestServer } from '../../tests/kit/server.ts';
import { createApp } from './app.ts';
import { messages, routes } from './registry.ts';
import type { Route } from './route.ts';

let server: TestServer;
let ann: SignedIn;
let cookie: string;
beforeAll(async () => {
  server = await startServer();
  ann = await server.signIn('+41446681800');
  const headers = { origin: server.url };
  const { body } = await server.ask('POST', '/api/login', { body: { phone: '+41446681801' }, headers });
  const { requestId } = body as { requestId: string };
  const verified = await server.ask('POST', '/api/verify', {
    body: { requestId, code: server.lastCode(), name: 'Bob' },
    headers,
  });
  cookie = verified.headers.getSetCookie()[0]!.split(';')[0]!;
});
afterAll(() => server.stop());

const declared = Object.entries(routes as Record<string, Route>);
const changing = declared.filter(([, { method }]) => method !== 'get');
const guarded = declared.filter(([, { access }]) => access === 'signed-in');
const anyId = '01890000-0000-7000-8000-000000000000';
const pathOf = ({ path }: Route) => path.replaceAll(/:\w+/g, anyId);
const send = ({ method, ...route }: Route, headers: Record<string, string>) =>
  server.ask(method.toUpperCase(), pathOf({ method, ...route }), { headers, ...(method !== 'get' && { body: {} }) });

type Layer = { readonly route?: { readonly path: string; readonly methods: Record<string, boolean> } };

test('[AC-9] what is mounted is exactly what is declared', () => {
  const deps = { handlers: {}, auth: {}, paces: {}, addressKey: String, log: {}, appFolder: '/', trustProxy: [] };
  const app = createApp(deps as unknown as Parameters<typeof createApp>[0]);
  const mounted = (app.router.stack as unknown as Layer[]).flatMap(({ route }) =>
    route ? Object.keys(route.methods).map((method) => `${method} ${route.path}`) : [],
  );
  expect(mounted).toEqual(declared.map(([, { method, path }]) => `${method} ${path}`));
});

test('[AC-9] every route says who may use it, and has a schema for what comes in and goes out', () => {
  for (const [, route] of declared) {
    expect(route.authorisation.length).toBeGreaterThan(5);
    const named = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
    expect(Object.keys(z.toJSONSchema(route.params, { io: 'input' }).properties ?? {})).toEqual(named);
    expect(z.toJSONSchema(route.answer, { unrepresentable: 'any' })).toBeDefined();
  }
});

test('[AC-9] every message of a socket has an entry', () => {
  const types = upSchema.def.options.map((option) => [...(option.shape.type as z.ZodMiniLiteral<string>).def.values][0]!);
  expect(Object.keys(messages)).toEqual(types);
});

test.each(guarded)('[AC-9] %s is closed to whoever is not signed in', async (_, route) => {
  expect(await send(route, {})).toMatchObject({ status: 401, body: { refusal: 'signed-out' } });
});

describe('[AC-5] with a cookie', () => {
  const foreign = ['https://evil.example', 'null', 'http://localhost.evil.example', 'http://127.0.0.1', 'file://'];

  test.each(changing)('%s refuses a foreign, null or absent origin', async (_, route) => {
    for (const origin of foreign)
      expect(await send(route, { cookie, origin })).toMatchObject({ status: 403, body: { refusal: 'forbidden' } });
    expect(await send(route, { cookie })).toMatchObject({ status: 403, body: { refusal: 'forbidden' } });
  });

  test.each(changing)('%s takes our own origin', async (_, route) => {
    if (route.path === '/api/sign-out') return;
    expect(await send(route, { cookie, origin: server.url })).not.toMatchObject({ status: 403 });
  });

  test.each(changing)('%s takes a bearer token whatever the origin', async (_, route) => {
    if (route.path === '/api/sign-out') return;
    for (const headers of [{}, { origin: 'https://evil.example' }]) {
      expect(await send(route, { ...bearer(ann), ...headers })).not.toMatchObject({ status: 403 });
    }
  });
});

test('[AC-5] named origins replace our own host', async () => {
  const named = await startServer({ origins: ['https://chat.example.org'] });
  const login = (origin: string) => named.ask('POST', '/api/login', { body: { phone: '+41446681802' }, headers: { origin } });
  expect(await login(named.url)).toMatchObject({ status: 403 });
  expect(await login('https://chat.example.org')).toMatchObject({ status: 200 });
  await named.stop();
});

test.each(declared.filter(([, { path }]) => path.includes(':')))(
  '[AC-8] %s: an id of nobody is not found, not forbidden',
  async (_, route) => {
    const { status } = await send(route, bearer(ann));
    expect([400, 404]).toContain(status);
  },
);
