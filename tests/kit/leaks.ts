/** What no log may hold, whatever a test did. Looked for whenever a server of a test ends. [AC-10] */

const shapes: readonly RegExp[] = [
  // A telephone number.
  /\+\d{7,15}\b/,
  // A token: as long as 32 random bytes, of letters and digits of every kind.
  /\b(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{43,}/,
  // Whatever a person wrote has one of these names on its way.
  /"(?:text|title|about|payload|body|phone|code|token|cookie|authorization)":/,
];

/** Throws what it found, cut short, and where. */
export function expectNoLeaks(log: string, secrets: readonly string[] = []): void {
  for (const line of log.split('\n')) {
    const isLeak = shapes.some((shape) => shape.test(line)) || secrets.some((secret) => line.includes(secret));
    if (isLeak) throw new Error(`A log line holds what no log may hold: ${line.slice(0, 300)}`);
  }
}
