/** How long a person waits for what they do: from the browser's own time of the click or key to the frame that shows it. */
import type { Page } from 'playwright-core';

/** From now on: from each click on a chat to the first frame in which its own messages are there. */
export async function noteOpenings(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const openings: number[] = [];
    Object.assign(globalThis, { openings });
    let clicked: { readonly path: string; readonly atMs: number; readonly before: Element | undefined } | undefined;
    const firstText = (): Element | undefined => document.querySelector('[role=log] .message-text') ?? undefined;
    const onClick = (event: MouseEvent): void => {
      const link = (event.target as Element).closest('[role=listitem] a');
      if (link) clicked = { path: link.getAttribute('href')!, atMs: event.timeStamp, before: firstText() };
    };
    const look = (): void => {
      const text = firstText();
      if (!clicked || location.pathname !== clicked.path || !text || text === clicked.before) return;
      openings.push(performance.now() - clicked.atMs);
      clicked = undefined;
    };
    addEventListener('click', onClick, { capture: true });
    new MutationObserver(() => requestAnimationFrame(look)).observe(document, { childList: true, subtree: true });
  });
}

/** From now on: from each key to the frame after it. */
export async function noteTyping(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const typing: number[] = [];
    Object.assign(globalThis, { typing });
    addEventListener(
      'keydown',
      ({ timeStamp }) => {
        requestAnimationFrame(() => {
          // Runs after the frame has been drawn.
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => typing.push(performance.now() - timeStamp));
          port1.start();
          port2.postMessage(undefined);
        });
      },
      { capture: true },
    );
  });
}

export const openingsOf = (page: Page): Promise<readonly number[]> =>
  page.evaluate(() => (globalThis as unknown as { readonly openings: readonly number[] }).openings);
export const typingOf = (page: Page): Promise<readonly number[]> =>
  page.evaluate(() => (globalThis as unknown as { readonly typing: readonly number[] }).typing);
