import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readJson } from './read-json.ts';

/** A request whose head has arrived, as both ends hold it. */
async function aRequest(length: number): Promise<{ readonly socket: Socket; readonly req: IncomingMessage }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(async () => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  const arrived = once(server, 'request') as Promise<[IncomingMessage]>;
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`);
  return { socket, req: (await arrived)[0] };
}

test('a body is read in however many parts it comes', async () => {
  const said = { words: ['grüezi', '🐢'] };
  const bytes = Buffer.from(JSON.stringify(said));
  const { socket, req } = await aRequest(bytes.length);
  const read = readJson(req);
  for (const byte of bytes) socket.write(Buffer.of(byte));
  expect(await read).toEqual(said);
});

test('a body that ends before its end is refused, and so is one whose connection was closed before anybody read it', async () => {
  const half = await aRequest(100);
  const read = readJson(half.req);
  half.socket.write('{"version":');
  half.socket.destroy();
  await expect(read).rejects.toMatchObject({ code: 'malformed', detail: 'body: cut off' });

  const gone = await aRequest(100);
  const closed = new Promise((resolve) => gone.req.once('close', resolve));
  gone.socket.destroy();
  await closed;
  await expect(readJson(gone.req)).rejects.toMatchObject({ code: 'malformed', detail: 'body: cut off' });
});
