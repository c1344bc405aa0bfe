import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { manifest } from './manifest.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = 'http://localhost:8000';

export default defineConfig({
  root: here('.'),
  publicDir: here('../public'),
  plugins: [
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
        globPatterns: ['**/*.{js,css,html,svg,png,woff2}'],
        // The gallery is for us, and the icons are read by the system, not by the shell.
        globIgnores: ['gallery.html', '**/gallery-*', 'icons/**', 'screenshots/**'],
      },
    }),
  ],
  build: {
    outDir: here('../dist/app'),
    emptyOutDir: true,
    target: ['chrome123', 'firefox128', 'safari17.5'],
    assetsDir: 'assets',
    // A strict CSP has no room for data: URLs of fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { main: here('index.html'), gallery: here('gallery.html') } },
  },
  server: {
    proxy: { '/api': server, '/health': server, '/socket.io': { target: server, ws: true } },
  },
});
