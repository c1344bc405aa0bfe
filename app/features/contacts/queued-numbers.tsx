import { useLingui } from '@lingui/react';
import { CircleAlert, Clock } from 'lucide-react';
import { useOutbox } from '../../store/queries/queries.ts';
import { useGo } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { parkedWords } from '../frame/refusal-words.ts';
import { openInPlace } from '../../ui/open-in-place.ts';

/** Numbers added without a network: who they belong to is known when the server has answered. */
export function QueuedNumbers() {
  const { i18n } = useLingui();
  const go = useGo();
  const queued = useOutbox()?.flatMap(({ opId, op, state }) =>
    op.type === 'contact-by-number' && state.at !== 'answered' ? [{ opId, payload: op.payload, state }] : [],
  );
  if (!queued || queued.length === 0) return undefined;
  return (
    <ul aria-label={i18n._('Being added')} className="my-1">
      {queued.map(({ opId, payload, state }) => {
        const isParked = state.at === 'parked';
        const Icon = isParked ? CircleAlert : Clock;
        return (
          <li key={opId}>
            <a
              href={paths.outbox}
              onClick={(event) => openInPlace(event, () => go(paths.outbox))}
              className="flex min-h-15 items-center gap-3 rounded-m px-3 py-1.5 hover:bg-sunk"
            >
              <span
                className={`grid size-11 flex-none place-items-center rounded-full bg-sunk ${isParked ? 'text-danger' : 'text-ink-2'}`}
              >
                <Icon size={20} aria-hidden="true" />
              </span>
              <span className="grid min-w-0 leading-[1.3]">
                <span dir="auto" className="truncate text-start font-semibold">
                  {payload.name ?? payload.phone}
                </span>
                <span className={`text-note ${isParked ? 'text-danger' : 'text-ink-2'}`}>
                  {isParked
                    ? i18n._('Not added: {reason}', {
                        reason:
                          state.refusal === 'not-found'
                            ? i18n._('nobody here has this number')
                            : parkedWords(i18n, state.refusal),
                      })
                    : i18n._('{phone} · added when you are online', { phone: payload.phone })}
                </span>
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
