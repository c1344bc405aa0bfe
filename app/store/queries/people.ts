import { registerKeys, type BlockedRegister, type ContactRegister, type ProfileRegister, type UserId } from '#sync-protocol';
import type { PersonRecord, RegisterRecord } from '../rows.ts';
import type { Tables } from '../tables.ts';

export type PersonView = {
  readonly id: UserId;
  /** What this person calls them, else what they call themselves, else their number. */
  readonly name: string;
  readonly ownName: string;
  readonly about: string;
  readonly hue?: number;
  readonly phone?: string;
};

export type ContactStatus = {
  /** Added here. */
  readonly isContact: boolean;
  readonly isBlocked: boolean;
  /** Neither added nor blocked. */
  readonly isStranger: boolean;
};

export const shownValue = <T>(register: RegisterRecord | undefined): T | undefined =>
  (register?.local?.value ?? register?.value) as T | undefined;

export function viewOf(id: UserId, person: PersonRecord | undefined, contact: ContactRegister | undefined): PersonView {
  const ownName = person?.name ?? '';
  const given = contact?.on ? contact.name : undefined;
  return {
    id,
    name: given || ownName || person?.phone || '',
    ownName,
    about: person?.about ?? '',
    ...(person?.hue !== undefined && { hue: person.hue }),
    ...(person?.phone !== undefined && { phone: person.phone }),
  };
}

export async function readPerson(tx: Tables, me: UserId, id: UserId): Promise<PersonView | null> {
  if (id === me) return readMe(tx, me);
  const person = await tx.people.get(id);
  const contact = shownValue<ContactRegister>(await tx.registers.get(registerKeys.contact(id)));
  return person || contact ? viewOf(id, person, contact) : null;
}

/** One's own profile, with what was changed here and is on its way. */
export async function readMe(tx: Tables, me: UserId): Promise<PersonView> {
  const person = await tx.people.get(me);
  const profile = shownValue<ProfileRegister>(await tx.registers.get(registerKeys.profile()));
  const view = viewOf(me, person, undefined);
  const name = profile?.name ?? view.ownName;
  const hue = profile?.hue ?? view.hue;
  return { ...view, name, ownName: name, about: profile?.about ?? view.about, ...(hue !== undefined && { hue }) };
}

export async function readContactStatus(tx: Tables, id: UserId): Promise<ContactStatus> {
  const contact = shownValue<ContactRegister>(await tx.registers.get(registerKeys.contact(id)));
  const blocked = shownValue<BlockedRegister>(await tx.registers.get(registerKeys.blocked(id)));
  const [isContact, isBlocked] = [contact?.on === true, blocked?.on === true];
  return { isContact, isBlocked, isStranger: !isContact && !isBlocked };
}

/** Names of everybody this device has heard of. */
export async function readNames(tx: Tables, me: UserId): Promise<ReadonlyMap<UserId, PersonView>> {
  const contacts = await contactsBy(tx);
  const people = await tx.people.all();
  const own = await readMe(tx, me);
  return new Map([
    ...people.map((person) => [person.id, viewOf(person.id, person, contacts.get(person.id))] as const),
    [me, own],
  ]);
}

async function contactsBy(tx: Tables): Promise<ReadonlyMap<UserId, ContactRegister>> {
  const prefix = registerKeys.contact('' as UserId);
  const registers = await tx.registers.startingWith(prefix);
  return new Map(
    registers.flatMap((one) => {
      const value = shownValue<ContactRegister>(one);
      return value ? [[one.key.slice(prefix.length) as UserId, value] as const] : [];
    }),
  );
}

/** People one added, who added one, whom one talks to, and with whom one shares a group. */
export async function readContacts(tx: Tables, me: UserId): Promise<readonly PersonView[]> {
  const contacts = await contactsBy(tx);
  const blocked = await tx.registers.startingWith(registerKeys.blocked('' as UserId));
  const isBlocked = new Set(blocked.filter((one) => shownValue<BlockedRegister>(one)?.on).map(({ key }) => key));
  const known = new Set<UserId>();
  for (const [user, { on, of }] of contacts) if (on || of) known.add(user);
  for (const { other, state } of await tx.conversations.all()) {
    if (other) known.add(other);
    for (const [user] of state?.members ?? []) known.add(user);
  }
  const ids = [...known].filter((user) => user !== me && !isBlocked.has(registerKeys.blocked(user)));
  const people = await tx.people.getMany(ids);
  return ids.map((id, i) => viewOf(id, people[i], contacts.get(id))).filter(({ name }) => name !== '');
}
