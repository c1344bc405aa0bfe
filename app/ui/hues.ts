import { createContext, useContext } from 'react';
import { hueOf } from './hue.ts';

/** Colours people chose for themselves. Without one it comes from the id. */
export const HuesContext = createContext<(id: string) => number | undefined>(() => undefined);

export function useHue(id: string): number {
  return useContext(HuesContext)(id) ?? hueOf(id);
}
