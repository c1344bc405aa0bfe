import { expect, test } from 'vitest';
import { runCommand } from './run.ts';

test('where nobody watches, a tool prints no colours, whatever the machine asks for', async () => {
  const told = process.env['FORCE_COLOR'];
  process.env['FORCE_COLOR'] = '1';
  try {
    const print = 'console.log(process.env.NO_COLOR, process.env.FORCE_COLOR)';
    expect((await runCommand(process.execPath, ['-e', print])).output).toBe('1 undefined\n');
  } finally {
    if (told === undefined) delete process.env['FORCE_COLOR'];
    else process.env['FORCE_COLOR'] = told;
  }
});
