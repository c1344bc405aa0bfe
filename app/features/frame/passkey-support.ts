/** Browsers have passkeys only over TLS or at localhost, and only for names: an address in numbers has none. */
export function mayUsePasskeys(): boolean {
  const isNumbers = /^[\d.]+$|^\[/.test(location.hostname);
  return isSecureContext && 'PublicKeyCredential' in globalThis && !isNumbers;
}
