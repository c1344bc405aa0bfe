import { useLingui } from '@lingui/react';
import { UserPlus, UserRoundSearch, Users } from 'lucide-react';
import { Fragment, useMemo, useState } from 'react';
import type { UserId } from '#sync-protocol';
import { useContacts } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { ListHeading, PersonRow } from '../../ui/person-row.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useGo } from '../frame/go.ts';
import { LinkBanner } from '../frame/link-banner.tsx';
import { matchesWords } from '../frame/matches-words.ts';
import { paths } from '../frame/paths.ts';
import { useTitle } from '../frame/title.ts';
import { byLetter } from './by-letter.ts';
import { QueuedNumbers } from './queued-numbers.tsx';

export type PeopleListProps = { readonly selected?: UserId | undefined; readonly hasBanner: boolean };

export function PeopleList({ selected, hasBanner }: PeopleListProps) {
  const { i18n } = useLingui();
  const go = useGo();
  const contacts = useContacts();
  const [words, setWords] = useState('');
  const locales = localesOf(i18n);
  const groups = useMemo(
    () =>
      contacts &&
      byLetter(
        contacts.filter(({ name }) => matchesWords(name, words)),
        locales,
      ),
    [contacts, words, locales],
  );
  useTitle(i18n._('People'));
  return (
    <Pane
      label={i18n._('People')}
      header={
        <PaneHeader
          title={i18n._('People')}
          actions={<IconButton label={i18n._('Add by number')} icon={UserPlus} onClick={() => go(paths.addPerson)} />}
        />
      }
    >
      {hasBanner && <LinkBanner isInset />}
      {contacts && contacts.length > 0 && (
        <div className="px-2 py-1">
          <SearchField label={i18n._('Search people')} value={words} onChange={setWords} />
        </div>
      )}
      <QueuedNumbers />
      {!groups && <SkeletonRows kind="person" />}
      {groups?.map(({ letter, people }) => (
        <Fragment key={letter}>
          <ListHeading>{letter}</ListHeading>
          <ul aria-label={letter}>
            {people.map((person) => (
              <li key={person.id} className={person.id === selected ? 'rounded-m bg-accent-soft' : ''}>
                <PersonRow
                  id={person.id}
                  name={person.name}
                  note={person.about === '' ? undefined : person.about}
                  href={paths.person(person.id)}
                  onOpen={() => go(paths.person(person.id))}
                />
              </li>
            ))}
          </ul>
        </Fragment>
      ))}
      {contacts?.length === 0 && (
        <EmptyState
          icon={Users}
          title={i18n._('Nobody yet')}
          text={i18n._('People you add, and people who write to you, are here.')}
          action={
            <Button size="s" onClick={() => go(paths.addPerson)}>
              {i18n._('Add by number')}
            </Button>
          }
        />
      )}
      {groups?.length === 0 && words !== '' && <EmptyState icon={UserRoundSearch} title={i18n._('Nobody called that')} />}
    </Pane>
  );
}
