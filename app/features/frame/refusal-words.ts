import type { I18n } from '@lingui/core';
import type { OutboxState, RefusalCode } from '#sync-protocol';
import type { Trouble } from './account.ts';

export type ParkedReason = Extract<OutboxState, { at: 'parked' }>['refusal'];

/** Why something written here was not taken, to the person who wrote it. */
export function parkedWords(i18n: I18n, reason: ParkedReason): string {
  switch (reason) {
    case 'no-longer-member':
      return i18n._('you are no longer in this group');
    case 'waits-for-parked':
      return i18n._('it belongs to something that was not sent');
    case 'lost-by-server':
      return i18n._('the server lost it');
    default:
      return refusalWords(i18n, reason);
  }
}

export function refusalWords(i18n: I18n, refusal: RefusalCode): string {
  switch (refusal) {
    case 'malformed':
      return i18n._('the server did not understand it');
    case 'signed-out':
    case 'revoked':
      return i18n._('this device is signed out');
    case 'code-invalid':
      return i18n._('the code is wrong or no longer valid');
    case 'forbidden':
      return i18n._('you are not allowed to do this');
    case 'not-found':
      return i18n._('what it is about is no longer there');
    case 'conflict':
      return i18n._('something else changed first');
    case 'too-large':
      return i18n._('it is too large');
    case 'client-too-old':
      return i18n._('this version of the app is too old');
    case 'too-fast':
      return i18n._('too many at once, wait a little');
    case 'internal':
    case 'unavailable':
    case 'untried':
      return i18n._('the server has trouble, try again later');
    case 'storage-full':
      return i18n._('the server is full');
  }
}

/** A form's error: the network said plainly, or what the server said. */
export function troubleWords(i18n: I18n, trouble: Trouble): string {
  if (trouble.kind === 'offline') return i18n._('The server cannot be reached. Check your connection and try again.');
  if (trouble.refusal === 'code-invalid') return i18n._('This code is wrong or no longer valid.');
  if (trouble.refusal === 'too-fast') return waitWords(i18n, trouble.retryAfterMs ?? 60_000);
  return i18n._('That did not work: {reason}.', { reason: refusalWords(i18n, trouble.refusal) });
}

/** The same for whoever asks for a code: the only thing that is not allowed is the number's country. */
export function codeTroubleWords(i18n: I18n, trouble: Trouble): string {
  return trouble.kind === 'refused' && trouble.refusal === 'forbidden'
    ? i18n._('This server sends no codes to this country.')
    : troubleWords(i18n, trouble);
}

function waitWords(i18n: I18n, ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 90) {
    return i18n._(
      '{seconds, plural, one {Too many tries. Try again in # second.} other {Too many tries. Try again in # seconds.}}',
      { seconds },
    );
  }
  const minutes = Math.ceil(seconds / 60);
  return i18n._(
    '{minutes, plural, one {Too many tries. Try again in # minute.} other {Too many tries. Try again in # minutes.}}',
    { minutes },
  );
}
