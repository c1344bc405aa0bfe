/** What the build was told. Same origin unless it says otherwise. */
export const env = {
  apiUrl: String(import.meta.env['VITE_API_URL'] ?? ''),
  socketUrl: String(import.meta.env['VITE_SOCKET_URL'] ?? ''),
  version: String(import.meta.env['VITE_VERSION'] ?? '0.1.0'),
  isDevelopment: import.meta.env.DEV,
} as const;
