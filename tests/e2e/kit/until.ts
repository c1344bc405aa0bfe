/** Asks until the answer is neither `undefined` nor `false`. The only waiting there is: for a condition, never for a time. */
export async function until<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  withinMs = 30_000,
  everyMs = 50,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await askOnce(ask);
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs} ms for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** What a page is asked while it is being left has no answer yet: the next one is asked again. */
async function askOnce<T>(ask: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && isBeingLeft.test(error.message)) return undefined;
    throw error;
  }
}

/** As Playwright and Puppeteer say it of Chromium, and of Firefox over WebDriver BiDi. */
const isBeingLeft = /context was destroyed|Cannot find (execution )?context|no such (frame|realm)/i;
