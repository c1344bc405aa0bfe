/** The limit: Socket.IO that passes on what it hears, and neither knows nor keeps anything. Prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

const http = createServer();
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
