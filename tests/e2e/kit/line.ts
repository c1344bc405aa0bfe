import type { BrowserContext } from 'playwright-core';
import { type Down, downSchema } from '#sync-protocol';

/** What went on between a page and its server: what was said over the socket, heard or not, and what was asked by HTTP. */
export type Word = { readonly what: 'down'; readonly down: Down; readonly isHeard: boolean } | { readonly what: 'sync' };

/** The ear of a page. What is said over the socket may be lost before it, as it may be anywhere on the way. [LV-1] */
export interface Line {
  /** Of what the server says, only this reaches the page from now on. */
  hearOnly(type: Down['type']): void;
  hearAll(): void;
  /** Since the last call that said what reaches the page. */
  readonly words: () => readonly Word[];
}

/** Of use from the next page that is opened on. */
export async function listenIn(context: BrowserContext): Promise<Line> {
  let words: Word[] = [];
  let only: Down['type'] | undefined;
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/sync') words.push({ what: 'sync' });
  });
  await context.routeWebSocket(/\/socket\.io\//, (page) => {
    const server = page.connectToServer();
    server.onMessage((frame) => {
      const down = downOf(frame.toString());
      const isHeard = down === undefined || only === undefined || down.type === only;
      if (down) words.push({ what: 'down', down, isHeard });
      if (isHeard) page.send(frame);
    });
  });
  return {
    hearOnly: (type) => {
      only = type;
      words = [];
    },
    hearAll: () => {
      only = undefined;
      words = [];
    },
    words: () => words,
  };
}

const eventFrame = '42';

/** Frames that are not ours are the library's own. */
function downOf(frame: string): Down | undefined {
  if (!frame.startsWith(eventFrame)) return undefined;
  const [name, said] = JSON.parse(frame.slice(eventFrame.length)) as [string, unknown];
  return name === 'down' ? downSchema.parse(said) : undefined;
}
