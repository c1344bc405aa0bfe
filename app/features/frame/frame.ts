import { createContext, useContext, useSyncExternalStore } from 'react';
import type { UserId } from '#sync-protocol';
import type { Commands } from '../../sync/commands-api.ts';
import type { Toast } from '../../ui/toasts.tsx';
import type { Account } from './account.ts';
import type { Browser, Install } from './browser.ts';

/** What every screen of a signed-in person stands in. */
export type Frame = {
  readonly me: UserId;
  readonly commands: Commands;
  readonly account: Account;
  /** Whether this device acts as if it had no network, which whoever shows the app can switch. */
  readonly network: {
    readonly isCutOff: () => boolean;
    readonly cutOff: (isCutOff: boolean) => void;
    readonly watch: (changed: () => void) => () => void;
  };
  /** Whether this tab leads the others of this browser. */
  readonly lead: {
    readonly get: () => { readonly isLeading: boolean };
    readonly subscribe: (changed: () => void) => () => void;
  };
  /** Whether the first screens have what they asked of this device. */
  readonly shown: {
    readonly get: () => { readonly isShown: boolean };
    readonly subscribe: (changed: () => void) => () => void;
  };
  readonly browser: () => Promise<Browser>;
  readonly install: Install;
  readonly version: string;
  /** Takes everything from this device and ends its session; without a network the session ends at the next contact. */
  readonly signOut: () => Promise<void>;
  /** Loads the version that is needed to talk to the server. */
  readonly update: () => void;
  readonly toast: (toast: Omit<Toast, 'id'>) => void;
};

export const FrameContext = createContext<Frame | undefined>(undefined);

export function useFrame(): Frame {
  const frame = useContext(FrameContext);
  if (!frame) throw new Error('a screen stands in a FrameContext');
  return frame;
}

export const useCommands = (): Commands => useFrame().commands;

/** Whether what nobody waits for may begin. */
export function useIsShown(): boolean {
  const { shown } = useFrame();
  return useSyncExternalStore(shown.subscribe, shown.get).isShown;
}
