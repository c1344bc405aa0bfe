/** Whether a page of this origin may act with the cookie: our own host, or one of the origins named in the configuration. [AC-5] */
export type OriginCheck = (origin: string | undefined, host: string | undefined) => boolean;

export function createOriginCheck(named: readonly string[]): OriginCheck {
  return (origin, host) => {
    if (origin === undefined || !/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false;
    if (named.length > 0) return named.includes(origin);
    return host !== undefined && new URL(origin).host === host.toLowerCase();
  };
}
