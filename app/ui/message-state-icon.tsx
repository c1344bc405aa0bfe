import { useLingui } from '@lingui/react';
import { Check, CircleAlert, Clock } from 'lucide-react';
import type { MessageState } from './list-item.ts';

/** The tick of an own message, with words for those who do not see it. */
export function MessageStateIcon({ state, size = 13 }: { readonly state: MessageState; readonly size?: number }) {
  const { i18n } = useLingui();
  const labels = {
    queued: i18n._('Waiting to be sent'),
    sending: i18n._('Sending'),
    sent: i18n._('Sent'),
    failed: i18n._('Not sent'),
  };
  const Icon = { queued: Clock, sending: Clock, sent: Check, failed: CircleAlert }[state.at];
  return (
    <span className={state.at === 'failed' ? 'text-danger' : ''}>
      <Icon size={`${size / 16}rem`} aria-hidden="true" />
      <span className="sr-only">{labels[state.at]}</span>
    </span>
  );
}
