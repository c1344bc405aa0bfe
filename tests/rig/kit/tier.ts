/** Short rounds in `npm test`, the full counts in `npm run torture`. */
export const isTorture = process.env['TIER'] === 'torture';
export const counts = <T>(sizes: { readonly test: T; readonly torture: T }): T => (isTorture ? sizes.torture : sizes.test);
export const seed = Number.parseInt((process.env['SIM_SEED'] ?? '1').slice(0, 8), 16) || 1;
export const isRoot = process.getuid?.() === 0;
