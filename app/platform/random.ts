import type { Random } from '../sync/ports.ts';

const words = 2 ** 32;

export const random: Random = () => crypto.getRandomValues(new Uint32Array(1))[0]! / words;
