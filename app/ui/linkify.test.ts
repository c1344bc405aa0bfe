import { expect, test } from 'vitest';
import { linkify } from './linkify.ts';

const hrefs = (text: string) => linkify(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []));

test('what goes in comes out, in order', () => {
  for (const text of [
    '',
    'plain',
    'see https://a.example/b.',
    '`code` and www.a.example',
    'a@b.example, then "https://x.example"',
  ]) {
    const joined = linkify(text)
      .map((part) => (part.kind === 'code' ? `\`${part.text}\`` : part.text))
      .join('');
    expect(joined).toBe(text);
  }
});

test('punctuation around a link stays outside it', () => {
  expect(hrefs('(see https://a.example/b).')).toEqual(['https://a.example/b']);
  expect(hrefs('https://a.example/Tide_(sea)')).toEqual(['https://a.example/Tide_(sea)']);
  expect(hrefs('“https://a.example/q?x=1&y=2”!')).toEqual(['https://a.example/q?x=1&y=2']);
});

test('only web and mail addresses become links', () => {
  expect(hrefs('javascript:alert(1) data:text/html,x file:///etc ftp://a.example')).toEqual([]);
  expect(hrefs('https://javascript:alert(1)')).toEqual([]);
  expect(hrefs('www.pier.example/kit')).toEqual(['https://www.pier.example/kit']);
  expect(hrefs('write to ann@pier.example.')).toEqual(['mailto:ann@pier.example']);
  expect(hrefs('version 1.2.3 and pier.example')).toEqual([]);
});

test('a bracket or sign after a link is left outside, however they are mixed', () => {
  expect(hrefs('https://a.example/b.).)!')).toEqual(['https://a.example/b']);
  expect(hrefs('https://a.example/(b)).')).toEqual(['https://a.example/(b)']);
  expect(hrefs('https://a.example/[b]}')).toEqual(['https://a.example/[b]']);
  expect(hrefs('(ann@pier.example), [www.pier.example]…')).toEqual(['mailto:ann@pier.example', 'https://www.pier.example']);
});

const hostile = ['a', 'a.', 'a@', 'http://', 'www.', '(', '`', '`a', 'a@b.'].map((bit) => [bit, bit.repeat(150_000)] as const);
const tails = [')', '.)', '()', '(', '.x'].map(
  (bit) => [`a link and ${bit}`, `https://a.example/${bit.repeat(150_000)}`] as const,
);
const dots = ['a link, dots and a letter', `https://a.example/${'.'.repeat(150_000)}x`] as const;

// Sixteen times the longest message and more: what takes the square of that outlasts the runner's patience.
test.each([...hostile, ...tails, dots, ['a mail and a', `x@${'a'.repeat(150_000)}`] as const])(
  'a hostile text takes as long as it is: %s again and again',
  (_, text) => {
    expect(linkify(text).length).toBeGreaterThan(0);
  },
);
