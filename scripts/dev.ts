/** The server, started anew when its files change, and Vite's development server before it. Open the address Vite prints. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createServer } from 'vite';
import { root } from './root.ts';

const port = process.env['PORT'] ?? '8000';
const server = spawn(process.execPath, ['--watch', '--watch-preserve-output', join(root, 'api', 'main.ts')], {
  cwd: root,
  env: { ...process.env, PORT: port },
  stdio: 'inherit',
});

const api = { target: `http://127.0.0.1:${port}`, changeOrigin: false };
const vite = await createServer({
  root: join(root, 'app'),
  server: { proxy: { '/api': api, '/health': api, '/socket.io': { ...api, ws: true } } },
});
await vite.listen();
vite.printUrls();

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
server.once('exit', (code) => void stop(code ?? 0));

async function stop(code = 0): Promise<void> {
  server.removeAllListeners('exit');
  server.kill('SIGTERM');
  await vite.close();
  process.exit(code);
}
