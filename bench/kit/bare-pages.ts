/**
 * The limit: the same rows out of the same file, as they are, in as many answers: `node bench/kit/bare-pages.ts <file>
 * <logs as JSON> <answers>`. Answers `POST /api/sync` with the next of them. Prints its port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';

const [file, logsJson, answers] = process.argv.slice(2) as [string, string, string];
const logs = JSON.parse(logsJson) as readonly string[];
const db = new DatabaseSync(file, { readOnly: true });
const rows = db.prepare('SELECT content FROM events WHERE log = ? ORDER BY seq');
const each = Math.ceil(logs.length / Number(answers));

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const { page } = JSON.parse(body) as { page: number };
    const found = logs.slice(page * each, (page + 1) * each).flatMap((log) => rows.all(log) as { content: string }[]);
    response.setHeader('content-type', 'application/json');
    response.end(`[${found.map(({ content }) => content).join()}]`);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`));
