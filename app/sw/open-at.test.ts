import { expect, test } from 'vitest';
import { openAt, type OpenWindow } from './open-at.ts';

const told: string[] = [];
const aWindow = (name: string, facts: { isFocused?: boolean; isVisible?: boolean; answers?: boolean } = {}): OpenWindow => ({
  isFocused: facts.isFocused ?? false,
  isVisible: facts.isVisible ?? false,
  focus: async () => told.push(`${name} focused`),
  route: async (path) => {
    told.push(`${name} routes ${path}`);
    return facts.answers ?? true;
  },
  load: async (path) => told.push(`${name} loads ${path}`),
});
const openNew = async (path: string) => told.push(`new ${path}`);

test.each([
  ['a new window when there is none', [], ['new /c/1']],
  ['the one that is focused', [aWindow('a'), aWindow('b', { isFocused: true })], ['b focused', 'b routes /c/1']],
  ['else one that is visible', [aWindow('a'), aWindow('b', { isVisible: true })], ['b focused', 'b routes /c/1']],
  ['else any', [aWindow('a'), aWindow('b')], ['a focused', 'a routes /c/1']],
  [
    'loaded anew when the page does not answer',
    [aWindow('a', { answers: false })],
    ['a focused', 'a routes /c/1', 'a loads /c/1'],
  ],
] as const)('a click on a notification opens %s', async (_, windows, expected) => {
  told.length = 0;
  await openAt('/c/1', windows, openNew);
  expect(told).toEqual(expected);
});
