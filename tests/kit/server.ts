import { deepStrictEqual } from 'node:assert';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceId, Profile, UserId } from '#sync-protocol';
import { type Adapters, type ServerOptions, createServer } from '../../api/compose.ts';
import { createPhoneNumbers } from '../../api/gateways/phone.ts';
import { createSecrets } from '../../api/gateways/secrets.ts';
import { routes } from '../../api/http/registry.ts';
import type { Route } from '../../api/http/route.ts';
import { createLog } from '../../api/log.ts';
import { createMemoryAccounts } from '../../api/store/memory/accounts.ts';
import { createMemoryDeviceLinks } from '../../api/store/memory/device-links.ts';
import { createMemoryPasskeys } from '../../api/store/memory/passkeys.ts';
import { createMemoryEventLog } from '../../api/store/memory/event-log.ts';
import { createMemoryReceipts } from '../../api/store/memory/receipts.ts';
import { expectNoLeaks } from './leaks.ts';

export type Answered = { readonly status: number; readonly headers: Headers; readonly body: unknown; readonly text: string };
export type Asked = { readonly body?: unknown; readonly raw?: BodyInit; readonly headers?: Readonly<Record<string, string>> };
export type SignedIn = {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly token: string;
  readonly phone: string;
  readonly profile: Profile;
};

/** A whole server in this process, on a port of its own: memory stores, codes kept instead of sent, a clock that is set by hand. */
export async function startServer(changes: Partial<ServerOptions> & { readonly adapters?: Partial<Adapters> } = {}) {
  const { adapters, ...options } = changes;
  const codes: { phone: string; code: string }[] = [];
  const lines: string[] = [];
  const tokens: string[] = [];
  let aheadMs = 0;
  let frozenMs: number | undefined;
  const clock = { now: () => frozenMs ?? Date.now() + aheadMs };
  const folder = mkdtempSync(join(tmpdir(), 'chatter-app-'));
  writeApp(folder);
  const server = await createServer(
    {
      eventLog: createMemoryEventLog({ clock }),
      receipts: createMemoryReceipts(),
      accounts: createMemoryAccounts(),
      passkeys: createMemoryPasskeys(),
      deviceLinks: createMemoryDeviceLinks(),
      sms: { sendCode: async (phone, code) => void codes.push({ phone, code }) },
      phones: createPhoneNumbers(),
      secrets: createSecrets(),
      clock,
      log: createLog({ level: 'debug', serverId: 'test', to: { write: (line) => void lines.push(line) } }),
      ...adapters,
    },
    {
      serverId: 'test',
      origins: [],
      trustProxy: [],
      appFolder: folder,
      codesPerAddressHour: 100_000,
      codesPerBlockHour: 100_000,
      smsCountries: [],
      codesPerHour: 100_000,
      syncEverySeconds: 300,
      paces: { 'sign-in': 100_000, read: 100_000, write: 100_000 },
      ...options,
    },
  );
  const port = await server.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${port}`;
  const ask = createAsk(url);
  const lastCode = (): string => codes.at(-1)?.code ?? '';

  /** Signs up, or in when the number is known. */
  async function signIn(phone: string, name = 'Ann'): Promise<SignedIn> {
    const sent = await ask('POST', '/api/login', { body: { phone } });
    const { requestId } = sent.body as { requestId: string };
    const verified = await ask('POST', '/api/verify', { body: { requestId, code: lastCode(), name } });
    if (verified.status !== 200) throw new Error(`could not sign in: ${sent.text} ${verified.text}`);
    const signedIn = { ...(verified.body as Omit<SignedIn, 'phone'>), phone };
    tokens.push(signedIn.token);
    return signedIn;
  }

  return {
    url,
    port,
    ask,
    signIn,
    codes,
    lastCode,
    /** What was logged, line by line. */
    lines,
    pass: (ms: number) => void (aheadMs += ms),
    freeze: () => void (frozenMs = clock.now()),
    thaw: () => void (frozenMs = undefined),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
      expectNoLeaks(lines.join(''), [...tokens, ...codes.flatMap(({ phone, code }) => [phone.slice(1), `"${code}"`])]);
    },
  };
}
export type TestServer = Awaited<ReturnType<typeof startServer>>;

function createAsk(url: string) {
  return async (method: string, path: string, { body, raw, headers }: Asked = {}): Promise<Answered> => {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      ...(headers && { headers }),
      ...(raw && { body: raw }),
      ...json,
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const answer = isJson ? (JSON.parse(text) as unknown) : undefined;
    if (response.ok && isJson) checkAnswer(method, path, answer);
    return { status: response.status, headers: response.headers, text, body: answer };
  };
}

/** Whatever a test asks for: the answer is what the route declares, and nothing besides. [AC-9] */
function checkAnswer(method: string, path: string, answer: unknown): void {
  const [place = ''] = path.split('?');
  const route = Object.values<Route>(routes).find(
    (one) => one.method === method.toLowerCase() && new RegExp(`^${one.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(place),
  );
  if (!route) throw new Error(`${method} ${place} is not declared`);
  deepStrictEqual(answer, route.answer.parse(answer), `${method} ${place} answers more than it declares`);
}

export const bearer = ({ token }: { readonly token: string }) => ({ authorization: `Bearer ${token}` });

/** What a build leaves behind, in small. */
function writeApp(folder: string): void {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Chatter</title>');
  writeFileSync(join(folder, 'sw.js'), 'self;');
  writeFileSync(join(folder, 'manifest.webmanifest'), '{}');
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), `console.log(${JSON.stringify('x'.repeat(5_000))});`);
}
