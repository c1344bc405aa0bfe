/**
 * Left by signing out, outside the person's database and in two places, so that a session cookie that survives cannot sign
 * the person in again on a device that looks evicted. Read by scripts and sent with requests, which then end the session.
 * Safari keeps script-written cookies for seven days at most, and localStorage may be evicted: the mark is a help, and the
 * server's session is what counts.
 */
const name = 'chatter-signed-out';
const ageSeconds = 90 * 24 * 3_600;

export const signedOutMark = {
  set: (): void => {
    document.cookie = `${name}=1; Path=/; Max-Age=${ageSeconds}; SameSite=Strict${location.protocol === 'https:' ? '; Secure' : ''}`;
    withStorage((storage) => storage.setItem(name, '1'));
  },
  clear: (): void => {
    document.cookie = `${name}=; Path=/; Max-Age=0; SameSite=Strict`;
    withStorage((storage) => storage.removeItem(name));
  },
  isSet: (): boolean =>
    document.cookie.split('; ').includes(`${name}=1`) || withStorage((storage) => storage.getItem(name) === '1') === true,
} as const;

/** Storage may be denied altogether; the cookie then stands alone. */
function withStorage<T>(work: (storage: Storage) => T): T | undefined {
  try {
    return work(localStorage);
  } catch {
    return undefined;
  }
}
