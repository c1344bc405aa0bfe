import { expect, test } from 'vitest';
import { isExpectedType, type FetchedFile } from './expected-type.ts';

const script: FetchedFile = {
  url: 'https://chat.example/assets/main-1.js',
  status: 200,
  kind: 'basic',
  type: 'text/javascript; charset=utf-8',
};

test('keeps a file that is what its name says', () => {
  expect(isExpectedType(script)).toBe(true);
  expect(isExpectedType({ ...script, url: 'https://chat.example/', type: 'text/html; charset=utf-8' })).toBe(true);
  expect(
    isExpectedType({ ...script, url: 'https://chat.example/manifest.webmanifest?v=1', type: 'application/manifest+json' }),
  ).toBe(true);
});

test('keeps no document under the name of a script, nothing opaque, no error and no unknown kind of file', () => {
  expect(isExpectedType({ ...script, type: 'text/html' })).toBe(false);
  expect(isExpectedType({ ...script, type: null })).toBe(false);
  expect(isExpectedType({ ...script, kind: 'opaque' })).toBe(false);
  expect(isExpectedType({ ...script, status: 404 })).toBe(false);
  expect(isExpectedType({ ...script, url: 'https://chat.example/data.bin' })).toBe(false);
});
