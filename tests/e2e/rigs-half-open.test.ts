import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '#sync-protocol';
import { type FaultProxy, createFaultProxy } from '../kit/fault-proxy.ts';
import { report } from '../rig/kit/figures.ts';
import { counts } from '../rig/kit/tier.ts';
import { bubble, composer, say } from './kit/person.ts';
import { type Rig, startRig } from './kit/rig.ts';

const rounds = counts({ test: 1, torture: 10 });
const saidWithinMs = 27_000;
const queuedWithinMs = limits.ackTimeoutMs + 1_000;
const deliveredWithinMs = 5_000;

let rig: Rig;
let proxy: FaultProxy;

beforeAll(async () => {
  rig = await startRig('Tunnel');
  proxy = await createFaultProxy(Number(new URL(rig.server.url).port));
  await rig.person.page.goto(`http://localhost:${proxy.port}${rig.path}`);
  await composer(rig.person.page).waitFor();
});
afterAll(async () => {
  await proxy?.close();
  await rig?.dispose();
});

test(
  `[LK-1][LV-3][EN-6] ${rounds} times a connection swallows everything and nobody is told: what is sent waits as queued, the person is told, and it is delivered within 5 s of the network coming back`,
  { timeout: 3_600_000 },
  async () => {
    const { page } = rig.person;
    const figures = { queued: [] as number[], told: [] as number[], delivered: [] as number[] };
    for (let round = 1; round <= rounds; round++) {
      const before = `Before ${round}`;
      await rig.hear(before);
      await bubble(page, before).waitFor();
      proxy.blackhole();
      const text = `Swallowed ${round}`;
      const sinceMs = performance.now();
      await say(page, text);
      const row = page.locator('.message[data-own]').filter({ hasText: text });
      const shown = () => row.getAttribute('data-state');
      // Before it leaves for the first time it is queued as well.
      await expect.poll(shown).toBe('sending');
      const queued = async () => {
        await expect.poll(shown, { timeout: queuedWithinMs }).toBe('queued');
        figures.queued.push(performance.now() - sinceMs);
      };
      const told = async () => {
        const words = page.getByText(/No connection to the server|Connecting/).first();
        await words.waitFor({ timeout: saidWithinMs });
        figures.told.push(performance.now() - sinceMs);
      };
      await Promise.all([queued(), told()]);
      // It was tried again meanwhile, over the slow path, and is not shown as if it had just been sent.
      expect(await shown()).toBe('queued');
      proxy.heal();
      const healedMs = performance.now();
      // The device learns of another network as it does from its system.
      await page.evaluate(() => globalThis.dispatchEvent(new Event('online')));
      await expect.poll(() => rig.arrived(), { timeout: deliveredWithinMs }).toContain(text);
      figures.delivered.push(performance.now() - healedMs);
      await page
        .getByText(/No connection to the server|Connecting/)
        .first()
        .waitFor({ state: 'detached' });
    }
    const arrived = await rig.arrived();
    expect(new Set(arrived).size).toBe(arrived.length);
    report('a swallowed message is shown as queued', figures.queued);
    report('the person is told', figures.told);
    report('delivered after the network came back', figures.delivered);
  },
);
