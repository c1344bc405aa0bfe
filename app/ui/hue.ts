/** The same person has the same colour on every device and in every session, so it comes from the id alone. */
export function hueOf(id: string): number {
  // FNV-1a, then a finaliser: ids minted one after another differ in few bits and must still land far apart.
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 360;
}
