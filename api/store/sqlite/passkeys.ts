import type { PasskeyStore } from '../../core/passkeys-ports.ts';
import type { RoomCalls } from './rooms.ts';

/** `PasskeyStore` over the passkeys room. */
export function createSqlitePasskeys({ read, write }: RoomCalls): PasskeyStore {
  return {
    openChallenge: (challenge, now) => write('passkeys', 'openChallenge', challenge, now),
    takeChallenge: (holder, now) => write('passkeys', 'takeChallenge', holder, now),
    addPasskey: (passkey, max) => write('passkeys', 'add', passkey, max),
    passkeyByCredential: (credentialId) => read('passkeys', 'byCredential', credentialId),
    passkeysOf: (user) => read('passkeys', 'ofUser', user),
    usePasskey: (id, use) => write('passkeys', 'use', id, use),
    renamePasskey: (user, id, name) => write('passkeys', 'rename', user, id, name),
    removePasskey: (user, id) => write('passkeys', 'remove', user, id),
  };
}
