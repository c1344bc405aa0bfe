import { expect, test } from 'vitest';
import { createLog, type LogLevel } from './log.ts';

function aLog(level: LogLevel = 'debug') {
  const lines: string[] = [];
  return { lines, log: createLog({ level, serverId: 'server-1', to: { write: (line) => void lines.push(line) } }) };
}

test('[AC-10] a line is one JSON object with a time, a level and the server', () => {
  const { log, lines } = aLog();
  log.info('answered', { status: 200 });
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'info',
    server: 'server-1',
    msg: 'answered',
    status: 200,
    time: expect.stringMatching(/Z$/) as string,
  });
});

test('[AC-10] nothing that is logged begins a line of its own', () => {
  const { log, lines } = aLog();
  log.warn('refused\r\n{"level":"error"}\u001b[31m', { route: 'x\ny', user: '\u2028' });
  expect(lines).toHaveLength(1);
  for (const character of ['\r', '\n', '\u001b']) expect(lines[0]!.trimEnd()).not.toContain(character);
});

test('[AC-10] an error keeps its name and place, not what it quotes', () => {
  const { log, lines } = aLog();
  for (const broken of ['{"text":"my secret"', 'my secret', `["it's a secret"`]) {
    try {
      JSON.parse(broken);
    } catch (error) {
      log.error('could not read', error);
    }
  }
  log.error(
    'unreachable',
    new Error(`unreachable: ${JSON.stringify({ text: 'my secret' })}`, { cause: new Error('cause: "my secret"') }),
  );
  expect(lines.join('')).not.toContain('secret');
  expect(JSON.parse(lines[0]!)).toMatchObject({
    errorName: 'SyntaxError',
    errorStack: expect.stringContaining('log.test.ts') as string,
  });
});

test('[AC-10] numbers and tokens do not leave, whatever carries them', () => {
  const { log, lines } = aLog();
  const token = 'q3Zb-X1_9sKJ2nQwErTyUiOpAsDfGhJkLzXcVbNm012';
  log.info(`for +41446681800 with ${token}`, { user: '+41446681800', device: token });
  expect(lines[0]).not.toMatch(/446681800|q3Zb/);
  expect(lines[0]).toContain('for +… with …');
});

test('[AC-10] ids stay, so that a story can be followed', () => {
  const { log, lines } = aLog();
  log.info('answered', { user: '01890000-0000-7000-8000-00000000000a' });
  expect(lines[0]).toContain('01890000-0000-7000-8000-00000000000a');
});
