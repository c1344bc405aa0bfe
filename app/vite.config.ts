import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { manifest } from './manifest.ts';

export const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = 'http://localhost:8000';

/**
 * The source text is a message's id, so English need not carry what says the same twice: a message that is not in the
 * catalogue is shown as its id. What has plurals or values stays, because nothing compiles those in the browser.
 */
const lighterEnglish = (): Plugin => ({
  name: 'lighter-english',
  apply: 'build',
  transform: (code, id) => {
    if (!id.endsWith('/locales/en/messages.ts')) return undefined;
    const [, json] = /JSON\.parse\((".*")\)/s.exec(code) ?? [];
    if (json === undefined) throw new Error('the compiled English catalogue does not look as it did: see lighterEnglish');
    const messages = Object.entries(JSON.parse(JSON.parse(json) as string) as Record<string, unknown[]>);
    const kept = Object.fromEntries(messages.filter(([said, parts]) => parts.length !== 1 || parts[0] !== said));
    return `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(kept))});`;
  },
});

export const common = {
  outDir: here('../dist/app'),
  target: ['chrome123', 'firefox128', 'safari17.5'],
  assetsDir: 'assets',
  // A strict CSP has no room for data: URLs of fonts and scripts.
  assetsInlineLimit: 0,
  modulePreload: { polyfill: false },
};

export default defineConfig({
  root: here('.'),
  publicDir: here('../public'),
  plugins: [
    lighterEnglish(),
    react(),
    tailwindcss(),
    VitePWA({
      // The worker is ours (sw/sw.ts); the plugin only writes the list of files into it.
      strategies: 'injectManifest',
      srcDir: 'sw',
      filename: 'sw.ts',
      injectRegister: false,
      registerType: 'prompt',
      manifest,
      disable: !existsSync(here('sw/sw.ts')),
      includeManifestIcons: false,
      injectManifest: {
        // One script that imports nothing: as a module the plugin asks for that by an option that is going out of use.
        rollupFormat: 'iife',
        globPatterns: ['**/*.{js,css,html,svg,png,woff2}'],
        // They are read by the system, not by the shell.
        globIgnores: ['icons/**', 'screenshots/**', 'retired-sw.js'],
      },
    }),
  ],
  build: {
    ...common,
    emptyOutDir: true,
    rolldownOptions: {
      input: { main: here('index.html') },
      // Dozens of files of a hundred bytes each would compress badly and ask for as many requests.
      output: {
        codeSplitting: {
          groups: [
            { name: 'libraries', test: /node_modules\/(react|react-dom|scheduler|react-router|@lingui|dexie|zod|virtua)\// },
            {
              name: 'shared',
              // What many pages share and the first screen does not is in files of its own, loaded with the first of those pages.
              test: /\/(app\/(ui(?!\/(settings|text-field|phone-field|details|dialog|person-row|switch)\.)|features\/frame(?!\/(use-browser|notice-choices|visits|people-picker|phone-numbers|passkeys|device-links)\.)|store\/queries)|sync-protocol)\/|node_modules\/lucide-react\//,
              minShareCount: 3,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': server, '/health': server, '/socket.io': { target: server, ws: true } },
  },
});
