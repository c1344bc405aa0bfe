import { expect, test } from 'vitest';
import { createLog } from '../../api/log.ts';
import { expectNoLeaks } from './leaks.ts';
import { startServer } from './server.ts';

test.each([
  ['a number', '{"user":"+41446681800"}'],
  ['a token', '{"was":"aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3a"}'],
  ['a text', '{"ops":[{"text":"hello"}]}'],
  ['a code', '{"tried":"a secret of this test"}'],
])('[AC-10] %s in a log is found', (_, line) => {
  expect(() => expectNoLeaks(`{"msg":"answered"}\n${line}`, ['a secret of this test'])).toThrow(/no log may hold/);
});

test('[AC-10] ids, times and errors are no leaks', () => {
  const line =
    '{"level":"info","time":"2026-01-01T00:00:00.000Z","user":"01890000-0000-7000-8000-000000000000","errorCode":"EIO"}';
  expect(() => expectNoLeaks(line)).not.toThrow();
});

test('[AC-10] a server of a test that logged a code does not end quietly', async () => {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', serverId: 'test', to: { write: (line) => void lines.push(line) } });
  const server = await startServer();
  await server.signIn('+41446681800');
  log.info('a mistake', { tried: server.lastCode() });
  server.lines.push(...lines);
  await expect(server.stop()).rejects.toThrow(/no log may hold/);
});
