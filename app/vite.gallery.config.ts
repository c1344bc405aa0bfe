import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { common, here } from './vite.config.ts';

/**
 * The gallery, built after the app and into the same folder. In one build with it, what the gallery shows would decide in
 * which file of the app a component is, and whether the first screen loads it.
 */
export default defineConfig({
  root: here('.'),
  publicDir: here('../public'),
  plugins: [react(), tailwindcss()],
  build: {
    ...common,
    copyPublicDir: false,
    emptyOutDir: false,
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: { input: { gallery: here('gallery.html') }, output: { codeSplitting: false } },
  },
});
