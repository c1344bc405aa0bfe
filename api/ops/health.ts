/** Whether the server of this environment takes messages: exit code 0 when it does. What a container asks itself. */
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { readEnv } from '../env.ts';

const { PORT: port, HOST, TLS_KEY_PATH } = readEnv();
const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[HOST] ?? HOST;
// It is asked by its address, which no certificate names.
const options = { host, port, path: '/health', timeout: 2_500, rejectUnauthorized: false };

const asked = (TLS_KEY_PATH === undefined ? plain : secure)(options, (response) => {
  process.exitCode = response.statusCode === 200 ? 0 : 1;
  response.pipe(process.stdout);
});
asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
asked.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
asked.end();
