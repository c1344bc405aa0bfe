import type { Page } from 'playwright-core';

export type OutboxRow = { readonly n: number; readonly opId: string; readonly op: { readonly type: string } };
export type MessageRow = {
  readonly id: string;
  readonly conversationId: string;
  readonly order: number;
  readonly local?: string;
  readonly body?: { readonly text?: string };
};

/** What lies on a device's disk at one moment, read past the app: by any page of its address. */
export type Disk = { readonly outbox: readonly OutboxRow[]; readonly messages: readonly MessageRow[] };

export function readDisk(page: Page, user: string): Promise<Disk> {
  return page.evaluate(async (name) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(new Error(String(request.error))));
      });
    const db = await done(indexedDB.open(name));
    const tx = db.transaction(['outbox', 'messages']);
    const [outbox, messages] = await Promise.all([
      done(tx.objectStore('outbox').getAll()),
      done(tx.objectStore('messages').getAll()),
    ]);
    db.close();
    return { outbox, messages } as unknown as Disk;
  }, `chatter-${user}`);
}

/** So little work that asking again and again does not disturb what is watched. */
export function countMessages(page: Page, user: string): Promise<number> {
  return page.evaluate(
    (name) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.addEventListener('error', () => reject(new Error(String(opening.error))));
        opening.addEventListener('success', () => {
          const counting = opening.result.transaction('messages').objectStore('messages').count();
          counting.addEventListener('success', () => {
            opening.result.close();
            resolve(counting.result);
          });
        });
      }),
    `chatter-${user}`,
  );
}

/** What is in the outbox and not on the screen, or the other way round: a transaction was torn. [LS-1] */
export function halfWritten({ outbox, messages }: Disk): readonly string[] {
  const queued = new Set(outbox.filter(({ op }) => op.type === 'message').map(({ opId }) => opId));
  const shown = new Set(messages.filter(({ local }) => local !== undefined).map(({ id }) => id));
  return [...[...queued].filter((id) => !shown.has(id)), ...[...shown].filter((id) => !queued.has(id))];
}
