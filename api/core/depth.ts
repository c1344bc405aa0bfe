/** What a device says is at most about ten deep; what is written to break a recursion is far deeper. */
const depthMax = 64;

/** Whether plain data nests no deeper than anything in the protocol does. Does not recurse itself. */
export function isShallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return false;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : []));
  }
  return true;
}
