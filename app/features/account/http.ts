import { refusalBodySchema, type DeviceId, type RefusalBody } from '#sync-protocol';
import type { Account, Device, Method, Outcome, PinNeeded, SignedIn } from '../frame/account.ts';

const timeoutMs = 15_000;

type AccountDeps = { readonly apiUrl: string; readonly isCutOff: () => boolean };

/** The doors that are not part of the sync: each needs the server there and then, and says so when it is not. */
export function createAccount(deps: AccountDeps): Account {
  const call = createCall(deps);
  return {
    requestCode: async (phone) => {
      const outcome = await call('POST', '/api/login', { phone });
      return withValue(outcome, (answer) => ({
        ...(answer as CodeAnswer),
        phone,
        isPrinted: (answer as CodeAnswer).sentTo === 'console',
      }));
    },
    verify: async (request) => {
      const outcome = await call('POST', '/api/verify', request);
      return withValue(outcome, (answer) => signedInFrom(answer as VerifyAnswer));
    },
    devices: async () => {
      const outcome = await call('GET', '/api/devices');
      return withValue(outcome, (answer) => (answer as DevicesAnswer).devices.map(deviceFrom));
    },
    revoke: async (device) => {
      const outcome = await call('DELETE', `/api/devices/${device}`);
      return withValue(outcome, () => undefined);
    },
    whoAmI: async () => {
      const outcome = await call('GET', '/api/me');
      return withValue(outcome, (answer) => (answer as MeAnswer).userId);
    },
    ask: call,
    endSession: async () => {
      const outcome = await call('POST', '/api/sign-out');
      // Refused: it had ended. Only without an answer is it not known to have.
      return outcome.kind !== 'offline';
    },
  };
}

type CodeAnswer = { requestId: string; digits: number; expiresInMs: number; resendInMs: number; sentTo?: 'console' };
type VerifyAnswer =
  | { kind: 'name-needed' }
  | PinNeeded
  | { kind: 'signed-in'; userId: SignedIn['user']; deviceId: DeviceId; profile: { name: string; phone?: string } };
type MeAnswer = { userId: SignedIn['user'] };
type DevicesAnswer = {
  devices: { id: DeviceId; label: string; signedInAt: number; usedAt: number; address?: string; current: boolean }[];
};

function signedInFrom(answer: VerifyAnswer): SignedIn | 'name-needed' | PinNeeded {
  if (answer.kind === 'name-needed') return 'name-needed';
  if (answer.kind === 'pin-needed') return answer;
  const { name, phone } = answer.profile;
  return { user: answer.userId, device: answer.deviceId, name, ...(phone !== undefined && { phone }) };
}

const deviceFrom = (device: DevicesAnswer['devices'][number]): Device => ({
  id: device.id,
  label: device.label,
  signedInAtMs: device.signedInAt,
  usedAtMs: device.usedAt,
  ...(device.address !== undefined && { address: device.address }),
  isThis: device.current,
});

function createCall({ apiUrl, isCutOff }: AccountDeps) {
  const keys = createKeys();
  return async (method: Method, path: string, body?: unknown): Promise<Outcome<unknown>> => {
    if (isCutOff()) return { kind: 'offline' };
    const headers: Record<string, string> = { 'X-Chatter-Client': 'app' };
    const words = JSON.stringify([method, path, body]);
    if (method !== 'GET') headers['Idempotency-Key'] = keys.of(words);
    const hasBody = method === 'POST' || body !== undefined;
    if (hasBody) headers['Content-Type'] = 'application/json';
    try {
      const response = await fetch(`${apiUrl}${path}`, {
        method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(timeoutMs),
        ...(hasBody && { body: JSON.stringify(body ?? {}) }),
      });
      const answer: unknown = await response.json();
      const outcome: Outcome<unknown> = response.ok ? { kind: 'ok', value: answer } : refusedWith(answer);
      if (outcome.kind !== 'offline') keys.answered(words);
      return outcome;
    } catch {
      // No answer, or one that is not ours (a proxy's page): either way the server was not reached.
      return { kind: 'offline' };
    }
  };
}

/** What was asked for and not answered keeps its key, so that asking again is not doing it twice. [AC-17] */
function createKeys() {
  const unanswered = new Map<string, string>();
  return {
    of: (words: string): string => {
      const key = unanswered.get(words) ?? crypto.randomUUID();
      unanswered.set(words, key);
      return key;
    },
    answered: (words: string) => void unanswered.delete(words),
  };
}

function refusedWith(answer: unknown): Outcome<never> {
  const parsed = refusalBodySchema.safeParse(answer);
  if (!parsed.success) return { kind: 'offline' };
  const { refusal, detail = '', retryAfterMs }: RefusalBody = parsed.data;
  return { kind: 'refused', refusal, detail, retryAfterMs };
}

function withValue<T>(outcome: Outcome<unknown>, from: (answer: unknown) => T): Outcome<T> {
  return outcome.kind === 'ok' ? { kind: 'ok', value: from(outcome.value) } : outcome;
}
