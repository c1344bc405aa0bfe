import type { Page } from 'playwright-core';
import * as chrome from '../../e2e/kit/browser.ts';
import { type Engine, networkIsAway, type Profile, type Tab } from './port.ts';
import { seek } from './seek.ts';

/** Long, because a click that was given up may have been made. */
const clickMsMax = 20_000;

export const chromium: Engine = {
  name: 'Chromium',
  createProfile: ({ publicKeyHash }) => {
    const profile = chrome.createProfile([`--ignore-certificate-errors-spki-list=${publicKeyHash}`]);
    return { ...profile, open: () => open(profile) };
  },
};

async function open(profile: chrome.Profile): ReturnType<Profile['open']> {
  const { page, newPage, problems } = await profile.open();
  return {
    tab: tabOf(page),
    newTab: async () => tabOf(await newPage()),
    problems: () => problems.filter((problem) => !networkIsAway.test(problem)),
  };
}

function tabOf(page: Page): Tab {
  return {
    goto: async (url) => void (await page.goto(url, { waitUntil: 'domcontentloaded' })),
    reload: async () => void (await page.reload({ waitUntil: 'domcontentloaded' })),
    ask: async (question, handed) =>
      (await page.evaluate(question as (handed: unknown) => unknown, handed)) as Awaited<ReturnType<typeof question>>,
    shows: async (sought) => (await page.evaluateHandle(seek, sought)).asElement() !== null,
    click: async (sought) => {
      const found = (await page.evaluateHandle(seek, sought)).asElement();
      if (!found) return false;
      await page.bringToFront();
      await found.click({ timeout: clickMsMax });
      return true;
    },
    type: (text) => page.keyboard.type(text),
    pressEnter: () => page.keyboard.press('Enter'),
    close: () => page.close(),
  };
}
