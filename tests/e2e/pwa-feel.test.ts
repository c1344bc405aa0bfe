import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile } from './kit/browser.ts';
import { bubble, composer } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

let rig: Rig;
let page: Page;
let system: CDPSession;

beforeAll(async () => {
  rig = await startRig('Pier');
  ({ page } = rig.person);
  system = await rig.person.context.newCDPSession(page);
  for (let n = 1; n <= 30; n++) await rig.hear(`Line ${n} ${'of many words '.repeat(n % 7)}`);
  await heard('Line 30');
});

afterAll(() => rig?.dispose());

/** All of it is there and read: a chat with more unread messages than a window holds opens at the first of them. */
async function heard(last: string): Promise<void> {
  await bubble(page, last).waitFor();
  await page.getByText(/\d unread messages?$/).waitFor({ state: 'detached' });
}

type Insets = { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };

/** A phone with a camera in its screen and a bar at its foot. */
const phones = [
  { held: 'upright', width: 390, height: 844, insets: { top: 47, right: 0, bottom: 34, left: 0 } },
  { held: 'with the camera to the left', width: 844, height: 390, insets: { top: 0, right: 12, bottom: 21, left: 47 } },
  { held: 'with the camera to the right', width: 844, height: 390, insets: { top: 0, right: 47, bottom: 21, left: 12 } },
] as const;
const views = ['/chats', '/details', '/people', '', '/people/add', '/new', '/outbox', '/settings', '/settings/about', '/debug'];

test.each(phones)('P57 on a phone held $held nothing lies under the edges of its screen', async ({ width, height, insets }) => {
  await system.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: true });
  await system.send('Emulation.setSafeAreaInsetsOverride', { insets });
  for (const locale of ['pseudo-rtl', 'en']) {
    await page.goto(`${rig.server.url}/settings/profile?locale=${locale}`);
    await page.getByRole('heading').first().waitFor();
    for (const view of views) {
      await goTo(view === '' || view === '/details' ? rig.path + view : view);
      expect(await page.evaluate(hiddenByEdges, insets), `${view} ${locale}`).toEqual([]);
    }
  }
});

test('P57 the sign-in keeps clear of them too, and a phone does not zoom into its fields', async () => {
  const profile = createProfile();
  const { page: other, context } = await profile.open();
  const session = await context.newCDPSession(other);
  for (const { width, height, insets } of phones) {
    await session.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: true });
    await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
    await session.send('Emulation.setSafeAreaInsetsOverride', { insets });
    await other.goto(`${rig.server.url}/`);
    await other.getByLabel('Phone number').waitFor();
    await until(() => isAtRest(other), 'everything to be there');
    expect(await other.evaluate(hiddenByEdges, insets)).toEqual([]);
    expect(await other.getByLabel('Phone number').evaluate(sizeOfText)).toBeGreaterThanOrEqual(16);
  }
  await profile.dispose();
  await system.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  await page.goto(rig.server.url + rig.path);
  await composer(page).waitFor();
  expect(await composer(page).evaluate(sizeOfText)).toBeGreaterThanOrEqual(16);
});

test('P57 and what lies under an edge would be found', async () => {
  const insets: Insets = { top: 47, right: 0, bottom: 34, left: 0 };
  await page.evaluate(() => document.getElementById('root')!.style.setProperty('margin-top', '-47px'));
  expect((await page.evaluate(hiddenByEdges, insets)).length).toBeGreaterThan(0);
  await system.send('Emulation.setSafeAreaInsetsOverride', { insets: {} });
  await system.send('Emulation.setTouchEmulationEnabled', { enabled: false });
  await system.send('Emulation.clearDeviceMetricsOverride');
});

/** Of what makes a page jump, as browsers count it, this much is called good: half of what is allowed elsewhere. */
const shiftMax = 0.05;

test('P59 nothing jumps when the app starts in a wide window, when a chat is opened, and while messages arrive', async () => {
  await page.addInitScript(watchShifts);
  await page.goto(rig.server.url + rig.path);
  await bubble(page, 'Line 30').waitFor();
  expect(await jumps(), 'a start in a conversation').toEqual([]);
  await page.goto(`${rig.server.url}/chats`);
  await page.getByRole('list', { name: 'Chats' }).getByText(rig.title).waitFor();
  expect(await jumps(), 'a start in the list').toEqual([]);
  await goTo(rig.path);
  await bubble(page, 'Line 30').waitFor();
  expect(await jumps(), 'a chat that is opened').toEqual([]);
  for (const n of [1, 2, 3, 4, 5]) await rig.hear(`Late ${n} ${'of many words '.repeat(9 * (n % 2))}`);
  await heard('Late 5');
  expect(await jumps(), 'messages that arrive').toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(rig.server.url + rig.path);
  await bubble(page, 'Late 5').waitFor();
  expect(await jumps(), 'a start in a conversation on a phone').toEqual([]);
});

test('P59 and a jump would be counted', async () => {
  await page.evaluate(() => document.getElementById('root')!.style.setProperty('margin-top', '300px'));
  await until(async () => (await shiftsOf()).sum > shiftMax, 'the jump to be counted');
  expect((await shiftsOf()).sum).toBeGreaterThan(shiftMax);
});

test('P69 without scripts the page says what it needs', async () => {
  const bare = await rig.person.newPage();
  const session = await rig.person.context.newCDPSession(bare);
  await session.send('Emulation.setScriptExecutionDisabled', { value: true });
  await bare.goto(`${rig.server.url}/`);
  const said = bare.locator('noscript p');
  await said.waitFor();
  expect(await said.textContent()).toContain('needs JavaScript');
  expect((await said.boundingBox())!.height).toBeGreaterThan(100);
  expect(await bare.locator('#root > *').count()).toBe(0);
  await session.send('Emulation.setScriptExecutionDisabled', { value: false });
  await bare.reload();
  await bare.locator('#root > *').first().waitFor();
  expect(await said.isVisible()).toBe(false);
  await bare.close();
});

test('nothing went wrong in the browser', () => {
  expect(rig.person.problems).toEqual([]);
});

/** Runs in the page: what one reads or presses and that reaches under an edge, with all that scrolls at its start and at its end. */
function hiddenByEdges({ top, right, bottom, left }: Insets): readonly string[] {
  const told = [
    ...document.querySelectorAll('#root :is(a, button, input, textarea, select, h1, h2, h3, p, li, dt, dd, .bubble)'),
  ];
  const isSeen = (node: Element) =>
    !node.closest('.sr-only') && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const scroll = (isToEnd: boolean) => {
    for (const node of document.querySelectorAll('html, #root *')) node.scrollTop = isToEnd ? node.scrollHeight : 0;
  };
  const cut = (where: string, isCut: (box: DOMRect) => boolean) =>
    told
      .filter((node) => isSeen(node) && isCut(node.getBoundingClientRect()))
      .map((node) => `${where}: ${node.tagName} ${node.getAttribute('aria-label') ?? node.textContent?.slice(0, 40)}`);
  scroll(false);
  const above = cut('top', (box) => box.top < top - 0.5);
  scroll(true);
  const below = cut('bottom', (box) => box.bottom > innerHeight - bottom + 0.5);
  const beside = cut('side', (box) => box.left < left - 0.5 || box.right > innerWidth - right + 0.5);
  return [...above, ...below, ...beside];
}

const sizeOfText = (field: Element) => Number.parseFloat(getComputedStyle(field).fontSize);

const isAtRest = (on: Page) =>
  on.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return document.querySelector('.late') === null;
  });

type Shift = PerformanceEntry & { readonly value: number; readonly sources: readonly { readonly node: Node | null }[] };

/** Runs in the page before the app. */
function watchShifts(): void {
  const shifts = { sum: 0, of: [] as string[] };
  Object.assign(globalThis, { shifts });
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries() as Shift[]) {
      shifts.sum += value;
      shifts.of.push(`${value.toFixed(4)} ${sources.map(({ node }) => node?.textContent?.slice(0, 40)).join(' | ')}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

const shiftsOf = () =>
  page.evaluate(() => (globalThis as unknown as { shifts: { readonly sum: number; readonly of: readonly string[] } }).shifts);

/** All that has moved since the page was loaded, if it is too much. */
async function jumps(): Promise<readonly string[]> {
  await until(() => isAtRest(page), 'everything to be there');
  const { sum, of } = await shiftsOf();
  return sum < shiftMax ? [] : of;
}

/** To another view of the page that is open: not by a click, because for half a second after one a shift does not count. */
async function goTo(path: string): Promise<void> {
  await page.evaluate((to) => {
    for (const heading of document.querySelectorAll('#root :is(h1, h2)')) heading.setAttribute('data-before', '');
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.locator('#root :is(h1, h2):not([data-before])').filter({ visible: true }).first().waitFor();
  await until(() => isAtRest(page), 'everything to be there');
}
