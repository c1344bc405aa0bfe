import { useCallback, useState } from 'react';

export type SpokenLine = { readonly key: string; readonly words: string };

/** As many as are read out one by one; of more that come at once only the number is said. */
export const spokenMax = 10;

/** What is read out and not shown. Every line is an element of its own, so that one that is there is not said again. */
export function Spoken({ lines }: { readonly lines: readonly SpokenLine[] }) {
  return (
    <div aria-live="polite" aria-atomic="false" aria-relevant="additions" className="sr-only">
      {lines.map(({ key, words }) => (
        <p key={key}>{words}</p>
      ))}
    </div>
  );
}

/** The last lines stay for a reader that still speaks. */
export function useSpoken(): readonly [readonly SpokenLine[], (more: readonly SpokenLine[]) => void] {
  const [lines, setLines] = useState<readonly SpokenLine[]>([]);
  const say = useCallback((more: readonly SpokenLine[]) => setLines((before) => withSpoken(before, more)), []);
  return [lines, say];
}

export function withSpoken(lines: readonly SpokenLine[], more: readonly SpokenLine[]): readonly SpokenLine[] {
  const known = new Set(lines.map(({ key }) => key));
  const fresh = more.filter(({ key }) => !known.has(key));
  return fresh.length === 0 ? lines : [...lines, ...fresh].slice(-spokenMax);
}

const spokenCharsMax = 300;

/** A ten-thousand-character message is not read out unasked. */
export const spokenText = (text: string): string => (text.length > spokenCharsMax ? `${text.slice(0, spokenCharsMax)}…` : text);
