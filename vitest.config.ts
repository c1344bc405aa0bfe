import { defineConfig } from 'vitest/config';

const minuteMs = 60_000;

/** Five kinds of test by what they need: nothing, a seeded world, a real browser, three of them, real processes. */
/**
 * Rigs that fail now and then on a machine of their own, and nobody knows yet whether the product or the test is at fault. They
 * run with `npm run torture`, and come back here when that is known.
 */
const unsteady = ['evicted', 'half-open'].map((rig) => `tests/e2e/rigs-${rig}.test.ts`).concat('tests/e2e/pwa-links.test.ts');
const isTorture = process.env['TIER'] === 'torture';

export default defineConfig({
  test: {
    reporters: ['dot'],
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{sync-protocol,app,api,scripts,bench}/**/*.test.{ts,tsx}',
            'tests/*.test.ts',
            'tests/{contract,kit,tidy}/**/*.test.ts',
          ],
          exclude: ['tests/readme.test.ts', '**/node_modules/**'],
          // They share nothing but modules, whose loading would cost as much as the tests.
          isolate: false,
          testTimeout: 10_000,
        },
      },
      {
        test: { name: 'sim', include: ['tests/sim/**/*.test.ts'], testTimeout: 240 * minuteMs },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: isTorture ? [] : unsteady,
          fileParallelism: false,
          testTimeout: 3 * minuteMs,
          hookTimeout: 3 * minuteMs,
        },
      },
      {
        test: {
          name: 'engines',
          include: ['tests/engines/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 3 * minuteMs,
          hookTimeout: 3 * minuteMs,
        },
      },
      {
        test: {
          name: 'rig',
          include: ['tests/{rig,conformance,security}/**/*.test.ts', 'tests/readme.test.ts'],
          fileParallelism: false,
          testTimeout: 60 * minuteMs,
          hookTimeout: 5 * minuteMs,
        },
      },
    ],
  },
});
