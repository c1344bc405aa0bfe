import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openLogReads } from './log-reads.ts';
import { openLogWrites } from './log-writes.ts';
import { migrate } from './migrations.ts';

type Plan = { readonly sql: string; readonly steps: readonly string[] };

/** What SQLite would do for each statement about logs. It has no statistics, here as in the server, so that this is the plan for ever. */
function plans(): readonly Plan[] {
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  migrate(db);
  const found: Plan[] = [];
  const prepare = (sql: string): StatementSync => {
    const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    found.push({ sql, steps: steps.map(({ detail }) => String(detail)) });
    return db.prepare(sql);
  };
  openLogReads({ prepare } as DatabaseSync);
  openLogWrites({ prepare } as DatabaseSync);
  return found;
}

const stepsThat = (isWrong: (step: string, plan: Plan) => boolean): readonly string[] =>
  plans().flatMap((plan) => plan.steps.filter((step) => isWrong(step, plan)).map((step) => `${step}: ${plan.sql}`));

test('no statement about logs scans a table, and only what was named one by one is sorted', () => {
  expect(plans().length).toBeGreaterThan(25);
  expect(stepsThat((step) => /^SCAN (?!asked|json_each|logs USING INDEX logs_unrelayed)/.test(step))).toEqual([]);
  expect(stepsThat((step, { sql }) => step.includes('TEMP B-TREE') && !sql.includes('json_each'))).toEqual([]);
});

test('no statement walks through a log: what grows with it is sought by more than the log it is in', () => {
  const grows = /^SEARCH (events|messages|mentions) /;
  expect(stepsThat((step) => grows.test(step)).length).toBeGreaterThan(9);
  expect(stepsThat((step) => grows.test(step) && step.includes('(log=?)'))).toEqual([]);
});

test('[SY-3] what a root is made of is read without states, events or messages', () => {
  const ofRoot = plans().filter(({ sql }) => sql.includes('m.spans') && !sql.includes('states'));
  expect(ofRoot.map(({ steps }) => steps)).toEqual([
    ['SEARCH m USING INDEX memberships_of_user (user=?)', 'SEARCH logs USING PRIMARY KEY (log=?)'],
  ]);
});
