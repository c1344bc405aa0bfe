import { expect, test } from 'vitest';
import type { UserId } from '#sync-protocol';
import { aDevice, aUser } from '#sync-protocol/testing';
import { createAccountsWorld } from '../../tests/kit/accounts-world.ts';

const samples = 2_000;
/** Two samples of 2,000 from one distribution lie further apart than this once in a hundred times (Kolmogorov-Smirnov). */
const apartMax = 1.628 * Math.sqrt(2 / samples);
const attempts = 4;

const numberOf = (n: number) => `+1201${String(2_000_000 + n)}`;

/** A world in which every second number has an account, and none was sent a code: what they differ in is the account alone. */
async function createWorld() {
  const world = createAccountsWorld();
  const { store, clock } = world;
  for (let n = 0; n < samples; n++) {
    const [user, phone] = [aUser(n) as UserId, numberOf(2 * n)];
    const request = { salt: '', codeHash: '', digits: 6, sentAt: 0, expiresAt: 1, tries: 0, state: 'open' } as const;
    await store.openCode({ ...request, requestId: `r${n}`, phone: `elsewhere ${n}` }, [{ max: 1, ms: 1 }]);
    const session = { device: aDevice(n), user, tokenHash: `t${n}`, label: '', signedInAt: 0, usedAt: 0 };
    await store.redeem({ requestId: `r${n}`, account: { user, phone, name: 'Ann', signedUpAt: 0 }, session });
  }
  clock.nowMs += 1;
  return world;
}

/** The largest distance between the two distributions. */
function apart(ones: readonly number[], others: readonly number[]): number {
  const all = [...ones.map((at) => ({ at, step: 1 / ones.length })), ...others.map((at) => ({ at, step: -1 / others.length }))];
  let [sum, most] = [0, 0];
  all
    .sort((a, b) => a.at - b.at)
    .forEach(({ at, step }, i) => {
      sum += step;
      if (all[i + 1]?.at !== at) most = Math.max(most, Math.abs(sum));
    });
  return most;
}

/** Every number once, in an order that favours neither kind: neighbours in memory are answered faster. */
const shuffled = (): readonly number[] =>
  Array.from({ length: 2 * samples }, (_, n) => ({ n, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ n }) => n);

/** How far apart known and unknown numbers are when `ask` is timed for each. */
async function timed(ask: (phone: string) => Promise<unknown>): Promise<number> {
  const [known, unknown]: [number[], number[]] = [[], []];
  for (const n of shuffled()) {
    const startedMs = performance.now();
    await ask(numberOf(n));
    (n % 2 === 0 ? known : unknown).push(performance.now() - startedMs);
  }
  return apart(known, unknown);
}

/** One attempt in a hundred is unlucky; all of them are only when there is something to see. */
async function leastApart(attempt: () => Promise<number>): Promise<number> {
  let least = 1;
  for (let n = 0; n < attempts && least > apartMax; n++) least = Math.min(least, await attempt());
  return least;
}

test('[AC-3] asking for a code takes as long for a number that somebody has as for one that nobody has', async () => {
  const attempt = async () => {
    const { ask } = await createWorld();
    return timed((phone) => ask(phone));
  };
  expect(await leastApart(attempt)).toBeLessThan(apartMax);
});

test('[AC-3] a wrong guess is answered as fast for a number that somebody has', async () => {
  const attempt = async () => {
    const { ask, verify } = await createWorld();
    const requests = new Map<string, string>();
    for (const n of shuffled()) requests.set(numberOf(n), (await ask(numberOf(n))).requestId);
    return timed((phone) => verify(requests.get(phone)!, 'wrong!').catch(() => undefined));
  };
  expect(await leastApart(attempt)).toBeLessThan(apartMax);
});
