import type { ManifestOptions } from 'vite-plugin-pwa';

/** What the system is told when Chatter is installed. `id` never changes: it is the identity of the installed app. */
export const manifest: Partial<ManifestOptions> = {
  id: '/',
  name: 'Chatter',
  short_name: 'Chatter',
  description: 'Chat that works where the network doesn’t.',
  lang: 'en',
  dir: 'ltr',
  start_url: '/?source=pwa',
  scope: '/',
  display: 'standalone',
  orientation: 'any',
  theme_color: '#ffffff',
  background_color: '#ffffff',
  categories: ['social', 'communication'],
  icons: [
    { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
    { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
    { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
};
