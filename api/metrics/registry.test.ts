import { expect, test } from 'vitest';
import { parseMetrics, valueOf } from '../../tests/kit/scrape.ts';
import { createRegistry, seriesMax } from './registry.ts';

test('counters, gauges and histograms are read back as they were counted', () => {
  const registry = createRegistry();
  const counter = registry.counter('a_total', 'A.');
  counter.add({ route: 'say "hi"\\\n' }, 2);
  counter.add({ route: 'b' });
  registry.gauge('b', 'B.', () => Number.NaN);
  registry.gauge('c', 'C.', () => new Map([['x', 1.5]]), 'part');
  const histogram = registry.histogram('d', 'D.', [1, 10]);
  for (const value of [1, 2, 100]) histogram.observe(value, { route: 'r' });
  const samples = parseMetrics(registry.text());
  expect(samples).toContainEqual({ name: 'a_total', labels: { route: 'say "hi"\\\n' }, value: 2 });
  expect(samples).toContainEqual({ name: 'b', labels: {}, value: Number.NaN });
  expect(samples).toContainEqual({ name: 'c', labels: { part: 'x' }, value: 1.5 });
  expect(samples.filter(({ name }) => name === 'd_bucket').map(({ value }) => value)).toEqual([1, 2, 3]);
  expect(valueOf(samples, 'd_sum')).toBe(103);
});

test('[RU-6] a label that takes ever new values does not take ever more memory', () => {
  const registry = createRegistry();
  const counter = registry.counter('a_total', 'A.');
  for (let n = 0; n < seriesMax * 5; n++) counter.add({ code: `code-${n}` });
  const samples = parseMetrics(registry.text());
  expect(samples).toHaveLength(seriesMax + 1);
  expect(valueOf(samples, 'a_total', { code: 'other' })).toBe(seriesMax * 4);
});

test.each(['a 1', 'a{b=c} 1\n', '# TYPE a counter\na one\n', '# TYPE a counter\na 1\na 1\n', 'a 1\n'])(
  'what is no such text is not read as one: %j',
  (text) => {
    expect(() => parseMetrics(text)).toThrow(/./);
  },
);
