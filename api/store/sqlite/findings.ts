/** What a check of a database found wrong. */
export type Finding = {
  /** `log`: what nothing else in the file could restore. `projection`: what the log can. `file`: SQLite's own structure. */
  readonly kind: 'file' | 'log' | 'projection';
  /** Ids and numbers, never what anybody said. [AC-10] */
  readonly what: string;
};
