import type { Page } from 'playwright-core';
import { addByNumber, composer, openChat, say, signUp } from '../../tests/e2e/kit/person.ts';
import { startServer } from '../../tests/e2e/kit/server.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';
import { startBare } from '../kit/process.ts';
import { addressOf } from '../kit/screen.ts';

const messagesARun = 20;

export async function sendToScreen(): Promise<readonly Figure[]> {
  const server = await startServer();
  const [ann, bob] = [await signUp(server, 'Ann'), await signUp(server, 'Bob')];
  try {
    await addByNumber(ann.page, server.url, bob);
    await ann.page.getByRole('button', { name: 'Message' }).click();
    await say(ann.page, 'hello');
    await openChat(bob.page, 'Ann');
    const runs = await repeat((run) => measure(ann.page, bob.page, `run ${run}`));
    const bare = await startBare('bare-socket-io.ts');
    await Promise.all([ann.page.goto(addressOf(bare)), bob.page.goto(addressOf(bare))]);
    const limit = await repeat((run) => measure(ann.page, bob.page, `run ${run}`));
    await bare.stop();
    const bareMs = median(limit.map(({ other }) => median(other)));
    return [
      figure(
        'Enter to the own screen',
        'ms',
        runs.map(({ own }) => median(own)),
      ),
      figure(
        'Enter to the other screen',
        'ms',
        runs.map(({ other }) => median(other)),
      ),
      figure(
        'Enter to the other screen, slowest',
        'ms',
        runs.map(({ other }) => Math.max(...other)),
      ),
      figure(
        'bare Socket.IO, one node a message',
        'ms',
        limit.map(({ other }) => median(other)),
      ),
      figure(
        'of bare Socket.IO',
        '×',
        runs.map(({ other }) => median(other) / bareMs),
      ),
    ];
  } finally {
    await ann.profile.dispose();
    await bob.profile.dispose();
    await server.dispose();
  }
}

async function measure(from: Page, to: Page, label: string) {
  await Promise.all([watch(from), watch(to)]);
  const texts = Array.from({ length: messagesARun }, (_, n) => `${label}, message ${n}.`);
  for (const text of texts) {
    await composer(from).fill(text);
    await from.keyboard.press('Enter');
    await to.locator('[role=log] .message-text').filter({ hasText: text }).waitFor();
  }
  const [sender, receiver] = [await seen(from), await seen(to)];
  const since = (shown: Seen, text: string): number => shown.texts[text]! - sender.enters[texts.indexOf(text)]!;
  return { own: texts.map((text) => since(sender, text)), other: texts.map((text) => since(receiver, text)) };
}

/** Times on the machine's one clock, taken in the pages: what drives them is not measured. */
type Seen = { readonly enters: number[]; readonly texts: Record<string, number> };

/** Notes when Enter is pressed, and when each text is painted for the first time. */
function watch(page: Page): Promise<void> {
  return page.evaluate(() => {
    const now = (): number => performance.timeOrigin + performance.now();
    const noted: Seen = { enters: [], texts: {} };
    Object.assign(globalThis, { noted });
    addEventListener('keydown', ({ key }) => key === 'Enter' && noted.enters.push(now()), { capture: true });
    const look = (): void => {
      for (const node of document.querySelectorAll('[role=log] .message-text')) {
        const text = /run \d+, message \d+\./.exec(node.textContent ?? '')?.[0];
        if (text !== undefined) noted.texts[text] ??= now();
      }
    };
    new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
}

const seen = (page: Page): Promise<Seen> => page.evaluate(() => (globalThis as unknown as { readonly noted: Seen }).noted);
