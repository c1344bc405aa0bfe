import { defineConfig } from 'vitest/config';

const minuteMs = 60_000;

/** Six kinds of test by what they need: nothing, a seeded world, a MongoDB, a real browser, three of them, real processes. */
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
          exclude: ['tests/readme.test.ts', 'api/store/mongo/**', '**/node_modules/**'],
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
          name: 'mongo',
          include: ['api/store/mongo/**/*.test.ts', 'tests/mongo/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 3 * minuteMs,
          hookTimeout: 5 * minuteMs,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
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
