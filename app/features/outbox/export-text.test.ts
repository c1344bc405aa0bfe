import { expect, test } from 'vitest';
import { exportText } from './export-text.ts';

test('keeps every word, with when and where it was written', () => {
  const text = exportText([{ title: 'Harbour crew', text: 'Two\nlines', writtenAtMs: 0, state: 'waiting' }], 1000);
  expect(text).toBe(
    'Chatter: not sent yet (1), saved 1970-01-01T00:00:01.000Z\n\n1970-01-01T00:00:00.000Z  Harbour crew  [waiting]\nTwo\nlines\n\n',
  );
});
