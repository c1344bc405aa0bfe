/** One fact a line, so that two reports can be laid side by side. */
export function reportText(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .flatMap(([name, value]) =>
      Array.isArray(value)
        ? [`${name}: ${value.length}`, ...value.map((item) => `  ${JSON.stringify(item)}`)]
        : [`${name}: ${JSON.stringify(value)}`],
    )
    .join('\n');
}
