import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setupI18n } from '@lingui/core';
import { extractFromFileWithBabel } from '@lingui/cli/api';
import { beforeAll, expect, test } from 'vitest';
import { messages as english } from './locales/en/messages.ts';
import { messages as pseudo } from './locales/pseudo-rtl/messages.ts';

const app = fileURLToPath(new URL('.', import.meta.url));
const sources = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter(
  (path) => /\.tsx?$/u.test(path) && !/\.test\.tsx?$|^(locales|gallery)\//u.test(path),
);
/** Without a configuration in hand the extractor reads `lingui.config.ts` itself. */
const fromFile = {} as Parameters<typeof extractFromFileWithBabel>[3];
const used = new Map<string, string>();

beforeAll(async () => {
  for (const path of sources) {
    const code = readFileSync(app + path, 'utf8');
    if (!/i18n\._\(|<Trans\b/u.test(code)) continue;
    const keep = ({ id }: { id: string }) => void used.set(id, path);
    await extractFromFileWithBabel(app + path, code, keep, fromFile, { plugins: ['typescript', 'jsx'] }, true);
  }
}, 30_000);

test('every message in the code is in every compiled catalogue', () => {
  expect(used.size).toBeGreaterThan(50);
  for (const [id, path] of used) {
    expect(Object.keys(english), `${path}: run "lingui extract --clean" and "lingui compile --typescript"`).toContain(id);
    expect(Object.keys(pseudo), path).toContain(id);
  }
});

test('no catalogue keeps what the code no longer says', () => {
  expect(Object.keys(english).filter((id) => !used.has(id))).toEqual([]);
  expect(Object.keys(pseudo).filter((id) => !used.has(id))).toEqual([]);
});

test('the pseudo-locale keeps every placeholder and changes every word', () => {
  for (const [id, compiled] of Object.entries(pseudo)) {
    expect(placeholders(compiled), id).toEqual(placeholders((english as Record<string, unknown>)[id]));
    if (/[a-z]{3}/u.test(id.replaceAll(/\{[^}]*\}|<[^>]*>/gu, '')))
      expect(compiled, id).not.toEqual((english as Record<string, unknown>)[id]);
  }
});

test('plurals follow the locale', () => {
  const i18n = setupI18n({ locale: 'en', messages: { en: english } });
  const waiting = (count: number) => i18n._('{count, plural, one {# person} other {# people}}', { count });
  expect([waiting(1), waiting(2), waiting(1204)]).toEqual(['1 person', '2 people', '1,204 people']);
});

/** Names in a compiled message: `["text", ["count", "plural", {...}]]`. */
function placeholders(compiled: unknown): readonly string[] {
  const names: string[] = [];
  const walk = (token: unknown): void => {
    if (!Array.isArray(token)) return;
    for (const part of token) {
      if (!Array.isArray(part)) continue;
      names.push(String(part[0]));
      if (part[2] && typeof part[2] === 'object') Object.values(part[2] as object).forEach(walk);
    }
  };
  walk(compiled);
  return names.toSorted();
}
