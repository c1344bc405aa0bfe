import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Answer } from '#sync-protocol';
import type { CodeCounts } from '../core/code-watch.ts';
import type { Core } from '../core/core.ts';
import type { EventLog } from '../core/ports.ts';
import type { Answered } from '../http/request-log.ts';
import { createRegistry, type Counter, type Registry } from './registry.ts';

export type StoreFigures = { readonly waiting: number; readonly fileBytes: number; readonly walBytes: number };

export interface Meters {
  answered(request: Answered): void;
  readonly codes: CodeCounts;
  watchLog(log: EventLog): EventLog;
  watchCore(core: Core): Core;
  /** One COMMIT of the store, and how many writes shared it. */
  committed(writes: number): void;
  watchStore(read: () => StoreFigures): void;
  /** What is scraped. [RU-6] */
  text(): string;
}

const secondBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const byteBounds = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];
const writeBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const nanosecondsPerSecond = 1e9;

/** What is counted, and nothing about whom: labels are routes, codes and classes of status, all of them from closed lists. [RU-6] */
export function createMeters(): Meters {
  const registry = createRegistry();
  const requests = registry.counter('chatter_http_requests_total', 'Requests answered, by route and class of status.');
  const seconds = registry.histogram(
    'chatter_http_request_seconds',
    'From the first byte of a request to its answer.',
    secondBounds,
  );
  const refusals = registry.counter('chatter_refusals_total', 'What was refused, by code: whole requests, and single ops.');
  const syncIn = registry.histogram('chatter_sync_request_bytes', 'What devices ask with.', byteBounds);
  const syncOut = registry.histogram('chatter_sync_response_bytes', 'What they are answered.', byteBounds);
  const commits = registry.histogram('chatter_commit_writes', 'Writes that shared one COMMIT.', writeBounds);
  const codesSent = registry.counter('chatter_codes_sent_total', 'One-time codes handed over to be sent.');
  const codesProved = registry.counter('chatter_codes_proved_total', 'Those of them that somebody typed in.');
  addProcess(registry);

  return {
    answered: ({ route, status, refusal, ms, bytesIn, bytesOut }) => {
      requests.add({ route, status: `${Math.floor(status / 100)}xx` });
      seconds.observe(ms / 1_000, { route });
      if (refusal !== undefined) refusals.add({ of: 'request', code: refusal });
      if (route !== 'sync') return;
      syncIn.observe(bytesIn);
      syncOut.observe(bytesOut);
    },
    codes: { sent: () => codesSent.add(), proved: () => codesProved.add() },
    watchLog: createLogWatch(registry),
    watchCore: createCoreWatch(registry, refusals),
    committed: (writes) => commits.observe(writes),
    watchStore: (read) => {
      registry.gauge('chatter_store_waiting', 'Writes that were asked for and are not answered.', () => read().waiting);
      registry.gauge('chatter_store_file_bytes', 'The database on disk.', () => {
        const { fileBytes, walBytes } = read();
        return new Map([
          ['database', fileBytes],
          ['write-ahead-log', walBytes],
        ]);
      });
    },
    text: registry.text,
  };
}

function createLogWatch(registry: Registry): Meters['watchLog'] {
  const events = registry.counter('chatter_events_appended_total', 'Events stored.');
  const failed = registry.counter('chatter_appends_failed_total', 'Appends that the store did not take.');
  return (log) => ({
    ...log,
    append: async (...args) => {
      try {
        const stored = await log.append(...args);
        events.add({}, stored);
        return stored;
      } catch (error) {
        failed.add();
        throw error;
      }
    },
  });
}

function createCoreWatch(registry: Registry, refusals: Counter): Meters['watchCore'] {
  let sockets = 0;
  registry.gauge('chatter_sockets_open', 'Sockets of signed-in devices.', () => sockets);
  const countOps = <T extends readonly Answer[]>(answers: T): T => {
    for (const answer of answers) if ('refusal' in answer) refusals.add({ of: 'op', code: answer.refusal });
    return answers;
  };
  return (core) => ({
    ...core,
    sync: {
      ...core.sync,
      ops: async (...args) => countOps(await core.sync.ops(...args)),
      sync: async (...args) => {
        const response = await core.sync.sync(...args);
        countOps(response.answers);
        return response;
      },
    },
    roots: {
      ...core.roots,
      connect: (user) => {
        const disconnect = core.roots.connect(user);
        sockets++;
        return () => {
          sockets--;
          disconnect();
        };
      },
    },
  });
}

/** Of the process. What the event loop was held up is since the last time somebody asked. */
function addProcess(registry: Registry): void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  registry.gauge(
    'chatter_event_loop_delay_seconds',
    'How long the event loop was held up since the last scrape.',
    () => {
      const found = new Map([
        ['0.5', delay.percentile(50) / nanosecondsPerSecond],
        ['0.99', delay.percentile(99) / nanosecondsPerSecond],
        ['1', delay.max / nanosecondsPerSecond],
      ]);
      delay.reset();
      return found;
    },
    'quantile',
  );
  registry.gauge('process_resident_memory_bytes', 'Memory in use.', () => process.memoryUsage.rss());
  registry.gauge('process_cpu_seconds_total', 'Time on a processor.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  registry.gauge('process_start_time_seconds', 'When it began, since 1970.', () =>
    Math.round(Date.now() / 1_000 - process.uptime()),
  );
}
