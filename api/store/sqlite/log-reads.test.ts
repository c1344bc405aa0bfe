import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openLogReads } from './log-reads.ts';
import { migrate } from './migrations.ts';

/** What SQLite would do for each statement that is prepared to read logs, a step a line. */
function plans(): ReadonlyMap<string, readonly string[]> {
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  migrate(db);
  const found = new Map<string, readonly string[]>();
  const prepare = (sql: string): StatementSync => {
    found.set(
      sql,
      db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => String(detail)),
    );
    return db.prepare(sql);
  };
  openLogReads({ prepare } as DatabaseSync);
  return found;
}

test('[SY-3] every read of a log goes by an index: none scans, and none sorts', () => {
  const all = [...plans()];
  expect(all.length).toBeGreaterThan(15);
  const scans = all.flatMap(([sql, steps]) =>
    steps
      .filter((step) => /SCAN|TEMP B-TREE/.test(step) && !/json_each|logs_unrelayed/.test(step))
      .map((step) => `${step}: ${sql}`),
  );
  expect(scans).toEqual([]);
});

test('[SY-3] what a root is made of is read without states, events or messages', () => {
  const [[, steps] = []] = [...plans()].filter(([sql]) => sql.includes('m.spans') && !sql.includes('states'));
  expect(steps).toEqual(['SEARCH m USING INDEX memberships_of_user (user=?)', 'SEARCH logs USING PRIMARY KEY (log=?)']);
});
