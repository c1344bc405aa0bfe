import * as z from 'zod/mini';
import type { Call, SignedInCall } from './call.ts';

export type Access = 'anyone' | 'signed-in';
/** How many requests a minute: of one address for `anyone`, of one device otherwise. */
export type Pace = 'sign-in' | 'read' | 'write';

/** One route as it is declared: what comes in, what goes out, and who may. Nothing is mounted that is not declared. [AC-9] */
export type Route = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: `/${string}`;
  readonly summary: string;
  readonly access: Access;
  /** Who may do it to what, in a sentence, and what the rest are told. [AC-8] */
  readonly authorisation: string;
  readonly pace: Pace;
  readonly params: z.ZodMiniType;
  readonly query: z.ZodMiniType;
  readonly body: z.ZodMiniType;
  readonly answer: z.ZodMiniType;
  /** Of an answer that is a text for people; all others are JSON. */
  readonly contentType?: 'text/html' | 'text/css';
};

type Inputs = 'params' | 'query' | 'body';
const nothing = { params: z.strictObject({}), query: z.strictObject({}), body: z.undefined() };

/** Keeps the schemas' own types, so that a handler sees exactly what was parsed. */
export function route<D extends Omit<Route, Inputs> & Partial<Pick<Route, Inputs>>>(
  declared: D,
): Omit<typeof nothing, keyof D> & D {
  return { ...nothing, ...declared };
}

type InputOf<P, Q, B> = { readonly params: z.output<P>; readonly query: z.output<Q>; readonly body: z.output<B> };
type CallOf<A extends Access> = A extends 'signed-in' ? SignedInCall : Call;

export type Handlers<Routes extends Readonly<Record<string, Route>>> = {
  readonly [Name in keyof Routes]: (
    input: InputOf<Routes[Name]['params'], Routes[Name]['query'], Routes[Name]['body']>,
    call: CallOf<Routes[Name]['access']>,
  ) => Promise<z.input<Routes[Name]['answer']>>;
};
