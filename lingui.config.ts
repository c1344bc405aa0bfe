import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

/** Source text is the message id, so the code reads as English and the catalogue needs no keys: docs/decisions/0003-lingui.md. */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'pseudo-rtl'],
  pseudoLocale: 'pseudo-rtl',
  fallbackLocales: { default: 'en' },
  catalogs: [
    {
      path: '<rootDir>/app/locales/{locale}/messages',
      include: ['<rootDir>/app'],
      exclude: ['**/*.test.ts', '**/*.test.tsx', '**/gallery/**', '**/node_modules/**'],
    },
  ],
  // Line numbers would make every edit of a screen an edit of the catalogue too.
  format: formatter({ lineNumbers: false, origins: false }),
  compileNamespace: 'ts',
  orderBy: 'messageId',
});
