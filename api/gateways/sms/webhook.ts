import type { SmsGateway } from '../../core/accounts-ports.ts';

const timeoutMs = 10_000;

/** Hands each code to an address of the operator's, which sends it on: `POST { to, text, code }`. Never follows a redirect. */
export function createWebhookSms({ url, token }: { readonly url: string; readonly token: string | undefined }): SmsGateway {
  return {
    sendCode: async (to, code) => {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ to, code, text: `${code} is your Chatter code. Do not give it to anyone.` }),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the SMS webhook answered ${response.status}`);
    },
  };
}
