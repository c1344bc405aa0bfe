import { useLingui } from '@lingui/react';
import { Ban, MessageCircle, Pencil, UserMinus, UserPlus, UserX } from 'lucide-react';
import { useState } from 'react';
import { limits, type UserId } from '#sync-protocol';
import { useContactStatus, usePerson } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { DetailsSection, PersonDetails, type DetailsAction } from '../../ui/details.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useFrame } from '../frame/frame.ts';
import { useBack, useGo } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { usePhoneNumbers } from '../frame/phone-numbers.ts';
import { useTitle } from '../frame/title.ts';

type Asking = 'name' | 'remove' | 'block';

export function PersonScreen({ user }: { readonly user: UserId }) {
  const { i18n } = useLingui();
  const person = usePerson(user);
  const numbers = usePhoneNumbers();
  const back = useBack(paths.people);
  const [asking, setAsking] = useState<Asking>();
  const actions = usePersonActions(user, setAsking);
  useTitle(person?.name);
  const header = <PaneHeader title={i18n._('Person')} onBack={back} isBackNarrowOnly hasLine />;
  if (!person) {
    return (
      <Pane header={header} label={i18n._('Person')}>
        {person === null && <EmptyState icon={UserX} title={i18n._('Nobody known by this address')} />}
      </Pane>
    );
  }
  const facts = [
    ...(person.phone === undefined ? [] : [{ label: i18n._('Number'), value: numbers?.format(person.phone) ?? person.phone }]),
    ...(person.ownName === person.name ? [] : [{ label: i18n._('Calls themselves'), value: person.ownName }]),
  ];
  return (
    <Pane header={header} label={person.name}>
      <div className="mx-auto max-w-120">
        <PersonDetails
          id={user}
          name={person.name}
          note={person.about === '' ? undefined : person.about}
          actions={actions}
          facts={facts}
        >
          <Blocking user={user} onBlock={() => setAsking('block')} />
        </PersonDetails>
      </div>
      <NameDialog user={user} name={person.name} isOpen={asking === 'name'} onClose={() => setAsking(undefined)} />
      <Confirmations user={user} name={person.name} asking={asking} onClose={() => setAsking(undefined)} />
    </Pane>
  );
}

function Blocking({ user, onBlock }: { readonly user: UserId; readonly onBlock: () => void }) {
  const { i18n } = useLingui();
  const { me, commands } = useFrame();
  const status = useContactStatus(user);
  if (user === me || !status) return undefined;
  return (
    <DetailsSection>
      {status.isBlocked ? (
        <>
          <p className="mb-2 rounded-m bg-danger-soft px-3.5 py-2.5 text-note text-danger">
            {i18n._('You blocked this person: what they write does not reach you.')}
          </p>
          <Button kind="plain" size="s" icon={Ban} className="-mx-2 px-3" onClick={() => void commands.block(user, false)}>
            {i18n._('Unblock')}
          </Button>
        </>
      ) : (
        <Button kind="danger-plain" size="s" icon={Ban} className="-mx-2 px-3" onClick={onBlock}>
          {i18n._('Block')}
        </Button>
      )}
    </DetailsSection>
  );
}

function usePersonActions(user: UserId, ask: (what: Asking) => void): readonly DetailsAction[] {
  const { i18n } = useLingui();
  const { me, commands } = useFrame();
  const go = useGo();
  const status = useContactStatus(user);
  const message: DetailsAction = {
    id: 'message',
    label: i18n._('Message'),
    icon: MessageCircle,
    isMain: true,
    onAct: () => void commands.openDirect(user).then((id) => go(paths.conversation(id))),
  };
  if (user === me) return [message];
  const isContact = status?.isContact === true;
  const known: readonly DetailsAction[] = isContact
    ? [
        { id: 'name', label: i18n._('Rename'), icon: Pencil, onAct: () => ask('name') },
        { id: 'remove', label: i18n._('Remove'), icon: UserMinus, onAct: () => ask('remove') },
      ]
    : [{ id: 'add', label: i18n._('Add'), icon: UserPlus, onAct: () => void commands.addContact({ user }) }];
  return [message, ...known];
}

type NameDialogProps = { readonly user: UserId; readonly name: string; readonly isOpen: boolean; readonly onClose: () => void };

function NameDialog(props: NameDialogProps) {
  const { i18n } = useLingui();
  return (
    <Dialog title={i18n._('What you call them')} isOpen={props.isOpen} onClose={props.onClose}>
      <NameForm key={props.name} {...props} />
    </Dialog>
  );
}

function NameForm({ user, name: initial, onClose }: NameDialogProps) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const [name, setName] = useState(initial);
  const save = async () => {
    await commands.addContact({ user, ...(name.trim() !== '' && { name: name.trim() }) });
    onClose();
  };
  return (
    <form
      className="grid gap-4 pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label={i18n._('Name')}
        hint={i18n._('Only you see it. Leave it empty to use their own name.')}
        value={name}
        onChange={setName}
        maxLength={limits.nameCharsMax}
        autoFocus
      />
      <div className="flex justify-end">
        <Button type="submit" size="s">
          {i18n._('Save')}
        </Button>
      </div>
    </form>
  );
}

type ConfirmationsProps = {
  readonly user: UserId;
  readonly name: string;
  readonly asking: Asking | undefined;
  readonly onClose: () => void;
};

function Confirmations({ user, name, asking, onClose }: ConfirmationsProps) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const confirm = (work: Promise<void>) => void work.then(onClose);
  return (
    <>
      <ConfirmDialog
        title={i18n._('Remove {name}?', { name })}
        isOpen={asking === 'remove'}
        onClose={onClose}
        confirmLabel={i18n._('Remove')}
        isDestructive
        onConfirm={() => confirm(commands.removeContact(user))}
      >
        <p>{i18n._('They leave your contacts. Your chat with them stays.')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        title={i18n._('Block {name}?', { name })}
        isOpen={asking === 'block'}
        onClose={onClose}
        confirmLabel={i18n._('Block')}
        isDestructive
        onConfirm={() => confirm(commands.block(user, true))}
      >
        <p>{i18n._('What they write to you no longer counts or notifies. They are not told.')}</p>
      </ConfirmDialog>
    </>
  );
}
