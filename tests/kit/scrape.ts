/** Reads what Prometheus would read, and throws where it would. */
export type Sample = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number };

const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/;
const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?|NaN|[+-]Inf)$/;
const types = ['counter', 'gauge', 'histogram'];

export function parseMetrics(text: string): readonly Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const typesByName = new Map<string, string>();
  const samples: Sample[] = [];
  for (const said of text.trimEnd().split('\n')) {
    const [, what, name = '', rest = ''] = comment.exec(said) ?? [];
    if (what === 'TYPE') {
      if (typesByName.has(name) || !types.includes(rest)) throw new Error(`type of ${name}: ${rest}`);
      typesByName.set(name, rest);
    }
    if (what === undefined) samples.push(parseSample(said));
  }
  const names = samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
  if (new Set(names).size !== names.length) throw new Error('a series is there twice');
  for (const { name } of samples) {
    const family = typesByName.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    if (!typesByName.has(family)) throw new Error(`${name} has no type`);
  }
  checkHistograms(samples, typesByName);
  return samples;
}

function parseSample(said: string): Sample {
  const [, name, inside = '', value] = sampleLine.exec(said) ?? [];
  if (name === undefined) throw new Error(`not a sample: ${said}`);
  const labels: Record<string, string> = {};
  let rest = inside;
  while (rest !== '') {
    const [whole, label, raw] = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)",?/.exec(rest) ?? [];
    if (whole === undefined || label === undefined || raw === undefined) throw new Error(`not labels: ${inside}`);
    labels[label] = raw.replaceAll(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: value === '+Inf' ? Infinity : Number(value) };
}

/** Buckets only rise, and the last holds all. */
function checkHistograms(samples: readonly Sample[], typesByName: ReadonlyMap<string, string>): void {
  for (const [family, type] of typesByName) {
    if (type !== 'histogram') continue;
    const series = Map.groupBy(
      samples.filter(({ name }) => name === `${family}_bucket`),
      ({ labels: { le: _, ...labels } }) => JSON.stringify(labels),
    );
    for (const [labels, buckets] of series) {
      const values = buckets.map(({ value }) => value);
      if (values.some((value, i) => i > 0 && value < values[i - 1]!)) throw new Error(`${family} ${labels} falls`);
      const count = samples.find(({ name, labels: own }) => name === `${family}_count` && JSON.stringify(own) === labels);
      if (buckets.at(-1)?.labels['le'] !== '+Inf' || count?.value !== values.at(-1))
        throw new Error(`${family} ${labels} does not add up`);
    }
  }
}

export const valueOf = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number =>
  samples
    .filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
