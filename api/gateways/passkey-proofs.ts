import { passkeyAlgorithms } from '../core/passkeys.ts';
import type { CreatedCredential, PasskeyProofs, UsedCredential } from '../core/passkeys-ports.ts';

/** The library takes longer to load than a server to start, and is needed only once somebody uses a passkey. */
const load = () => Promise.all([import('@simplewebauthn/server'), import('@simplewebauthn/server/helpers')]);

export function createPasskeyProofs(): PasskeyProofs {
  return {
    created: async (credential, { challenge, origin, rpId }) => {
      const [{ verifyRegistrationResponse }] = await load();
      if (!(await isPlain(credential))) return undefined;
      const verified = await orNothing(
        verifyRegistrationResponse({
          response: responseOf(credential),
          expectedChallenge: challenge,
          expectedOrigin: origin,
          expectedRPID: rpId,
          requireUserVerification: true,
          supportedAlgorithmIDs: [...passkeyAlgorithms],
        }),
      );
      if (!verified?.verified) return undefined;
      const { id, publicKey, counter } = verified.registrationInfo.credential;
      if (id !== credential.id) return undefined;
      return { credentialId: id, publicKey: Buffer.from(publicKey).toString('base64url'), counter };
    },
    used: async (credential, { challenge, origin, rpId, credentialId, publicKey }) => {
      const [{ verifyAuthenticationResponse }] = await load();
      const verified = await orNothing(
        verifyAuthenticationResponse({
          response: responseOf(credential),
          expectedChallenge: challenge,
          expectedOrigin: origin,
          expectedRPID: rpId,
          requireUserVerification: true,
          // The counter is compared by the store, in one step with its rise: here it is always above what is expected.
          credential: { id: credentialId, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter: -1 },
        }),
      );
      return verified?.verified ? { counter: verified.authenticationInfo.newCounter } : undefined;
    },
  };
}

/**
 * Nothing is attested, as was asked. Statements with certificates are not even looked at: to judge them the library would
 * fetch the addresses that are written in them.
 */
async function isPlain({ response }: CreatedCredential): Promise<boolean> {
  const [, { decodeAttestationObject }] = await load();
  const judge = async (): Promise<boolean> => {
    const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(response.attestationObject, 'base64url')));
    const format = decoded.get('fmt');
    return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined);
  };
  return (await orNothing(judge())) === true;
}

/** The library throws for whatever is wrong with a proof, whose every byte came from a stranger: it is not proven, and that is all. */
async function orNothing<T>(verifying: Promise<T>): Promise<T | undefined> {
  try {
    return await verifying;
  } catch {
    return undefined;
  }
}

const responseOf = <T extends CreatedCredential | UsedCredential>(credential: T) =>
  ({ ...credential, clientExtensionResults: {} }) as T & { clientExtensionResults: Record<string, never> } & {
    response: { userHandle: string; transports: string[] };
  };
