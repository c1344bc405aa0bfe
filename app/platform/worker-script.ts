type Rules = { createScriptURL(url: string): string };
type Policies = { createPolicy(name: string, rules: Rules): Rules };

/**
 * The address of the worker, as a page whose policy requires trusted types may register it. The one policy it allows is made
 * and kept here, and says this address whatever it is asked for: no text that anybody wrote becomes a script.
 */
export function workerScript(url: string): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: Policies };
  return trustedTypes?.createPolicy('chatter-worker', { createScriptURL: () => url }).createScriptURL('') ?? url;
}
