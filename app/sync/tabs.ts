import type { ConversationId, Interval } from '#sync-protocol';
import type { Engine } from './engine.ts';
import type { FillResult } from './filler.ts';
import type { Clock, Leadership } from './ports.ts';
import type { Cell, EngineState, Volatile } from './state.ts';

/** What tabs of one person say to each other. Only hints: what must not be lost is on disk. */
type TabMessage =
  | { readonly kind: 'nudge' }
  | { readonly kind: 'try-now' }
  | { readonly kind: 'hello' }
  | { readonly kind: 'shown'; readonly tab: string; readonly open: readonly ConversationId[] }
  | {
      readonly kind: 'fill';
      readonly tab: string;
      readonly n: number;
      readonly conversation: ConversationId;
      readonly interval: Interval;
    }
  | { readonly kind: 'filled'; readonly tab: string; readonly n: number; readonly result: FillResult }
  | { readonly kind: 'state'; readonly state: EngineState }
  | { readonly kind: 'volatile'; readonly message: Volatile };

type Needs = {
  readonly me: string;
  readonly leadership: Leadership;
  readonly clock: Clock;
  readonly state: Cell<EngineState>;
  readonly engine: () => Engine | undefined;
  readonly volatile: (message: Volatile) => void;
};

const FILL_MS_MAX = 20_000;

export type Tabs = ReturnType<typeof createTabs>;

/** The engine is in one tab; the others ask it. [EN-10] */
export function createTabs(needs: Needs) {
  const { me, leadership, state, engine } = needs;
  const shownBy = new Map<string, ReadonlySet<ConversationId>>();
  const say = (message: TabMessage) => leadership.say(message);
  const asking = createAsking(needs, say);
  const unsubscribe = state.subscribe(() => {
    if (engine()) say({ kind: 'state', state: state.get() });
  });
  return {
    heard: createHearing(needs, { shownBy, say, filled: asking.filled }),
    shown: (): ReadonlySet<ConversationId> => new Set([...shownBy.values()].flatMap((open) => [...open])),
    /** Who leads from now on asks the others what they show. */
    greet: () => say({ kind: 'hello' }),
    tellOthers: (message: Volatile) => say({ kind: 'volatile', message }),
    nudge: () => {
      const leading = engine();
      if (leading) leading.nudge();
      else say({ kind: 'nudge' });
    },
    tryNow: () => {
      const leading = engine();
      if (leading) leading.tryNow();
      else say({ kind: 'try-now' });
    },
    show: (conversation: ConversationId, on: boolean) => {
      const mine = new Set(shownBy.get(me));
      if (on) mine.add(conversation);
      else mine.delete(conversation);
      shownBy.set(me, mine);
      const leading = engine();
      if (leading) leading.shownChanged();
      else say({ kind: 'shown', tab: me, open: [...mine] });
    },
    fill: (conversation: ConversationId, interval: Interval): Promise<FillResult> =>
      engine()?.fill(conversation, interval) ?? asking.ask(conversation, interval),
    stop: () => {
      unsubscribe();
      say({ kind: 'shown', tab: me, open: [] });
    },
  };
}

type Say = (message: TabMessage) => void;

/** Pages asked of the leading tab. One that does not answer has failed. */
function createAsking({ me, clock }: Needs, say: Say) {
  const fills = new Map<number, (result: FillResult) => void>();
  let asked = 0;
  return {
    filled: (n: number, result: FillResult) => fills.get(n)?.(result),
    ask: (conversation: ConversationId, interval: Interval): Promise<FillResult> =>
      new Promise((resolve) => {
        const n = ++asked;
        const cancel = clock.after(FILL_MS_MAX, () => done('failed'));
        const done = (result: FillResult) => {
          cancel();
          fills.delete(n);
          resolve(result);
        };
        fills.set(n, done);
        say({ kind: 'fill', tab: me, n, conversation, interval });
      }),
  };
}

type Hearing = {
  readonly shownBy: Map<string, ReadonlySet<ConversationId>>;
  readonly say: Say;
  readonly filled: (n: number, result: FillResult) => void;
};

function createHearing({ me, state, engine, volatile }: Needs, { shownBy, say, filled }: Hearing): (said: unknown) => void {
  const fillFor = async ({ tab, n, conversation, interval }: TabMessage & { kind: 'fill' }) => {
    const result = await engine()?.fill(conversation, interval);
    if (result) say({ kind: 'filled', tab, n, result });
  };
  return (said) => {
    const message = said as TabMessage;
    const leading = engine();
    switch (message.kind) {
      case 'nudge':
        return leading?.nudge();
      case 'try-now':
        return leading?.tryNow();
      case 'hello':
        say({ kind: 'shown', tab: me, open: [...(shownBy.get(me) ?? [])] });
        return leading && say({ kind: 'state', state: state.get() });
      case 'shown':
        shownBy.set(message.tab, new Set(message.open));
        return leading?.shownChanged();
      case 'fill':
        return void fillFor(message);
      case 'filled':
        return message.tab === me ? filled(message.n, message.result) : undefined;
      case 'state':
        return leading ? undefined : state.set({ ...message.state, storage: state.get().storage });
      case 'volatile':
        return leading ? undefined : volatile(message.message);
    }
  };
}
