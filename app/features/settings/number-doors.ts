import type { Account, CodeSent, Outcome, PinNeeded } from '../frame/account.ts';

type Ask = Pick<Account, 'ask'>;
type ChangeRequest = { readonly requestId: string; readonly code: string; readonly pin?: string };

function mapped<T>(outcome: Outcome<unknown>, from: (answer: never) => T): Outcome<T> {
  return outcome.kind === 'ok' ? { kind: 'ok', value: from(outcome.value as never) } : outcome;
}

/** Changing one's number. [AC-14] */
export function numberDoors({ ask }: Ask) {
  return {
    sendCode: async (phone: string): Promise<Outcome<CodeSent>> =>
      mapped(await ask('POST', '/api/number/code', { phone }), (answer: Omit<CodeSent, 'phone'> & { sentTo?: 'console' }) => ({
        ...answer,
        phone,
        isPrinted: answer.sentTo === 'console',
      })),
    change: async (request: ChangeRequest): Promise<Outcome<'changed' | PinNeeded>> =>
      mapped(await ask('PUT', '/api/number', request), (answer: { kind: 'changed' } | PinNeeded) =>
        answer.kind === 'changed' ? 'changed' : answer,
      ),
  };
}

/** The PIN that new devices are asked for. [AC-12] */
export function pinDoors({ ask }: Ask) {
  return {
    isSet: async (): Promise<Outcome<boolean>> =>
      mapped(await ask('GET', '/api/pin'), (answer: { isSet: boolean }) => answer.isSet),
    set: async (pin: string): Promise<Outcome<void>> => mapped(await ask('PUT', '/api/pin', { pin }), () => undefined),
    remove: async (): Promise<Outcome<void>> => mapped(await ask('DELETE', '/api/pin'), () => undefined),
  };
}
