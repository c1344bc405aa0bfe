import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Certificate } from './port.ts';

/** Makes a certificate for localhost that signs itself, and lets this process trust it: the test asks the server for its health. */
export function makeCertificate(): Certificate & { readonly dispose: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'chatter-tls-'));
  const keyPath = join(folder, 'key.pem');
  const certPath = join(folder, 'cert.pem');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const whose = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2'];
  const made = spawnSync('openssl', ['req', '-x509', ...curve, ...whose, '-keyout', keyPath, '-out', certPath], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.error?.message ?? made.stderr}`);
  const pem = readFileSync(certPath, 'utf8');
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, pem]);
  const publicKey = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return {
    keyPath,
    certPath,
    publicKeyHash: createHash('sha256').update(publicKey).digest('base64'),
    dispose: () => {
      setDefaultCACertificates(trusted);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
