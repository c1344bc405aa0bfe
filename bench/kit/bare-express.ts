/** The limit: Express that parses a JSON body and answers a small one: `node bench/kit/bare-express.ts <bytes of the answer>`. Prints its port. */
import express from 'express';
import type { AddressInfo } from 'node:net';

const answer = { padding: 'x'.repeat(Math.max(0, Number(process.argv[2] ?? '0') - '{"padding":""}'.length)) };
const app = express();
app.set('etag', false);
app.use(express.json());
app.post('/api/sync', (_req, res) => void res.json(answer));
const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`));
