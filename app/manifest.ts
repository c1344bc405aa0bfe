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
  prefer_related_applications: false,
  // A shortcut or a link goes to the window that is there, instead of opening one more.
  launch_handler: { client_mode: ['navigate-existing', 'auto'] },
  handle_links: 'preferred',
  shortcuts: [
    { name: 'New chat', url: '/new?source=pwa', icons: [{ src: '/icons/shortcut-chat-96.png', sizes: '96x96' }] },
    { name: 'New group', url: '/new/group?source=pwa', icons: [{ src: '/icons/shortcut-group-96.png', sizes: '96x96' }] },
  ],
  screenshots: [
    {
      src: '/screenshots/wide.png',
      sizes: '1280x800',
      type: 'image/png',
      form_factor: 'wide',
      label: 'The list of chats beside a conversation',
    },
    {
      src: '/screenshots/narrow.png',
      sizes: '780x1688',
      type: 'image/png',
      form_factor: 'narrow',
      label: 'A conversation on a phone',
    },
  ],
  icons: [
    { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
    { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
    { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    { src: '/icons/monochrome-96.png', sizes: '96x96', type: 'image/png', purpose: 'monochrome' },
  ],
};
