/** Where a device stands in the logs it follows, and nothing of what they say: it holds a watermark a log, however long it goes on. */
import { CHAIN_START, type LogEvent, type LogId, type LogPart, type Run, type RunItem, type Seq, isHidden } from '#sync-protocol';
import { type Watermark, follow } from '../../kit/script-client.ts';

type OnEvent = (log: LogId, event: LogEvent) => void;

export interface Follower {
  at(log: LogId): Watermark;
  logs(): readonly LogId[];
  /** What came unasked. What does not join on is asked for. */
  hear(run: Run): void;
  /** Somebody says that a log goes as far as this. */
  noteHead(log: LogId, head: Seq): void;
  /** A snapshot: nothing of what came before is held. */
  jump(log: LogId, to: Watermark): void;
  /** What was asked for. */
  take(part: LogPart): void;
  /** The logs that go on beyond what is held. */
  behind(): readonly LogId[];
}

/** Early runs that are kept for a log; what comes beyond is asked for. */
const earlyMax = 64;

export function createFollower(onEvent: OnEvent = () => undefined): Follower {
  const watermarks = new Map<LogId, Watermark>();
  const heads = new Map<LogId, Seq>();
  const early = new Map<LogId, Run[]>();
  const at = (log: LogId): Watermark => watermarks.get(log) ?? { watermark: 0, chain: CHAIN_START };
  const noteHead = (log: LogId, head: Seq): void => void heads.set(log, Math.max(head, heads.get(log) ?? 0));

  function apply(run: Run): void {
    const events: LogEvent[] = [];
    watermarks.set(run.log, follow(at(run.log), run, events));
    for (const event of events) onEvent(run.log, event);
  }

  function hear(run: Run): void {
    const { watermark } = at(run.log);
    noteHead(run.log, run.head);
    if (run.to <= watermark) return;
    if (run.from <= watermark) return apply(rest(run, at(run.log)));
    const waiting = early.get(run.log) ?? [];
    early.set(run.log, waiting);
    if (waiting.length < earlyMax) waiting.push(run);
  }

  function hearEarly(log: LogId): void {
    const waiting = early.get(log) ?? [];
    early.delete(log);
    for (const run of waiting.toSorted((a, b) => a.from - b.from)) hear(run);
  }

  function jump(log: LogId, to: Watermark): void {
    // What was heard meanwhile may be beyond it.
    if (to.watermark > at(log).watermark) watermarks.set(log, to);
    noteHead(log, to.watermark);
    hearEarly(log);
  }

  return {
    at,
    hear,
    noteHead,
    jump,
    logs: () => [...watermarks.keys()],
    behind: () => [...heads].filter(([log, head]) => head > at(log).watermark).map(([log]) => log),
    take: (part) => {
      const { log } = part;
      switch (part.kind) {
        case 'run':
          hear(part);
          return hearEarly(log);
        case 'window':
          return jump(log, { watermark: part.head, chain: part.chain });
        case 'gone':
          return void heads.set(log, at(log).watermark);
        case 'behind':
          return;
        case 'reset':
        case 'unknown':
          throw new Error(`${log} was followed to ${at(log).watermark}, and is answered ${part.kind}`);
      }
    },
  };
}

/** What of a run is beyond a watermark inside it, which must be on its chain. */
function rest(run: Run, { watermark, chain }: Watermark): Run {
  if (run.from === watermark) return run;
  const passed = run.items.find((item) => !isHidden(item) && item.seq === watermark);
  if (passed && !isHidden(passed) && passed.chain !== chain) throw new Error(`${run.log} went another way at ${watermark}`);
  const items = run.items.flatMap((item): RunItem[] => {
    if (!isHidden(item)) return item.seq > watermark ? [item] : [];
    const end = item.seq + item.count - 1;
    const seq = Math.max(item.seq, watermark + 1);
    return end >= seq ? [{ ...item, seq, count: end - seq + 1 }] : [];
  });
  return { ...run, from: watermark, fromChain: chain, items };
}
