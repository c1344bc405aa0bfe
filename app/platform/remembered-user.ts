import { userIdSchema, type UserId } from '#sync-protocol';

/**
 * Whose messages are on this device. Kept beside their database and on disk, so that a start without a network knows at
 * once whose to show. A cookie says only that there was somebody: when the disk was cleared, the server is asked who.
 */
export interface RememberedUser {
  get(): Promise<UserId | undefined>;
  set(user: UserId): Promise<void>;
  clear(): Promise<void>;
  /** Somebody is signed in here, but the disk does not say who. */
  wasSomebody(): boolean;
}

const databaseName = 'chatter';
const storeName = 'signed-in';
const key = 'user';
const hint = 'chatter-signed-in';
/** A database may wait for another tab for ever; the session's cookie says who this is, too. */
const waitMsMax = 1_000;

export function createRememberedUser(): RememberedUser {
  return {
    // Without a disk (private windows of some browsers) nobody is remembered; the session's cookie still is.
    get: () => inStore('readonly', (store) => store.get(key)).then(parsed, () => undefined),
    set: async (user) => {
      document.cookie = `${hint}=1; path=/; max-age=34560000; samesite=strict`;
      await inStore('readwrite', (store) => store.put(user, key)).catch(() => undefined);
    },
    clear: async () => {
      document.cookie = `${hint}=; path=/; max-age=0; samesite=strict`;
      await inStore('readwrite', (store) => store.delete(key)).catch(() => undefined);
    },
    wasSomebody: () => document.cookie.split('; ').includes(`${hint}=1`),
  };
}

function parsed(value: unknown): UserId | undefined {
  const user = userIdSchema.safeParse(value);
  return user.success ? user.data : undefined;
}

function inStore(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(databaseName, 1);
    setTimeout(() => reject(new Error('IndexedDB does not answer')), waitMsMax);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(storeName));
    opening.addEventListener('error', () => reject(opening.error ?? new Error('IndexedDB')));
    opening.addEventListener('success', () => {
      const database = opening.result;
      const transaction = database.transaction(storeName, mode);
      const request = act(transaction.objectStore(storeName));
      transaction.addEventListener('complete', () => {
        database.close();
        resolve(request.result);
      });
      transaction.addEventListener('abort', () => {
        database.close();
        reject(transaction.error ?? new Error('IndexedDB'));
      });
    });
  });
}
