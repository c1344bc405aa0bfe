export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'code'; readonly text: string };

// Only these schemes can come out of here, so a message can never carry `javascript:` into an href. A mail address begins
// where its first part does, so that a long word is not tried again from each of its letters.
const candidate = /`([^`\n]{1,200})`|(?:https?:\/\/|www\.)[^\s<>"“”`]+|(?<![\w.+-])[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+/giu;
const trailing = new Set('.,;:!?\'"’”»…');
const openingOf: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Splits what a person wrote into text, links and `code`. Pure; nothing is ever parsed as HTML. */
export function linkify(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(candidate)) {
    const part = match[1] === undefined ? linkOf(match[0]) : ({ kind: 'code', text: match[1] } as const);
    if (!part) continue;
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push(part);
    end = match.index + (part.kind === 'code' ? match[0].length : part.text.length);
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}

function linkOf(raw: string): TextPart | undefined {
  const text = withoutTail(raw);
  const isMail = !/^(https?:|www\.)/iu.test(text);
  const href = isMail ? `mailto:${text}` : /^www\./iu.test(text) ? `https://${text}` : text;
  if (!URL.canParse(href)) return undefined;
  if (!isMail && !new URL(href).hostname.includes('.') && new URL(href).hostname !== 'localhost') return undefined;
  return { kind: 'link', text, href };
}

/** "(see https://a.example/b)." ends before the bracket and the full stop; "…/Tide_(sea)" keeps its own bracket. */
function withoutTail(raw: string): string {
  const counts = new Map<string, number>();
  for (const sign of raw) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  const countOf = (sign: string) => counts.get(sign) ?? 0;
  let end = raw.length;
  for (; end > 0; end--) {
    const last = raw[end - 1]!;
    const opening = openingOf[last];
    const isStray = opening !== undefined && countOf(last) > countOf(opening);
    if (!isStray && !trailing.has(last)) break;
    counts.set(last, countOf(last) - 1);
  }
  return raw.slice(0, end);
}
