import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChance } from '../rig/kit/load.ts';
import { report } from '../rig/kit/figures.ts';
import { counts, seed } from '../rig/kit/tier.ts';
import { halfWritten, readDisk } from './kit/disk.ts';
import { composer } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';
import { until } from './kit/until.ts';

const crashes = counts({ test: 4, torture: 100 });
const kills = counts({ test: 3, torture: 50 });
const messages = counts({ test: 60, torture: 1_000 });
const rounds = crashes + kills;
const drainMsMax = 60_000;

let rig: Rig;

beforeAll(async () => {
  rig = await startRig('Crash site');
  // Chromium writes cookies half a minute late, or when it is closed: killed before that, it comes back signed out.
  await rig.reopen('close');
  await composer(rig.person.page).waitFor();
});
afterAll(() => rig?.dispose());

test(
  `[LS-1][LN-1][SQ-5] ${crashes} tab crashes and ${kills} killed browsers while ${messages} messages are queued: none lost, none half written, each sent once and in order`,
  { timeout: 3_600_000 },
  async () => {
    const chance = createChance(seed);
    const ends = shuffled([...Array<'crash'>(crashes).fill('crash'), ...Array<'kill'>(kills).fill('kill')], chance);
    const texts = Array.from({ length: messages }, (_, n) => `wreck ${String(n + 1).padStart(4, '0')} of ${messages}`);
    let queued = 0;
    let isServerUp = true;
    for (const [round, end] of ends.entries()) {
      const wantsServer = chance(3) > 0;
      if (wantsServer !== isServerUp) await (wantsServer ? rig.server.start() : rig.server.kill());
      isServerUp = wantsServer;
      const upTo = Math.floor((messages * (round + 1)) / rounds);
      const typing = typeUntilItEnds(rig.person.page, texts.slice(queued, upTo));
      await until(() => typing.count() > chance(upTo - queued), 'a few messages to be typed');
      await new Promise((resolve) => setTimeout(resolve, chance(60)));
      await (end === 'crash' ? crash() : rig.reopen('kill'));
      const stored = await typing.stored();
      await composer(rig.person.page).waitFor();
      const kept = await keptTexts(texts);
      expect(kept, `after ${end} ${round + 1}`).toEqual(texts.slice(0, kept.length));
      expect(kept.length, `after ${end} ${round + 1}`).toBeGreaterThanOrEqual(queued + stored);
      queued = kept.length;
    }
    if (!isServerUp) await rig.server.start();
    // What was in the composer at the last end is there as a draft, and is not sent by itself.
    await composer(rig.person.page).fill('');
    await typeUntilItEnds(rig.person.page, texts.slice(queued)).stored();
    const sinceMs = performance.now();
    await until(
      async () => (await readDisk(rig.person.page, rig.person.user)).outbox.length === 0,
      'the outbox to drain',
      drainMsMax,
    );
    report('drained after the last end', [performance.now() - sinceMs]);
    expect(await rig.arrived()).toEqual(texts);
    expect(rig.person.problems.filter((problem) => problem.startsWith('uncaught'))).toEqual([]);
  },
);

/** Every message is typed and sent as soon as the one before has left the field, until the page is gone. */
function typeUntilItEnds(page: Page, texts: readonly string[]) {
  let typed = 0;
  let stored = 0;
  const typing = (async () => {
    for (const text of texts) {
      await composer(page).fill(text);
      typed += 1;
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('textarea')?.value === '');
      stored += 1;
    }
  })().catch((error: unknown) => {
    if (!/crashed|closed|disconnected/i.test(String(error))) throw error;
  });
  // Reported by whoever asks how much was stored.
  typing.catch(() => undefined);
  return {
    count: () => (typed >= texts.length ? Infinity : typed),
    stored: async () => {
      await typing;
      return stored;
    },
  };
}

async function crash(): Promise<void> {
  const { page, context } = rig.person;
  const session = await context.newCDPSession(page);
  const gone = page.waitForEvent('crash');
  // The page that would answer is what ends.
  session.send('Page.crash').catch(() => undefined);
  await gone;
  const next = await context.newPage();
  await page.close();
  rig.person = { ...rig.person, page: next };
  await next.goto(rig.server.url + rig.path);
}

/** Of these texts, those on the disk, in the order in which the conversation shows them. */
async function keptTexts(texts: readonly string[]): Promise<readonly string[]> {
  const disk = await readDisk(rig.person.page, rig.person.user);
  expect(halfWritten(disk)).toEqual([]);
  const wanted = new Set(texts);
  const rows = disk.messages.filter(({ body }) => wanted.has(body?.text ?? ''));
  return rows.toSorted((a, b) => a.order - b.order).map(({ body }) => body!.text!);
}

function shuffled<T>(all: readonly T[], chance: (below: number) => number): readonly T[] {
  return all
    .map((one) => ({ one, at: chance(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
