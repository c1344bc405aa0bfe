import type { AccountStore } from './accounts-ports.ts';
import { type EventLog, StorageBrokenError, StorageFullError } from './ports.ts';

/**
 * What writing last came to.
 *
 *   ok ◄──a write succeeds──► full        any ──the disk fails──► broken (for good)
 */
export type StoreState = 'ok' | 'full' | 'broken';

export interface StoreHealth {
  state(): StoreState;
  /** The same stores, watched. */
  watchLog(log: EventLog): EventLog;
  watchAccounts(store: AccountStore): AccountStore;
  /** While the disk is full nobody may write, so somebody has to ask whether there is room again. To be called now and then. */
  probe(store: AccountStore): Promise<void>;
}

export function createStoreHealth(): StoreHealth {
  let state: StoreState = 'ok';

  async function watch<T>(write: Promise<T>): Promise<T> {
    try {
      const result = await write;
      if (state === 'full') state = 'ok';
      return result;
    } catch (error) {
      if (error instanceof StorageBrokenError) state = 'broken';
      else if (error instanceof StorageFullError && state === 'ok') state = 'full';
      throw error;
    }
  }

  return {
    state: () => state,
    watchLog: (log) => ({
      ...log,
      append: (...args) => watch(log.append(...args)),
      markRelayed: (...args) => watch(log.markRelayed(...args)),
    }),
    watchAccounts: (store) => ({
      ...store,
      openCode: (...args) => watch(store.openCode(...args)),
      takeTry: (...args) => watch(store.takeTry(...args)),
      returnTry: (...args) => watch(store.returnTry(...args)),
      redeem: (...args) => watch(store.redeem(...args)),
      moveNumber: (...args) => watch(store.moveNumber(...args)),
      numberTold: (...args) => watch(store.numberTold(...args)),
      setPin: (...args) => watch(store.setPin(...args)),
      countPinTry: (...args) => watch(store.countPinTry(...args)),
      clearPinTries: (...args) => watch(store.clearPinTries(...args)),
      openSession: (...args) => watch(store.openSession(...args)),
      touchSession: (...args) => watch(store.touchSession(...args)),
      endSession: (...args) => watch(store.endSession(...args)),
      noteLookup: (...args) => watch(store.noteLookup(...args)),
    }),
    probe: async (store) => {
      if (state === 'full') await watch(store.probe()).catch(() => undefined);
    },
  };
}
