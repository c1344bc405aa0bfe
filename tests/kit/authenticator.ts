/** A passkey authenticator in software: makes ES256 key pairs and signs with them, well or as badly as it is told to. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { CreatedCredential, UsedCredential } from '../../api/core/passkeys-ports.ts';
import type { CreationOptions, RequestOptions } from '../../api/core/passkeys.ts';

/** What a browser, or whoever pretends to be one, says besides what it was asked. */
export type Saying = {
  readonly origin: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly isVerified?: boolean;
  readonly type?: string;
  /** A statement over these bytes, in the place of none. */
  readonly attestation?: (signed: Buffer) => { readonly fmt: string; readonly attStmt: ReadonlyMap<string, unknown> };
};

export type Authenticator = ReturnType<typeof createAuthenticator>;

/** One passkey of one person; `counter` is what it says next, and rises by itself unless it stands at 0. */
export function createAuthenticator({ counter = 0 } = {}) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let userHandle = Buffer.from('nobody').toString('base64url');
  const state = { counter };
  const next = (): number => (state.counter > 0 ? state.counter++ : 0);

  return {
    id: id.toString('base64url'),
    says: (value: number) => void (state.counter = value),

    create: (options: CreationOptions, { origin, attestation, ...saying }: Saying): CreatedCredential => {
      userHandle = options.user.id;
      const clientData = clientDataOf({ type: 'webauthn.create', challenge: options.challenge, origin, ...saying });
      const length = Buffer.from([id.length >> 8, id.length & 0xff]);
      const credential = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]);
      const head = headOf({ rpId: options.rp.id, ...saying }, next(), 0x40);
      const authData = Buffer.concat([head, credential]);
      const statement = attestation?.(Buffer.concat([authData, sha256(clientData)])) ?? { fmt: 'none', attStmt: new Map() };
      const object = { ...statement, authData };
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: clientData.toString('base64url'),
          attestationObject: cbor(new Map(Object.entries(object))).toString('base64url'),
          transports: ['internal'],
        },
      };
    },

    use: (options: RequestOptions, { origin, ...saying }: Saying): UsedCredential => {
      const clientData = clientDataOf({ type: 'webauthn.get', challenge: options.challenge, origin, ...saying });
      const head = headOf({ rpId: options.rpId, ...saying }, next(), 0);
      const signature = sign('sha256', Buffer.concat([head, sha256(clientData)]), privateKey);
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: head.toString('base64url'),
          signature: signature.toString('base64url'),
          userHandle,
        },
      };
    },
  };
}

const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();

function clientDataOf({ type, challenge, origin }: { type: string; challenge: string; origin: string }): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

const [present, verified] = [0x01, 0x04];

function headOf({ rpId, isVerified = true }: { rpId: string; isVerified?: boolean }, counter: number, more: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([sha256(rpId), Buffer.from([present | (isVerified ? verified : 0) | more]), count]);
}

/** Key type EC2, algorithm ES256, curve P-256, and the point. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cbor(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
}

/** As much of CBOR as authenticators write. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
  if (Buffer.isBuffer(value)) return Buffer.concat([cborHead(2, value.length), value]);
  if (typeof value === 'string') return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Array.isArray(value)) return Buffer.concat([cborHead(4, value.length), ...value.map(cbor)]);
  if (value instanceof Map) {
    return Buffer.concat([cborHead(5, value.size), ...[...value].flatMap(([key, held]) => [cbor(key), cbor(held)])]);
  }
  throw new Error(`not written as CBOR here: ${typeof value}`);
}

function cborHead(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count]);
  if (count < 256) return Buffer.from([(major << 5) | 24, count]);
  return Buffer.from([(major << 5) | 25, count >> 8, count & 0xff]);
}
