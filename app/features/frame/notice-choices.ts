import { useSyncExternalStore } from 'react';

/** What was chosen for notifications on this device. They are on once the person has said yes here and the browser allows them. */
export type NoticeChoices = { readonly isOn: boolean; readonly hasSound: boolean; readonly showsText: boolean };

const storageKey = 'chatter.notices';
const initial: NoticeChoices = { isOn: false, hasSound: true, showsText: true };
const listeners = new Set<() => void>();
let last: { readonly stored: string | null; readonly choices: NoticeChoices } = { stored: null, choices: initial };
/** Where storage is denied, what was chosen lasts until the tab closes. */
let unstored: NoticeChoices | undefined;

/** Read anew each time: it may have been chosen in another tab. */
export function noticeChoices(): NoticeChoices {
  if (unstored) return unstored;
  const stored = read();
  if (stored !== last.stored) last = { stored, choices: parse(stored) };
  return last.choices;
}

export function chooseNotices(changed: Partial<NoticeChoices>): void {
  const choices = { ...noticeChoices(), ...changed };
  try {
    localStorage.setItem(storageKey, JSON.stringify(choices));
  } catch {
    unstored = choices;
  }
  for (const listener of listeners) listener();
}

export const useNoticeChoices = (): NoticeChoices => useSyncExternalStore(subscribe, noticeChoices);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', listener);
  };
}

function read(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function parse(stored: string | null): NoticeChoices {
  try {
    const found = JSON.parse(stored ?? '{}') as Readonly<Record<string, unknown>>;
    const flag = (name: keyof NoticeChoices) => (typeof found[name] === 'boolean' ? found[name] : initial[name]);
    return { isOn: flag('isOn'), hasSound: flag('hasSound'), showsText: flag('showsText') };
  } catch {
    return initial;
  }
}
