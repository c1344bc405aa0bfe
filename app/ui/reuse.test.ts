import { expect, test } from 'vitest';
import { createReuse } from './reuse.ts';

test('an item that says the same is the same object, whatever stands before it', () => {
  const reuse = createReuse<{ key: string; state: { at: string } }>(({ key }) => key);
  const [first] = reuse([{ key: 'a', state: { at: 'sent' } }]);
  const [fresh, again] = reuse([
    { key: 'b', state: { at: 'queued' } },
    { key: 'a', state: { at: 'sent' } },
  ]);
  expect(again).toBe(first);
  const [sent] = reuse([{ key: 'b', state: { at: 'sent' } }]);
  expect(sent).not.toBe(fresh);
  expect(sent).toEqual({ key: 'b', state: { at: 'sent' } });
});
