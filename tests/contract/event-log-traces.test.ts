import { expect, test } from 'vitest';
import { compareTraces } from './event-log-traces.ts';
import { anOpenStore } from './sqlite-store.ts';

test(
  '[FD-11][SQ-5] memory and SQLite answer 200 random traces alike, and as the pure fold says',
  { timeout: 60_000 },
  async () => {
    const asked = await compareTraces(async (clock) => (await anOpenStore({ clock })).eventLog, { worlds: 200 });
    expect(asked).toBe(5_000);
  },
);
