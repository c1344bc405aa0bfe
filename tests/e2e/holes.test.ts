import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '#sync-protocol';
import { aMessage } from '../kit/script-client.ts';
import { bubble, openChat, say } from './kit/person.ts';
import { startRig, type Rig } from './kit/rig.ts';
import { until } from './kit/until.ts';

let rig: Rig;
const count = limits.bootstrapMessages + limits.opsPerSyncMax;
const history = '**/api/conversations/*/messages?*';

/** A device that has lost its database, and begins again with the newest messages of each conversation. */
beforeAll(async () => {
  rig = await startRig('Long story');
  await hear('line', count);
  const { page, context } = rig.person;
  await page.goto('about:blank');
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: rig.server.url, storageTypes: 'indexeddb,local_storage' });
  await page.goto(`${rig.server.url}/chats`);
});
afterAll(() => rig?.dispose());

test('[AP-9] what a device does not hold is asked for once when it is seen; when nothing came, again with the next news and when told to', async () => {
  const { page, context } = rig.person;
  let asked = 0;
  await context.route(history, (route) => {
    asked += 1;
    return route.fulfill({ status: 502, body: 'Bad gateway' });
  });
  await openChat(page, rig.title);
  await bubble(page, 'line').first().waitFor();
  const hole = page.getByText(/earlier messages are not on this device/);
  await scrollUpUntil(async () => (await hole.count()) > 0 && asked > 0, 'the hole to be seen and asked for');
  const seen = asked;
  // As many pictures as it takes to draw it again and again, if each drawing asked.
  await page.evaluate(async () => {
    for (let n = 0; n < 60; n += 1) await new Promise(requestAnimationFrame);
  });
  expect(asked).toBeLessThanOrEqual(seen + 1);
  const before = asked;
  await rig.hear('one more');
  await until(() => asked > before, 'it to be asked for again, for there is news');

  await context.unroute(history);
  await page.getByRole('button', { name: 'Load' }).click();
  await scrollUpUntil(() => bubble(page, 'line 1').first().isVisible(), 'the first message');
  expect(await hole.count()).toBe(0);
});

test('after a restart it stands where it was left; writing a message leads to the end, and so does the button', async () => {
  await rig.person.profile.close();
  await hear('meanwhile', limits.opsPerSyncMax);
  rig.person = { ...rig.person, ...(await rig.person.profile.open()) };
  const { page } = rig.person;
  await page.goto(rig.server.url + rig.path);
  await bubble(page, 'line 1').first().waitFor();
  await say(page, 'All read');
  await bubble(page, 'All read').waitFor();
  await bubble(page, `meanwhile ${limits.opsPerSyncMax}`).waitFor();

  await scrollUpUntil(() => bubble(page, 'line 1').first().isVisible(), 'the first message');
  await page.reload();
  await bubble(page, 'line 1').first().waitFor();
  await page.getByRole('button', { name: 'Go to the newest message' }).click();
  await bubble(page, 'All read').waitFor();
  expect(await bubble(page, 'line 1').count()).toBe(0);
});

test('nothing went wrong in the browser', () => expect(rig.person.problems).toEqual([]));

async function hear(what: string, messages: number): Promise<void> {
  for (let from = 1; from <= messages; from += limits.opsPerSyncMax) {
    const size = Math.min(limits.opsPerSyncMax, messages - from + 1);
    await rig.friend.send(Array.from({ length: size }, (_, i) => aMessage(rig.log, `${what} ${from + i}`)));
  }
}

async function scrollUpUntil(isThere: () => Promise<boolean>, what: string): Promise<void> {
  const { page } = rig.person;
  await page.locator('[role=log]').hover();
  await until(async () => {
    await page.mouse.wheel(0, -2_000);
    return isThere();
  }, what);
}
