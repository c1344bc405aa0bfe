/** Facts that may be kept and shipped: ids, codes of refusals, counts, times. Never text, numbers, codes or tokens. [AC-10] */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  /** The error's name and place are kept; what it quotes is not. */
  error(message: string, error: unknown, facts?: Facts): void;
}
