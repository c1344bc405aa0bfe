import type { CDPSession, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpId } from '#sync-protocol';
import { insist, mintId } from '../kit/script-client.ts';
import { bubble, say } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

let rig: Rig;
let page: Page;
let system: CDPSession;
const link = 'See https://chatter.example/pier for more';

beforeAll(async () => {
  rig = await startRig('Pier');
  ({ page } = rig.person);
  system = await rig.person.context.newCDPSession(page);
  await rig.hear('Above all');
  await rig.hear(link);
  await bubble(page, link).waitFor();
  await say(page, 'Below it');
  await bubble(page, 'Below it').getByText('Sent', { exact: true }).waitFor();
  await page.evaluate(watchMenus);
});

afterAll(() => rig?.dispose());

const menu = () => page.getByRole('menu').filter({ visible: true });
const words = (text: string) => bubble(page, text).locator('.message-text');
const inFocus = () =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);
const focusOn = (name: string) => until(async () => (await inFocus()) === name, `“${name}” to have the focus`);

test('the other button of a mouse opens the menu of a message where it is pressed, and Escape leads to its button', async () => {
  const at = await pointOn(words('Above all'));
  await page.mouse.click(at.x, at.y, { button: 'right' });
  await focusOn('Copy text');
  await begins(at);
  expect(await ours()).toBe(true);
  await page.keyboard.press('Escape');
  await focusOn('Message actions');
  expect(await page.evaluate(() => document.activeElement?.closest('.message')?.textContent)).toContain('Above all');
  expect(await menu().count()).toBe(0);
});

test('pressed again elsewhere on it the menu moves, a press beside it closes it, and another message has its own', async () => {
  const own = await pointOn(words('Below it'));
  await page.mouse.click(own.x, own.y, { button: 'right' });
  await until(async () => (await menu().getByRole('menuitem').count()) === 4, 'the menu of one’s own message');
  const { x, y } = await pointOn(words('Above all'));
  for (const at of [x, x + 20]) {
    await page.mouse.click(at, y, { button: 'right' });
    await begins({ x: at, y });
    expect(await menu().getByRole('menuitem').allTextContents()).toEqual(['Copy text', 'Copy link']);
  }
  await page.mouse.click(x + 400, y);
  await until(async () => (await menu().count()) === 0, 'no menu');
});

test('over a link and over what is selected the menu is the browser’s', async () => {
  const at = await pointOn(bubble(page, link).getByRole('link'));
  await page.mouse.click(at.x, at.y, { button: 'right' });
  await until(async () => (await ours()) === false, 'the browser to be left its menu');
  const above = await pointOn(words('Above all'));
  await page.mouse.dblclick(above.x, above.y);
  expect(await selected()).toMatch(/^(Above|all)$/);
  await page.mouse.click(above.x, above.y, { button: 'right' });
  await until(async () => (await ours()) === false, 'the browser to be left its menu');
  expect(await selected()).toMatch(/^(Above|all)$/);
  expect(await menu().count()).toBe(0);
  await page.mouse.click(1, 1);
});

test('the key for it opens the menu of the message that has the focus', async () => {
  const message = page.locator('.message').filter({ hasText: 'Below it' });
  for (const target of [message, message.getByRole('button', { name: 'Message actions' })]) {
    await target.focus();
    await page.keyboard.press('ContextMenu');
    await focusOn('Copy text');
    expect(await menu().getByRole('menuitem').count()).toBe(4);
    await page.keyboard.press('Escape');
    await focusOn('Message actions');
  }
});

test('right to left the menu begins at its right edge', async () => {
  await page.goto(`${rig.server.url}${rig.path}?locale=pseudo-rtl`);
  await bubble(page, 'Above all').waitFor();
  await page.evaluate(watchMenus);
  const at = await pointOn(words('Above all'));
  await page.mouse.click(at.x, at.y, { button: 'right' });
  await focusOn(await page.getByRole('menuitem').first().innerText());
  const { left, width } = await frame();
  expect(Math.abs(left + width - at.x)).toBeLessThanOrEqual(1);
  await page.keyboard.press('Escape');
  await page.goto(`${rig.server.url}${rig.path}?locale=en`);
});

test('a finger that stays opens it, and it is there when the finger has gone', async () => {
  await beTouched();
  const at = await pointOn(words('Above all'));
  await touch('touchStart', at);
  await menu().waitFor();
  await touch('touchEnd');
  await begins(at);
  expect(await selected()).toBe('');
  await tap(await pointOn(page.getByRole('menuitem', { name: 'Copy text' })));
  await page
    .getByRole('status')
    .filter({ hasText: /Copied|did not allow/ })
    .waitFor();
  expect(await menu().count()).toBe(0);
});

test('a finger that moves on, is lifted at once or lies on a link opens nothing', async () => {
  const at = await pointOn(words('Above all'));
  // Far enough to be no press, and not far enough for the browser to take it for scrolling.
  for (const moved of [
    { x: at.x + 12, y: at.y },
    { x: at.x, y: at.y - 40 },
  ]) {
    await touch('touchStart', at);
    await touch('touchMove', moved);
    await longerThanAPress();
    await touch('touchEnd');
    expect(await menu().count()).toBe(0);
  }
  await tap(at);
  await longerThanAPress();
  expect(await menu().count()).toBe(0);
  await touch('touchStart', await pointOn(bubble(page, link).getByRole('link')));
  await longerThanAPress();
  await touch('touchCancel');
  expect(await menu().count()).toBe(0);
});

test('with a finger only, what is written is copied and not selected; with a mouse it is selected', async () => {
  const selects = () => words('Above all').evaluate((node) => getComputedStyle(node).userSelect);
  expect(await selects()).toBe('none');
  await system.send('Emulation.setTouchEmulationEnabled', { enabled: false });
  await system.send('Emulation.clearDeviceMetricsOverride');
  await until(async () => (await selects()) !== 'none', 'a mouse to select');
});

test('nothing moves where nothing is to move', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const at = await pointOn(words('Above all'));
  await page.mouse.click(at.x, at.y, { button: 'right' });
  await menu().waitFor();
  expect(await menu().evaluate((node) => getComputedStyle(node).animationDuration)).toBe('0.001s');
  await page.keyboard.press('Escape');
});

test('nothing went wrong in the browser', () => {
  expect(rig.person.problems).toEqual([]);
});

test('whoever discards what was not sent with the keyboard goes on from there', async () => {
  const { context, user } = rig.person;
  await context.setOffline(true);
  await say(page, 'Too late');
  const op = { opId: mintId<OpId>(), log: rig.log, type: 'member-removed', writtenAt: Date.now(), payload: { user } } as const;
  await insist(() => rig.friend.send([op]));
  await context.setOffline(false);
  const failed = page.locator('.message[data-state=failed]').filter({ hasText: 'Too late' });
  await failed.getByRole('button', { name: 'Discard' }).press('Enter');
  await failed.waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('log');
});

type Point = { readonly x: number; readonly y: number };

/** On its first letters, where text is. */
async function pointOn(target: Locator): Promise<Point> {
  await target.scrollIntoViewIfNeeded();
  const { x, y } = (await target.boundingBox())!;
  return { x: Math.round(x + 12), y: Math.round(y + 10) };
}

/** A menu is placed when it is open, and settles in. */
async function begins({ x, y }: Point): Promise<void> {
  await until(async () => {
    const { left, top, height } = await frame();
    return Math.abs(left - x) <= 1 && [top, top + height].some((edge) => Math.abs(edge - y) <= 5);
  }, 'the menu to begin at the press');
}

/** Where it ends up, whatever still moves. */
const frame = () =>
  menu().evaluate((node) => {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = node as HTMLElement;
    return { left, top, width, height };
  });

const selected = () => page.evaluate(() => String(getSelection()));

/** Runs in the page: whether the last menu that was asked for is the app's, once it is known. */
function watchMenus(): void {
  addEventListener('contextmenu', (event) => Object.assign(globalThis, { isOurs: event.defaultPrevented }));
}

const ours = () =>
  page.evaluate(() => {
    const { isOurs } = globalThis as unknown as { isOurs?: boolean };
    Object.assign(globalThis, { isOurs: undefined });
    return isOurs;
  });

async function beTouched(): Promise<void> {
  await system.send('Emulation.setDeviceMetricsOverride', { width: 390, height: 844, deviceScaleFactor: 1, mobile: true });
  await system.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  await page.reload();
  await bubble(page, 'Above all').waitFor();
}

type Touch = 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel';
const touch = (type: Touch, point?: Point) =>
  system.send('Input.dispatchTouchEvent', { type, touchPoints: point ? [point] : [] });

async function tap(point: Point): Promise<void> {
  await touch('touchStart', point);
  await touch('touchEnd');
}

/** The press waits by a clock of the page: what is set after it and runs longer ends after it. */
const longerThanAPress = () => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)));
