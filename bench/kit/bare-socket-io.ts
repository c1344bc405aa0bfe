/** The limit: Socket.IO that passes on what it hears, and neither knows nor keeps anything; and a page of it. Prints its port. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { root } from '../../scripts/root.ts';

const page = `<!doctype html><html lang="en"><title>Bare</title><input aria-label="Message everybody"><div role="log"></div>
<script src="/client.js"></script><script>
const [socket, input] = [io({ transports: ['websocket'], auth: { room: 'all' } }), document.querySelector('input')];
input.addEventListener('keydown', ({ key }) => {
  if (key !== 'Enter') return;
  socket.emit('up', { ops: [{ opId: crypto.randomUUID(), payload: { body: { text: input.value } } }] }, () => {});
  input.value = '';
});
socket.on('down', ({ run }) => {
  for (const { payload } of run.items) {
    const line = document.createElement('p');
    line.className = 'message-text';
    line.textContent = payload.body.text;
    document.querySelector('[role=log]').append(line);
  }
});
</script></html>`;
const client = join(root, 'node_modules', 'socket.io-client', 'dist', 'socket.io.min.js');

const http = createServer((request, response) => {
  const isScript = request.url === '/client.js';
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? readFileSync(client) : page);
});
const io = new Server(http, { serveClient: false, transports: ['websocket'], perMessageDeflate: false });
io.on('connection', (socket) => {
  void socket.join(String((socket.handshake.auth as { readonly room?: unknown }).room));
  socket.on('up', ({ ops }: { readonly ops: readonly { readonly opId: string }[] }, reply: (answer: unknown) => void) => {
    for (const op of ops)
      for (const room of socket.rooms) if (room !== socket.id) io.to(room).emit('down', { type: 'run', run: { items: [op] } });
    reply({ answers: ops.map(({ opId }) => ({ opId, seq: 1 })) });
  });
});
http.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(http.address() as AddressInfo).port}\n`));
