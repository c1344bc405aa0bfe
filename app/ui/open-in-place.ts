import type { MouseEvent } from 'react';

/** A link stays a link: a new tab, a copied address and a plain click all do what people expect. */
export function openInPlace(event: MouseEvent, open: () => void): void {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!isPlain || event.defaultPrevented) return;
  event.preventDefault();
  open();
}
