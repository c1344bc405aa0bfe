import { useLingui } from '@lingui/react';
import { UserRoundSearch } from 'lucide-react';
import { useState } from 'react';
import type { UserId } from '#sync-protocol';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PersonRow } from '../../ui/person-row.tsx';
import { PickedPeople } from '../../ui/picked-people.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { byName } from './by-name.ts';
import { useGo } from './go.ts';
import { matchesWords } from './matches-words.ts';
import { paths } from './paths.ts';

export type PickablePerson = { readonly id: UserId; readonly name: string; readonly about: string };
export type PeoplePickerProps = {
  /** `undefined` while they are being read. */
  readonly people: readonly PickablePerson[] | undefined;
  readonly picked: readonly UserId[];
  readonly onPick: (picked: readonly UserId[]) => void;
};

export function PeoplePicker({ people, picked, onPick }: PeoplePickerProps) {
  const { i18n } = useLingui();
  const go = useGo();
  const [words, setWords] = useState('');
  if (!people) return <SkeletonRows kind="person" />;
  if (people.length === 0) {
    return (
      <EmptyState
        icon={UserRoundSearch}
        title={i18n._('Nobody to pick')}
        text={i18n._('Add people by number first.')}
        action={
          <Button size="s" onClick={() => go(paths.addPerson)}>
            {i18n._('Add by number')}
          </Button>
        }
      />
    );
  }
  const chosen = picked.flatMap((id) => people.find((person) => person.id === id) ?? []);
  const without = (id: string) => picked.filter((other) => other !== id);
  const found = byName(people, localesOf(i18n)).filter(({ name }) => matchesWords(name, words));
  return (
    <>
      <PickedPeople people={chosen} onRemove={(id) => onPick(without(id))} />
      <div className="px-2 py-1">
        <SearchField label={i18n._('Search people')} value={words} onChange={setWords} />
      </div>
      <ul aria-label={i18n._('People')}>
        {found.map(({ id, name, about }) => (
          <li key={id}>
            <PersonRow
              id={id}
              name={name}
              note={about === '' ? undefined : about}
              isPicked={picked.includes(id)}
              onPick={(_, isPicked) => onPick(isPicked ? [...without(id), id] : without(id))}
            />
          </li>
        ))}
      </ul>
      {found.length === 0 && <EmptyState icon={UserRoundSearch} title={i18n._('Nobody called that')} />}
    </>
  );
}
