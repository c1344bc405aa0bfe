import { setupI18n } from '@lingui/core';
import { expect, test } from 'vitest';
import { codeTroubleWords, troubleWords } from './refusal-words.ts';

const i18n = setupI18n({ locale: 'en', messages: { en: {} } });

test('[AC-2] whoever asks for a code from a country that gets none is told that, and not that they are not allowed', () => {
  const forbidden = { kind: 'refused', refusal: 'forbidden', detail: '', retryAfterMs: undefined } as const;
  expect(codeTroubleWords(i18n, forbidden)).toBe('This server sends no codes to this country.');
  expect(troubleWords(i18n, forbidden)).not.toContain('country');
  expect(codeTroubleWords(i18n, { kind: 'offline' })).toBe(troubleWords(i18n, { kind: 'offline' }));
});
