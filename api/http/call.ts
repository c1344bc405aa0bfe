import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../core/ports.ts';

/** What a handler may know of a request besides its parsed input, and the two things it may do to the answer besides its body. */
export type Call = {
  readonly address: string;
  /** A browser keeps its session in a cookie that scripts cannot read; a script is given the token. [AC-5] */
  readonly isBrowser: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: (cookies: readonly string[]) => void;
  readonly setStatus: (status: number) => void;
};
export type SignedInCall = Call & { readonly caller: Caller };
