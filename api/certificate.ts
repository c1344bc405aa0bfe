import { X509Certificate } from 'node:crypto';
import { readFileSync, type StatsListener, unwatchFile, watchFile } from 'node:fs';
import type { Log } from './core/log.ts';

export type Certificate = { readonly key: Buffer; readonly cert: Buffer };
export type CertificatePaths = { readonly keyPath: string; readonly certPath: string };

/** Looked at by name, so that a link that now leads to another file counts as a change too. */
const lookEveryMs = 2_000;
const dayMs = 86_400_000;
/** Whoever renews certificates has done so by then. */
const warnDaysMax = 14;

export const readCertificate = ({ keyPath, certPath }: CertificatePaths): Certificate => ({
  key: readFileSync(keyPath),
  cert: readFileSync(certPath),
});

/** The end of what is presented: the first certificate of the chain. */
export const expiresAt = ({ cert }: Certificate): number => Date.parse(new X509Certificate(cert).validTo);

export interface CertificateWatch {
  /** Looks now, as a signal asks for. */
  look(): void;
  stop(): void;
}

/**
 * Takes what lies at the paths whenever it changes. `use` throws when key and certificate make no pair: then the old one stays in
 * use and the log says so, until what lies there is right, or while only one of two files has been written yet. [RU-4]
 */
export function watchCertificate(paths: CertificatePaths, use: (certificate: Certificate) => void, log: Log): CertificateWatch {
  let inUse = textOf(readCertificate(paths));
  let refused = '';

  function look(): void {
    let found = '';
    try {
      const certificate = readCertificate(paths);
      found = textOf(certificate);
      if (found === inUse || found === refused) return;
      use(certificate);
      [inUse, refused] = [found, ''];
      const days = Math.floor((expiresAt(certificate) - Date.now()) / dayMs);
      if (days < warnDaysMax) log.warn('the certificate ends soon', { days });
      else log.info('the certificate was replaced', { days });
    } catch (error) {
      refused = found;
      log.error('the new certificate is of no use, and the old one stays', error);
    }
  }

  const onChange: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) look();
  };
  for (const path of [paths.keyPath, paths.certPath]) watchFile(path, { interval: lookEveryMs, persistent: false }, onChange);
  return { look, stop: () => [paths.keyPath, paths.certPath].forEach((path) => unwatchFile(path, onChange)) };
}

const textOf = ({ key, cert }: Certificate): string => `${key.toString('latin1')}${cert.toString('latin1')}`;
