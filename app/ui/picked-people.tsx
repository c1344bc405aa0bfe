import { useLingui } from '@lingui/react';
import { X } from 'lucide-react';
import { Avatar } from './avatar.tsx';

export type PickedPerson = { readonly id: string; readonly name: string };
export type PickedPeopleProps = { readonly people: readonly PickedPerson[]; readonly onRemove: (id: string) => void };

export function PickedPeople({ people, onRemove }: PickedPeopleProps) {
  const { i18n } = useLingui();
  if (people.length === 0) return undefined;
  return (
    <ul aria-label={i18n._('Picked people')} className="mb-1.5 flex gap-2 overflow-x-auto border-b border-line px-2 pt-1.5 pb-3">
      {people.map(({ id, name }) => (
        <li key={id} className="flex-none">
          <button
            type="button"
            aria-label={i18n._('Remove {name}', { name })}
            onClick={() => onRemove(id)}
            className="group grid w-17 justify-items-center gap-1 rounded-m py-1 -outline-offset-2"
          >
            <span className="relative">
              <Avatar id={id} name={name} size={13} />
              <span
                aria-hidden="true"
                className="absolute -end-1 -top-0.5 grid size-5.5 place-items-center rounded-full border-2 border-panel bg-ink-2 text-panel group-hover:bg-ink"
              >
                <X size="0.75rem" strokeWidth={2.5} />
              </span>
            </span>
            <span dir="auto" className="max-w-full clip-line text-meta text-ink-2">
              {name.split(/\s/u)[0]}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
