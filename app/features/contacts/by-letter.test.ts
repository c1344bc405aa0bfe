import { expect, test } from 'vitest';
import { byLetter } from './by-letter.ts';

test('orders people under their first letters, accents aside, numbers last', () => {
  const people = ['山田 健', 'émile', 'Zoë', '7th floor', 'Eva', 'anna'].map((name) => ({ name }));
  expect(byLetter(people, 'en').map(({ letter, people: of }) => [letter, of.map(({ name }) => name)])).toEqual([
    ['A', ['anna']],
    ['E', ['émile', 'Eva']],
    ['Z', ['Zoë']],
    ['山', ['山田 健']],
    ['#', ['7th floor']],
  ]);
});
