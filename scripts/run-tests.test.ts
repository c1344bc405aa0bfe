import { expect, test } from 'vitest';
import { type Report, countReport } from './run-tests.ts';

function aReport(statuses: readonly string[], file = { name: 'a.test.ts', status: 'passed' }): Report {
  const assertionResults = statuses.map((status, i) => ({ fullName: `test ${i}`, status }));
  return { testResults: [{ ...file, assertionResults }] };
}

test('counts what passed and what failed', () => {
  expect(countReport(aReport(['passed', 'passed', 'failed']), 1)).toEqual({ passed: 2, failed: 1, unexpected: [] });
});

test('a file that does not load is a failure', () => {
  expect(countReport(aReport([], { name: 'a.test.ts', status: 'failed' }), 1)).toMatchObject({ failed: 1 });
});

test('a run that ends badly with every test passed is a failure', () => {
  expect(countReport(aReport(['passed']), 1)).toMatchObject({ passed: 1, failed: 1 });
});

test('a run without a report is a failure', () => {
  expect(countReport(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
});

test('names what was skipped, unless its title gives leave', () => {
  const tests = [
    { fullName: 'left out', status: 'skipped' },
    { fullName: 'someday', status: 'todo' },
    { fullName: 'on WebKit (may skip: no such browser here)', status: 'pending' },
  ];
  const report = { testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: tests }] };
  expect(countReport(report, 0).unexpected).toEqual(['left out', 'someday']);
});
