/** Text that is meant to become something else: said, and read on a real screen, where it is to stay text. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conversationLog, limits, selfLog } from '#sync-protocol';
import { type ScriptClient, aMessage, createGroup, directWith, mintId, signUp as signUpScript } from '../kit/script-client.ts';
import { bubble, type Person, signUp } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

/** All short enough for a name. */
const probes: readonly string[] = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<iframe src=javascript:alert(1)>',
  '<body onload=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<video><source onerror=alert(1)>',
  '<a href=javascript:alert(1)>click</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<math><mtext></p><img src=x onerror=alert(1)>',
  '<style>@import "//evil.example"</style>',
  '<link rel=stylesheet href=//evil.example>',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<base href=//evil.example/>',
  '<form action=//evil.example><button>Go</button></form>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '" autofocus onfocus="alert(1)',
  '</textarea><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '<!--><img src=x onerror=alert(1)>-->',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)//http://example.org',
  'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}<%= alert(1) %>',
  '[x](javascript:alert(1)) ![x](x"onerror="alert(1))',
];

const perRoom = 5;

let server: TestServer;
let anna: Person;
let annaId: ScriptClient['user'];
const strangers: ScriptClient[] = [];
const ran: string[] = [];

beforeAll(async () => {
  server = await startServer();
  anna = await signUp(server, 'Anna Kowalska');
  anna.page.on('dialog', (dialog) => {
    ran.push(`${dialog.type()} ${dialog.message()}`);
    void dialog.dismiss();
  });
  const me = await anna.page.evaluate(async () => {
    const response = await fetch('/api/me');
    return (await response.json()) as { readonly userId: string };
  });
  annaId = me.userId as ScriptClient['user'];
  for (const probe of probes) strangers.push(await signUpScript(server, probe));
});

afterAll(async () => {
  await anna?.profile.dispose();
  await server?.dispose();
});

async function send(who: ScriptClient, ops: Parameters<ScriptClient['send']>[0]): Promise<void> {
  const answers = await who.send(ops);
  expect(answers.filter((answer) => 'refusal' in answer)).toEqual([]);
}

/** What no text may have become, wherever it is shown. */
async function expectOnlyText(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const handlers = [...document.querySelectorAll('*')].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith('on')),
    );
    const elements = document.querySelectorAll('iframe, base, embed, object, math, template, noscript p, img[src="x"]');
    const scripts = [...document.scripts].filter(
      ({ src }) => new URL(src || 'about:blank', location.href).origin !== location.origin,
    );
    const schemes = [...document.querySelectorAll('a[href]')].map((link) => new URL((link as HTMLAnchorElement).href).protocol);
    const ok = ['http:', 'https:', 'mailto:', 'tel:', 'blob:'];
    return {
      handlers,
      elements: [...elements].map(({ outerHTML }) => outerHTML),
      scripts: scripts.map(({ outerHTML }) => outerHTML),
      links: schemes.filter((scheme) => !ok.includes(scheme)),
      origin: location.origin,
    };
  });
  expect(found).toEqual({ handlers: [], elements: [], scripts: [], links: [], origin: server.url });
}

test(`[OP-5] ${probes.length} texts as names, titles, abouts and messages stay text on every screen`, async () => {
  expect(Math.max(...probes.map(({ length }) => length))).toBeLessThanOrEqual(limits.nameCharsMax);
  const [first] = strangers as [ScriptClient];
  // As many as are on one screen at once.
  const rooms = Array.from({ length: Math.ceil(probes.length / perRoom) }, (_, n) => `Room ${n}`);
  const groups = [];
  for (const title of rooms) groups.push(await createGroup(first, [{ user: annaId }, ...strangers.slice(1)], title));
  for (const [n, who] of strangers.entries()) {
    const probe = probes[n]!;
    const about = { opId: mintId(), log: selfLog(who.user), type: 'profile', writtenAt: 1, payload: { about: probe } };
    const direct = directWith(who.user, annaId);
    const titled = await createGroup(who, [{ user: annaId }], probe);
    const described = {
      opId: mintId(),
      log: conversationLog(titled.id),
      type: 'info-changed',
      writtenAt: 1,
      payload: { about: probe },
    };
    await send(who, [
      about,
      described,
      aMessage(direct.log, probe, annaId),
      aMessage(groups[Math.floor(n / perRoom)]!.log, probe),
    ] as never);
  }
  const { page } = anna;
  for (const [n, title] of rooms.entries()) {
    await page.goto(`${server.url}/c/${groups[n]!.id}`);
    await page.getByRole('textbox', { name: `Message ${title}` }).waitFor();
    for (const probe of probes.slice(n * perRoom, (n + 1) * perRoom)) await bubble(page, probe).first().waitFor();
    await expectOnlyText(page);
  }

  await page.goto(`${server.url}/chats`);
  const list = page.getByRole('list', { name: 'Chats' });
  await until(async () => (await list.textContent())?.includes(probes.at(-1)!) === true, 'the list to show the last name');
  await expectOnlyText(page);

  for (const [n, { user }] of strangers.entries()) {
    await page.goto(`${server.url}/people/${user}`);
    await page.getByRole('main').getByText(probes[n]!, { exact: false }).first().waitFor();
    await expectOnlyText(page);
  }
  expect(ran).toEqual([]);
  // What its policy blocked, and what broke.
  expect(anna.problems).toEqual([]);
});

test('[AC-5] no script can read what signs a person in', async () => {
  const kept = await anna.page.evaluate(() =>
    JSON.stringify([document.cookie, ...Object.entries(localStorage), ...Object.entries(sessionStorage)]),
  );
  const cookies = await anna.context.cookies();
  const session = cookies.find(({ name }) => name === '__Host-chatter');
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' });
  expect(kept).not.toContain(session?.value);
});
