import { useLingui } from '@lingui/react';
import { useState } from 'react';
import { Navigate, useLocation, useNavigate } from 'react-router';
import { limits, userIdSchema, type UserId } from '#sync-protocol';
import { useContacts } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useFrame } from '../frame/frame.ts';
import { useBack, useReplace } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { PeoplePicker } from '../frame/people-picker.tsx';
import { useTitle } from '../frame/title.ts';

/** Who was picked travels in the history entry: it survives a reload and the way back. */
type Picked = { readonly from?: string; readonly picked?: readonly string[] };

function usePicked(): readonly UserId[] {
  const { state } = useLocation() as { state: Picked | null };
  return (state?.picked ?? []).flatMap((id) => userIdSchema.safeParse(id).data ?? []);
}

export function PickPeople() {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const back = useBack(paths.newChat);
  const { state } = useLocation() as { state: Picked | null };
  const [picked, setPicked] = useState(usePicked());
  const pick = (now: readonly UserId[]) => {
    setPicked(now);
    void navigate(paths.newGroup, { replace: true, state: { ...state, picked: now } satisfies Picked });
  };
  const contacts = useContacts();
  useTitle(i18n._('New group'));
  const next = () => void navigate(paths.newGroupName, { state: { from: paths.newGroup, picked } satisfies Picked });
  return (
    <Pane
      label={i18n._('New group')}
      header={
        <PaneHeader
          title={i18n._('New group')}
          onBack={back}
          actions={
            <Button size="s" disabled={picked.length === 0} onClick={next}>
              {i18n._('Next')}
            </Button>
          }
        />
      }
    >
      <PeoplePicker people={contacts} picked={picked} onPick={pick} />
    </Pane>
  );
}

export function NameGroup() {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const replace = useReplace();
  const back = useBack(paths.newGroup);
  const picked = usePicked();
  const [title, setTitle] = useState('');
  const [isBusy, setBusy] = useState(false);
  useTitle(i18n._('New group'));
  if (picked.length === 0) return <Navigate to={paths.newGroup} replace />;
  const create = async () => {
    setBusy(true);
    replace(paths.conversation(await commands.createGroup({ title: title.trim(), members: picked })));
  };
  return (
    <Pane label={i18n._('New group')} header={<PaneHeader title={i18n._('New group')} onBack={back} />}>
      <form
        className="grid gap-4 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== '' && !isBusy) void create();
        }}
      >
        <TextField
          label={i18n._('Group name')}
          hint={i18n._('{count, plural, one {You and # other person} other {You and # other people}}', { count: picked.length })}
          value={title}
          onChange={setTitle}
          maxLength={limits.titleCharsMax}
          autoFocus
        />
        <Button type="submit" isWide disabled={title.trim() === '' || isBusy}>
          {i18n._('Create')}
        </Button>
      </form>
    </Pane>
  );
}
