const countKey = 'chatter.visits';
const countedKey = 'chatter.visit-counted';

/** How often Chatter was opened on this device: once a tab, however often that is loaded again. */
export function countVisit(): number {
  try {
    const before = Number(localStorage.getItem(countKey) ?? 0);
    if (sessionStorage.getItem(countedKey) !== null) return before;
    sessionStorage.setItem(countedKey, '1');
    localStorage.setItem(countKey, String(before + 1));
    return before + 1;
  } catch {
    // Storage is denied: every visit is the first.
    return 1;
  }
}

const dismissedKey = (offer: string) => `chatter.no-${offer}`;

export function isDismissed(offer: string): boolean {
  try {
    return localStorage.getItem(dismissedKey(offer)) !== null;
  } catch {
    return false;
  }
}

export function dismiss(offer: string): void {
  try {
    localStorage.setItem(dismissedKey(offer), '1');
  } catch {
    // Storage is denied: it comes again with the next visit.
  }
}
