type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(labels?: Labels, by?: number): void;
}
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}
export interface Registry {
  counter(name: string, help: string): Counter;
  /** Upper bounds, ascending. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
  /** Read when it is asked for. */
  gauge(name: string, help: string, read: () => number | ReadonlyMap<string, number>, label?: string): void;
  /** Everything in the text format of Prometheus. */
  text(): string;
}

/** Whatever a label comes to hold, a metric has no more series than this: what comes later is counted as `other`. [RU-6] */
export const seriesMax = 200;

/** Counts in memory, and the text format 0.0.4: a line a number. */
export function createRegistry(): Registry {
  const parts: (() => readonly string[])[] = [];
  const declare = (name: string, help: string, type: string, lines: () => readonly string[]): void =>
    void parts.push(() => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines()]);

  return {
    counter: (name, help) => {
      const series = createSeries<{ count: number }>(() => ({ count: 0 }));
      declare(name, help, 'counter', () => series.all().map(([labels, { count }]) => line(name, labels, count)));
      return { add: (labels = {}, by = 1) => void (series.of(labels).count += by) };
    },
    histogram: (name, help, bounds) => {
      const series = createSeries(() => ({ counts: bounds.map(() => 0), count: 0, sum: 0 }));
      declare(name, help, 'histogram', () =>
        series
          .all()
          .flatMap(([labels, { counts, count, sum }]) => [
            ...bounds.map((bound, i) => line(`${name}_bucket`, { ...labels, le: String(bound) }, counts[i]!)),
            line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
            line(`${name}_sum`, labels, sum),
            line(`${name}_count`, labels, count),
          ]),
      );
      return {
        observe: (value, labels = {}) => {
          const one = series.of(labels);
          one.count++;
          one.sum += value;
          for (const [i, bound] of bounds.entries()) if (value <= bound) one.counts[i]!++;
        },
      };
    },
    gauge: (name, help, read, label = 'kind') =>
      declare(name, help, 'gauge', () => {
        const found = read();
        if (typeof found === 'number') return [line(name, {}, found)];
        return [...found].map(([value, number]) => line(name, { [label]: value }, number));
      }),
    text: () => `${parts.flatMap((part) => part()).join('\n')}\n`,
  };
}

function createSeries<T>(create: () => T): { of(labels: Labels): T; all(): readonly (readonly [Labels, T])[] } {
  const series = new Map<string, readonly [Labels, T]>();
  function of(labels: Labels): T {
    const key = JSON.stringify(labels);
    const held = series.get(key);
    if (held) return held[1];
    if (series.size >= seriesMax && !Object.values(labels).every((value) => value === 'other')) {
      return of(Object.fromEntries(Object.keys(labels).map((name) => [name, 'other'])));
    }
    const made = create();
    series.set(key, [labels, made]);
    return made;
  }
  return { of, all: () => [...series.values()] };
}

function line(name: string, labels: Labels, value: number): string {
  const inside = Object.entries(labels).map(([label, said]) => `${label}="${escaped(said)}"`);
  return `${name}${inside.length > 0 ? `{${inside.join(',')}}` : ''} ${Number.isNaN(value) ? 'NaN' : value}`;
}

const escaped = (said: string): string => said.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
