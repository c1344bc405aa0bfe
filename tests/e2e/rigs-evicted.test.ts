import { afterAll, beforeAll, expect, test } from 'vitest';
import { report } from '../rig/kit/figures.ts';
import { counts } from '../rig/kit/tier.ts';
import { bubble, bubbles, composer, say, signIn } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

const rounds = counts({ test: 1, torture: 10 });
/** A number is sent five codes an hour, one of them to sign up. */
const signIns = counts({ test: 1, torture: 4 });

const drawn = 8;

let rig: Rig;
const history = ['Before one', 'Before two', 'Before three'];

beforeAll(async () => {
  rig = await startRig('Evicted');
  for (const text of history.slice(0, 2)) await rig.hear(text);
  await bubble(rig.person.page, history[1]!).waitFor();
  await say(rig.person.page, history[2]!);
  await until(async () => (await rig.arrived()).length === history.length, 'the history to arrive');
});
afterAll(() => rig?.dispose());

test(
  `[SY-7] ${rounds} times the browser clears the database and keeps the cookie: the person is still signed in and everything is back`,
  { timeout: 3_600_000 },
  async () => {
    const tookMs: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      await rig.person.page.goto('about:blank');
      await evict();
      const sinceMs = performance.now();
      await rig.person.page.goto(rig.server.url + rig.path);
      await shows(history);
      tookMs.push(performance.now() - sinceMs);
      await sayAndHear(`Cleared while closed ${round}`);
    }
    report('back after the database was cleared', tookMs);
    expect(await rig.arrived()).toEqual(history);
  },
);

test(
  `[SY-7] ${rounds} times the browser clears the database under an open page: nothing stays empty, and what is said then arrives`,
  { timeout: 3_600_000 },
  async () => {
    for (let round = 1; round <= rounds; round++) {
      await evict();
      await sayAndHear(`Cleared while open ${round}`);
      await shows(history);
    }
    expect(await rig.arrived()).toEqual(history);
  },
);

test(
  `[OB-1] ${signIns} times the cookie goes and the database stays: all can be read and written, the person is told, and signing in sends what waited`,
  { timeout: 3_600_000 },
  async () => {
    for (let round = 1; round <= signIns; round++) {
      const { page, context } = rig.person;
      await context.clearCookies();
      await page.goto(rig.server.url + rig.path);
      await shows(history);
      await page.getByText('You are signed out').waitFor();
      const text = `Written signed out ${round}`;
      await say(page, text);
      await shows([...history, text]);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await signIn(rig.server, page, rig.person);
      history.push(text);
      await page.goto(rig.server.url + rig.path);
      await shows(history);
      await expect.poll(() => rig.arrived()).toEqual(history);
    }
  },
);

test('nothing went wrong in the browser', () => {
  expect(rig.person.problems.filter((problem) => problem.startsWith('uncaught'))).toEqual([]);
});

/** As a browser does that needs room: all databases of the address go, those that are open too. */
async function evict(): Promise<void> {
  const session = await rig.person.context.newCDPSession(rig.person.page);
  await session.send('Storage.clearDataForOrigin', { origin: rig.server.url, storageTypes: 'indexeddb' });
  await session.detach();
}

async function sayAndHear(text: string): Promise<void> {
  await rig.hear(`${text}, heard`);
  await bubble(rig.person.page, `${text}, heard`).waitFor();
  await composer(rig.person.page).waitFor();
  await say(rig.person.page, `${text}, said`);
  history.push(`${text}, heard`, `${text}, said`);
  await expect.poll(() => rig.arrived()).toEqual(history);
}

/** The newest of them: what stands above the screen is not drawn. */
async function shows(texts: readonly string[]): Promise<void> {
  await expect.poll(async () => (await bubbles(rig.person.page)).slice(-drawn), { timeout: 30_000 }).toEqual(texts.slice(-drawn));
}
