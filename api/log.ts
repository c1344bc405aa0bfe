import { pino, type DestinationStream } from 'pino';
import type { Facts, Log } from './core/log.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

type LogOptions = { readonly level: LogLevel; readonly serverId: string; readonly to?: DestinationStream };

/** One JSON object a line, so that no value can begin a line of its own. [AC-10] */
export function createLog({ level, serverId, to }: LogOptions): Log {
  const options = {
    level,
    base: { server: serverId },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: scrub },
  };
  // Synchronous: the last words of a process that ends are the ones that matter.
  const log = pino(options, to ?? pino.destination({ dest: 2, sync: true }));
  return {
    debug: (message, facts) => log.debug(facts ?? {}, message),
    info: (message, facts) => log.info(facts ?? {}, message),
    warn: (message, facts) => log.warn(facts ?? {}, message),
    error: (message, error, facts) => log.error({ ...facts, ...factsOf(error) }, message),
  };
}

/** Messages of errors quote what they stumbled over (`JSON.parse` does), so what is quoted is left out. [AC-10] */
export function factsOf(error: unknown): Facts {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    errorName: error.name,
    errorCode: 'code' in error ? String(error.code) : undefined,
    errorMessage: error.message.replaceAll(/(["'`])[\s\S]*?\1/g, '$1…$1').slice(0, 200),
    errorStack: frames.slice(0, 12).join('\n'),
    errorCause: error.cause instanceof Error ? `${error.cause.name}: ${factsOf(error.cause)['errorMessage']}` : undefined,
  };
}

/** The net below: whatever looks like a telephone number or a token does not leave, wherever it came from. [AC-10] */
function scrub(line: string): string {
  return line.replaceAll(/\+\d{7,15}\b/g, '+…').replaceAll(/\b(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{40,}/g, '…');
}
