import type { Chain, OpId, Seq } from '../ids.ts';

/** One link: a hash over the one before, the place, the op and what it said. A history that went another way has other links. [CH-1] */
export function nextChain(
  short: (text: string) => string,
  previous: Chain,
  link: { seq: Seq; opId: OpId; bodyHash: string },
): Chain {
  return short(`${previous}|${link.seq}|${link.opId}|${link.bodyHash}`) as Chain;
}

/**
 * What an op says, in one canonical line: the same bytes whatever the order of its keys, without what may differ between
 * two attempts (`writtenAt` of a script that sent none). Its keyed hash decides whether a repeat is the same op. [OP-2]
 */
export function contentOf(op: {
  type: string;
  target?: string | undefined;
  with?: string | undefined;
  base?: number | undefined;
  payload: unknown;
}): string {
  return canonical({ type: op.type, target: op.target, with: op.with, base: op.base, payload: op.payload });
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}
