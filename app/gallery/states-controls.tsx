import { BellOff, Copy, EllipsisVertical, LogOut, MessageCirclePlus, Search, SquarePen, Trash2, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Avatar } from '../ui/avatar.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Chips } from '../ui/chips.tsx';
import { CodeField } from '../ui/code-field.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu } from '../ui/menu.tsx';
import { PhoneField } from '../ui/phone-field.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Switch } from '../ui/switch.tsx';
import { TextField } from '../ui/text-field.tsx';
import { Toasts, type Toast } from '../ui/toasts.tsx';
import { Shelf, Specimen } from './frame.tsx';
import { countries, people } from './samples.ts';

export function Buttons() {
  return (
    <>
      <Specimen title="Button">
        <Shelf>
          <Button>Send code</Button>
          <Button disabled>Continue</Button>
          <Button kind="soft">Export</Button>
          <Button kind="plain">Later</Button>
          <Button kind="danger">Delete</Button>
          <Button kind="danger-plain">Discard</Button>
        </Shelf>
        <div className="mt-3">
          <Shelf>
            <Button size="s">Try all now</Button>
            <Button size="s" kind="soft" icon={UserPlus}>
              Add a contact
            </Button>
            <Button size="s" kind="plain">
              Try again
            </Button>
          </Shelf>
        </div>
      </Specimen>
      <Specimen title="IconButton, Menu">
        <Shelf>
          <IconButton label="Search" icon={Search} />
          <IconButton label="New chat" icon={SquarePen} />
          <IconButton label="New chat" icon={MessageCirclePlus} disabled />
          <SampleMenu />
        </Shelf>
      </Specimen>
      <Specimen title="Badge, Avatar">
        <Shelf>
          <Badge count={1} />
          <Badge count={32} tone="dim" />
          <Badge count={1204} />
          <Badge count={1204} size="s" />
          {Object.values(people).map((person) => (
            <Avatar key={person.id} {...person} isOnline={person.id === people.anna.id} />
          ))}
          <Avatar {...people.me} size={22} />
        </Shelf>
      </Specimen>
    </>
  );
}

export function SampleMenu() {
  const nothing = () => undefined;
  return (
    <Menu
      label="More"
      icon={EllipsisVertical}
      items={[
        { id: 'mute', label: 'Mute', icon: BellOff, onSelect: nothing },
        { id: 'copy', label: 'Copy text', icon: Copy, onSelect: nothing },
        { id: 'leave', label: 'Leave group', icon: LogOut, onSelect: nothing, isDisabled: true },
        { id: 'delete', label: 'Delete for me', icon: Trash2, onSelect: nothing, isDestructive: true },
      ]}
    />
  );
}

export function Fields() {
  const [name, setName] = useState('Mira Ellingsen');
  const [search, setSearch] = useState('');
  const [country, setCountry] = useState('NO');
  const [number, setNumber] = useState('412 34 567');
  const [code, setCode] = useState('409');
  return (
    <div className="grid max-w-90">
      <Specimen title="TextField">
        <div className="grid gap-4">
          <TextField label="Your name" value={name} onChange={setName} hint="People who know your number see it." />
          <TextField label="Group name" value="" onChange={setName} error="A group needs a name." />
        </div>
      </Specimen>
      <Specimen title="PhoneField">
        <PhoneField
          label="Phone number"
          countries={countries}
          country={country}
          onCountryChange={setCountry}
          number={number}
          onNumberChange={setNumber}
        />
        <div className="mt-4">
          <PhoneField
            label="Phone number"
            countries={countries}
            country="AE"
            onCountryChange={setCountry}
            number="12"
            onNumberChange={setNumber}
            error="This number is too short for the United Arab Emirates."
          />
        </div>
      </Specimen>
      <Specimen title="CodeField">
        <CodeField label="Code" value={code} onChange={setCode} />
        <div className="mt-4">
          <CodeField label="Code" value="409112" onChange={setCode} error="That is not the code. 3 tries left." />
        </div>
        <div className="mt-4">
          <CodeField label="Long code" length={10} value="4091120" onChange={setCode} />
        </div>
      </Specimen>
      <Specimen title="SearchField">
        <SearchField label="Search people" value={search} onChange={setSearch} />
        <div className="mt-3">
          <SearchField label="Search people" value="山田" onChange={setSearch} />
        </div>
      </Specimen>
    </div>
  );
}

export function Choices() {
  const [filter, setFilter] = useState('all');
  const [theme, setTheme] = useState('system');
  const [isOn, setOn] = useState(true);
  return (
    <>
      <Specimen title="Chips">
        <Chips
          label="Show"
          selectedId={filter}
          onSelect={setFilter}
          chips={[
            { id: 'all', label: 'All' },
            { id: 'unread', label: 'Unread', count: 3 },
            { id: 'direct', label: 'Direct' },
            { id: 'groups', label: 'Groups' },
          ]}
        />
      </Specimen>
      <Specimen title="Segmented, Switch">
        <Shelf>
          <Segmented
            label="Appearance"
            value={theme}
            onChange={setTheme}
            segments={[
              { value: 'system', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
          <Switch label="Keep" isOn={isOn} onChange={setOn} />
          <Switch label="Keep" isOn={!isOn} onChange={(on) => setOn(!on)} />
          <Switch label="Keep" isOn isDisabled onChange={setOn} />
        </Shelf>
      </Specimen>
    </>
  );
}

export function Overlays() {
  const [isOpen, setOpen] = useState(new URLSearchParams(location.search).has('open'));
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const add = () => {
    const action = { label: 'Undo', onAct: () => undefined };
    setToasts((shown) => [...shown, { id: `toast ${shown.length}`, text: 'Harbour crew is muted', action }]);
  };
  return (
    <Specimen title="Dialog, Toasts">
      <Shelf>
        <Button size="s" kind="soft" onClick={() => setOpen(true)}>
          Open dialog
        </Button>
        <Button size="s" kind="soft" onClick={add}>
          Show toast
        </Button>
      </Shelf>
      <ConfirmDialog
        title="Sign out with unsent messages?"
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        confirmLabel="Sign out"
        onConfirm={() => setOpen(false)}
        isDestructive
      >
        2 messages have not been sent yet. Signing out removes them from this device.
      </ConfirmDialog>
      <Toasts toasts={toasts} onDismiss={(id) => setToasts((shown) => shown.filter((toast) => toast.id !== id))} />
    </Specimen>
  );
}
