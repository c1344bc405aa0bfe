import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LogId, understand } from '#sync-protocol';
import { type ScriptClient, createGroup, signUp as signUpScript } from '../kit/script-client.ts';
import { bubble, bubbles, openChat, say, signUp } from './kit/person.ts';
import { type Known, known } from './kit/rig.ts';
import { type TestServer, startServer } from './kit/server.ts';

const dayMs = 24 * 3_600_000;
const shifts: readonly { readonly how: string; readonly annaMs: number; readonly jonasMs: number; readonly jumpMs: number }[] = [
  { how: 'ten years apart from the server, one each way', annaMs: 3_650 * dayMs, jonasMs: -3_650 * dayMs, jumpMs: 0 },
  { how: 'a day apart, one each way', annaMs: -dayMs, jonasMs: dayMs, jumpMs: 0 },
  { how: 'right, until one jumps back an hour', annaMs: 0, jonasMs: 0, jumpMs: -3_600_000 },
];

let server: TestServer;
let anna: Known;
let jonas: Known;
let lena: ScriptClient;
let log: LogId;
const title = 'Clocks';
const said: string[] = [];

beforeAll(async () => {
  server = await startServer();
  const [one, other] = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Jonas Lie')]);
  [anna, jonas, lena] = [await known(one), await known(other), await signUpScript(server, 'Lena Novak')];
  log = (await createGroup(lena, [lena, anna, jonas], title)).log;
  for (const { page, context } of [anna, jonas]) {
    await context.addInitScript(shiftClock);
    await page.setViewportSize({ width: 1_280, height: 3_000 });
  }
});
afterAll(async () => {
  for (const person of [anna, jonas]) await person?.profile.dispose();
  await server?.dispose();
});

for (const { how, annaMs, jonasMs, jumpMs } of shifts) {
  test(`[OP-1][SQ-4] clocks ${how}: everybody sees everything in one order, at the server's times`, async () => {
    await setClock(anna.page, annaMs);
    await setClock(jonas.page, jonasMs);
    for (const { page } of [anna, jonas]) {
      await page.goto(`${server.url}/chats`);
      await openChat(page, title);
    }
    for (let turn = 1; turn <= 3; turn++) {
      for (const [who, other] of [
        [anna, jonas],
        [jonas, anna],
      ] as const) {
        const text = `${how}: ${who.name} ${turn}`;
        await say(who.page, text);
        said.push(text);
        await bubble(other.page, text).waitFor();
      }
      if (turn === 2 && jumpMs !== 0) await anna.page.evaluate((ms) => Object.assign(globalThis, { clockShiftMs: ms }), jumpMs);
    }
    for (const { page } of [anna, jonas]) await expect.poll(() => bubbles(page)).toEqual(said);
    // When the server had it, whatever the clock of who wrote it or reads it says.
    const times = await serverTimes();
    expect(times).toEqual(times.toSorted());
    for (const { page } of [anna, jonas]) expect(await timesOf(page)).toEqual(times);
  });
}

async function serverTimes(): Promise<readonly string[]> {
  const events = (await lena.readLog(log)).map(understand);
  return events.flatMap((event) => (event?.type === 'message' ? [new Date(event.at).toISOString()] : []));
}

const timesOf = (page: Page): Promise<readonly (string | null)[]> =>
  page.locator('[role=log] .message time').evaluateAll((times) => times.map((time) => time.getAttribute('datetime')));

async function setClock(page: Page, ms: number): Promise<void> {
  await page.evaluate((shift) => localStorage.setItem('clock-shift', String(shift)), ms);
}

/** Runs in the page before the app: only the clock on the wall is wrong, not how fast time goes by. */
function shiftClock(): void {
  const Right = Date;
  const page = globalThis as unknown as { clockShiftMs: number };
  page.clockShiftMs = Number(localStorage.getItem('clock-shift') ?? 0);
  const now = () => Right.now() + page.clockShiftMs;
  globalThis.Date = new Proxy(Right, {
    construct: (target, args: unknown[]) => Reflect.construct(target, args.length === 0 ? [now()] : args) as object,
    apply: () => new Right(now()).toString(),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
