export type FetchedFile = {
  readonly url: string;
  readonly status: number;
  readonly kind: ResponseType;
  readonly type: string | null;
};

const types: Readonly<Record<string, RegExp>> = {
  js: /javascript/,
  css: /^text\/css/,
  html: /^text\/html/,
  svg: /^image\/svg/,
  png: /^image\/png/,
  woff2: /font|octet-stream/,
  webmanifest: /json/,
};

/** Whether a fetched file is what its name says: whole, from our own server, and of the right type. */
export function isExpectedType({ url, status, kind, type }: FetchedFile): boolean {
  if (status !== 200 || kind === 'opaque' || kind === 'opaqueredirect') return false;
  const ending = /\.([a-z0-9]+)$/.exec(new URL(url).pathname)?.[1] ?? 'html';
  return types[ending]?.test(type ?? '') ?? false;
}
