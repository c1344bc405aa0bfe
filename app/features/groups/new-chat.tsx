import { useLingui } from '@lingui/react';
import { Bookmark, UserPlus, UserRoundSearch, Users } from 'lucide-react';
import { useState } from 'react';
import type { UserId } from '#sync-protocol';
import { useContacts } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { PersonRow } from '../../ui/person-row.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SettingsRow } from '../../ui/settings.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { byName } from '../frame/by-name.ts';
import { useFrame } from '../frame/frame.ts';
import { useBack, useGo, useReplace } from '../frame/go.ts';
import { matchesWords } from '../frame/matches-words.ts';
import { paths } from '../frame/paths.ts';
import { useTitle } from '../frame/title.ts';

/** Whom to write to. All of it works without a network. */
export function NewChat() {
  const { i18n } = useLingui();
  const { me, commands } = useFrame();
  const go = useGo();
  const replace = useReplace();
  const back = useBack(paths.chats);
  const contacts = useContacts();
  const [words, setWords] = useState('');
  useTitle(i18n._('New chat'));
  const open = (user: UserId) => void commands.openDirect(user).then((id) => replace(paths.conversation(id)));
  const found = contacts && byName(contacts, localesOf(i18n)).filter(({ name }) => matchesWords(name, words));
  return (
    <Pane label={i18n._('New chat')} header={<PaneHeader title={i18n._('New chat')} onBack={back} />}>
      {contacts?.length !== 0 && (
        <div className="px-2 py-1">
          <SearchField label={i18n._('Search people')} value={words} onChange={setWords} />
        </div>
      )}
      {words === '' && (
        <>
          <SettingsRow icon={Users} title={i18n._('New group')} href={paths.newGroup} onPress={() => go(paths.newGroup)} />
          <SettingsRow
            icon={UserPlus}
            title={i18n._('Add by number')}
            href={paths.addPerson}
            onPress={() => go(paths.addPerson)}
          />
          <SettingsRow icon={Bookmark} title={i18n._('Notes to yourself')} onPress={() => open(me)} />
        </>
      )}
      {!found && <SkeletonRows kind="person" />}
      <ul aria-label={i18n._('People')}>
        {found?.map((person) => (
          <li key={person.id}>
            <PersonRow
              id={person.id}
              name={person.name}
              note={person.about === '' ? undefined : person.about}
              href={paths.person(person.id)}
              onOpen={() => open(person.id)}
            />
          </li>
        ))}
      </ul>
      {found?.length === 0 && words !== '' && (
        <EmptyState
          icon={UserRoundSearch}
          title={i18n._('Nobody called that')}
          action={
            <Button size="s" onClick={() => go(paths.addPerson)}>
              {i18n._('Add by number')}
            </Button>
          }
        />
      )}
    </Pane>
  );
}
