/**
 * Who may import whom: this table is the architecture. Left: a room (a folder or a file; the longest match counts, `*` is
 * one folder). Right: what its files may import beside their own room; anything absent is forbidden.
 *
 * An entry is a folder, a file without its ending (`app/store/queries*` is every file and folder that begins so), a package
 * with its subpaths (`zod/mini` is that subpath only), or `node:` for Node's own modules. `lazy ` before an entry allows
 * only `import()`, so that it stays out of the first load. Tests, bench and scripts may import anything.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  'sync-protocol': ['zod/mini'],

  // The engine sees the world through its own ports.ts.
  'app/sync': ['sync-protocol'],
  'app/store': ['sync-protocol', 'app/sync', 'dexie', 'dequal', 'react'],
  'app/transport': ['sync-protocol', 'app/sync', 'socket.io-client'],
  'app/platform': ['sync-protocol', 'app/sync', 'app/load-again', 'workbox-window'],
  'app/ui': ['react', 'react-dom', 'dequal', 'lucide-react', '@lingui/core', '@lingui/react', 'virtua'],
  'app/features/*': [...screens()],
  // What every screen stands in; the one room that features share.
  'app/features/frame': [...screens(), 'lazy libphonenumber-js', 'lazy @simplewebauthn/browser'],
  'app/features/sign-in': [...screens(), 'lazy libphonenumber-js', 'lazy uqr'],
  'app/features/contacts': [...screens(), 'lazy libphonenumber-js'],
  'app/gallery': [
    'app/ui',
    'app/features',
    'app/i18n',
    'app/store/queries*',
    'app/store/memory-backend',
    'sync-protocol',
    'react',
    'react-dom',
    'react-router',
    '@lingui/core',
    '@lingui/react',
    'lucide-react',
    '@fontsource-variable/inter',
  ],
  'app/sw': ['sync-protocol', 'app/sync', 'app/store', 'app/transport', 'app/platform', 'workbox-precaching', 'workbox-routing'],
  'app/env.ts': [],
  'app/load-again.ts': [],
  // Which screen an address shows.
  'app/routes.tsx': [...screens(), 'app/features'],
  // Whose app this is: it puts the person's parts together, and takes them apart.
  'app/app.tsx': [...screens(), 'app/features', 'app/compose', 'app/env', 'app/platform', 'app/routes'],
  'app/i18n.ts': ['app/locales', '@lingui/core'],
  'app/locales': ['@lingui/core'],
  'app/manifest.ts': ['vite-plugin-pwa'],
  'app/vite.gallery.config.ts': ['vite', '@vitejs/plugin-react', '@tailwindcss/vite', 'app/vite.config'],
  'app/vite.config.ts': ['vite', '@vitejs/plugin-react', '@tailwindcss/vite', 'vite-plugin-pwa', 'app/manifest', 'node:'],
  'app/compose.ts': ['sync-protocol', 'app/sync', 'app/store', 'app/transport', 'app/platform'],
  'app/main.tsx': [
    'app',
    'sync-protocol',
    'react',
    'react-dom',
    'react-router',
    '@lingui/core',
    '@lingui/react',
    'workbox-window',
    'virtual:pwa-register',
    '@fontsource-variable/inter',
  ],

  // The core sees the world through its own ports.ts.
  'api/core': ['sync-protocol'],
  'api/store': ['sync-protocol', 'api/core', 'node:'],
  'api/store/mongo': ['sync-protocol', 'api/core', 'mongoose', 'node:'],
  'api/bus': ['sync-protocol', 'api/core'],
  'api/http': ['sync-protocol', 'api/core', 'express', 'helmet', 'cookie', 'compression', 'zod', 'node:'],
  'api/realtime': ['sync-protocol', 'api/core', 'socket.io', 'node:'],
  'api/limits': ['sync-protocol', 'api/core', 'rate-limiter-flexible'],
  'api/gateways': ['sync-protocol', 'api/core', 'node:'],
  'api/gateways/phone.ts': ['sync-protocol', 'api/core', 'libphonenumber-js'],
  'api/gateways/passkey-proofs.ts': ['sync-protocol', 'api/core', '@simplewebauthn/server'],
  // An operator's commands build the few adapters that they need.
  'api/ops': ['api/env', 'api/core', 'api/store', 'api/gateways', 'node:'],
  'api/log.ts': ['api/core', 'pino'],
  'api/metrics': ['sync-protocol', 'api/core', 'api/http', 'node:'],
  'api/certificate.ts': ['api/core', 'node:'],
  'api/env.ts': ['zod', 'node:'],
  // What main starts, and what tests start many of in one process.
  'api/compose.ts': ['api', 'sync-protocol', 'pino', 'node:'],
  'api/main.ts': ['api', 'sync-protocol', 'pino', 'node:'],
};

/** Screens read through store/queries and write through sync/commands. They never see a table or a socket, nor each other. */
function screens(): readonly string[] {
  return [
    'sync-protocol',
    'app/ui',
    'app/i18n',
    'app/load-again',
    'app/features/frame',
    'app/store/queries*',
    'app/sync/commands*',
    'react',
    'react-dom',
    'react-router',
    '@lingui/core',
    '@lingui/react',
    'virtua',
    'lucide-react',
  ];
}
