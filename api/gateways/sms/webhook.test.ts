import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createConsoleSms } from './console.ts';
import { createWebhookSms } from './webhook.ts';

/** An operator's endpoint, which answers each request with the next status. */
async function anEndpoint(...statuses: number[]) {
  const asked: { authorization: string | undefined; body: unknown }[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => (body += String(chunk)));
    req.on('end', () => {
      asked.push({ authorization: req.headers.authorization, body: JSON.parse(body) as unknown });
      const status = statuses.shift() ?? 200;
      res.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('ignored');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms` };
}

test('a code is handed to the webhook with its bearer token', async () => {
  const { url, asked } = await anEndpoint();
  await createWebhookSms({ url, token: 'secret' }).sendCode('+41446681800', '012345');
  const text = '012345 is your Chatter code. Do not give it to anyone.';
  expect(asked).toEqual([{ authorization: 'Bearer secret', body: { to: '+41446681800', code: '012345', text } }]);
});

test('a webhook that says no, redirects or is not there is a failure', async () => {
  const { url, asked } = await anEndpoint(500, 302);
  const sms = createWebhookSms({ url, token: undefined });
  await expect(sms.sendCode('+1', '0')).rejects.toThrow('500');
  await expect(sms.sendCode('+1', '0')).rejects.toThrow('fetch failed');
  expect(asked).toHaveLength(2);
  await expect(createWebhookSms({ url: 'http://127.0.0.1:1', token: undefined }).sendCode('+1', '0')).rejects.toThrow(
    'fetch failed',
  );
});

test('[AC-10] the console is told the code, and nothing else is', async () => {
  const printed: string[] = [];
  await createConsoleSms((line) => void printed.push(line)).sendCode('+41446681800', '012345');
  expect(printed.join('')).toContain('Code for +41446681800: 012 345');
});
