import type { Page } from 'playwright-core';

/**
 * What a screen reader is given to say, from now on until the page is loaded anew: what is added to regions that are live,
 * whole where they are atomic, and regions that come with words in them.
 */
export async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    const live =
      '[aria-live=polite], [aria-live=assertive], [role=status]:not([aria-live]), [role=alert]:not([aria-live]), [role=log]:not([aria-live])';
    const isAtomic = (region: Element) =>
      (region.getAttribute('aria-atomic') ?? String(region.matches('[role=status], [role=alert]'))) === 'true';
    const say = (words: string | null) => {
      if (words?.trim()) said.push(words.trim());
    };
    const observer = new MutationObserver((records) => {
      const whole = new Set<Element>();
      for (const { type, target, addedNodes } of records) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest(live);
        if (region && isAtomic(region)) whole.add(region);
        else if (region) for (const node of type === 'characterData' ? [target] : addedNodes) say(node.textContent);
        else for (const node of addedNodes) if (node instanceof Element) for (const come of comeWith(node)) whole.add(come);
      }
      for (const region of whole) {
        if (region.isConnected && region.checkVisibility({ visibilityProperty: true })) say(region.textContent);
      }
    });
    const comeWith = (node: Element) => [...(node.matches(live) ? [node] : []), ...node.querySelectorAll(live)];
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** What was heard since the last time one asked. */
export const heard = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => (globalThis as unknown as { said: string[] }).said.splice(0));

/** What is being said, without taking it away. */
export const hearing = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
