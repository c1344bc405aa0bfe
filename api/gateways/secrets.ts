import { createHash, createHmac, randomBytes, randomInt, randomUUIDv7, scrypt, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../core/accounts-ports.ts';

/** 16 MiB and about 30 ms a guess: a stolen store does not give up its million possible codes within their ten minutes. */
const cost = { N: 2 ** 14, r: 8, p: 1 } as const;

export function createSecrets(): Secrets {
  return {
    newId: () => randomUUIDv7(),
    newToken: (bytes) => randomBytes(bytes).toString('base64url'),
    newCode: (digits) => String(randomInt(10 ** digits)).padStart(digits, '0'),
    hashToken: (token) => createHash('sha256').update(token).digest('hex'),
    keyedHash: (key, text) => createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest('hex'),
    hashCode: (code, salt, key) =>
      new Promise((resolve, reject) => {
        const peppered = createHmac('sha256', Buffer.from(key, 'hex')).update(code).digest();
        scrypt(peppered, salt, 32, cost, (error, hash) => (error ? reject(error) : resolve(hash.toString('hex'))));
      }),
    equal: (one, other) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other)),
  };
}
