import { expect, test } from 'vitest';
import { initialsOf } from './initials.ts';

test.each([
  ['Anna Kowalska', 'AK'],
  ['Mum', 'M'],
  ['Field team — Lofoten', 'FL'],
  ['山田 健', '山'],
  ['خالد المنصوري', 'خ'],
  ['jean-luc picard', 'JP'],
  ['👩‍🚀 Crew', '👩‍🚀'],
  ['  ', '?'],
  ['', '?'],
  ['(Harbour) crew', 'HC'],
  ['é́milie Zola', 'É́Z'],
  ['+47 412', '44'],
])('initials of %j are %j', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
