import { useLingui } from '@lingui/react';
import { X } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Avatar } from './avatar.tsx';
import { IconButton } from './icon-button.tsx';
import { PersonRow } from './person-row.tsx';

export type DetailsAction = {
  readonly id: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** What most people come for; the others stay quiet beside it. */
  readonly isMain?: boolean | undefined;
  readonly onAct: () => void;
};
export type DetailsFact = { readonly label: string; readonly value: string };

type HeroProps = {
  readonly id: string;
  readonly name: string;
  readonly note?: string | undefined;
  readonly actions?: readonly DetailsAction[] | undefined;
  /** Where the panel lies over the conversation it must be possible to put it away. */
  readonly onClose?: (() => void) | undefined;
};

export type PersonDetailsProps = HeroProps & {
  /** Number, how they are called here, groups in common. */
  readonly facts?: readonly DetailsFact[] | undefined;
  readonly sync?: ReactNode;
  readonly children?: ReactNode;
};

export function PersonDetails({ facts = [], sync, children, ...hero }: PersonDetailsProps) {
  const { i18n } = useLingui();
  return (
    <DetailsFrame label={i18n._('About {name}', { name: hero.name })} {...hero}>
      {facts.length > 0 && (
        <DetailsSection>
          <Facts facts={facts} />
        </DetailsSection>
      )}
      {sync}
      {children}
    </DetailsFrame>
  );
}

export type GroupMember = {
  readonly id: string;
  readonly name: string;
  /** "Owner", "Admin", "last seen 09:12". */
  readonly note?: string | undefined;
  readonly isOnline?: boolean | undefined;
  readonly href?: string | undefined;
  /** A `Menu` for those who may manage. */
  readonly trailing?: ReactNode;
};

export type GroupDetailsProps = HeroProps & {
  readonly members: readonly GroupMember[];
  /** All of them; `members` may be the first few. */
  readonly memberCount: number;
  readonly onOpenMember?: ((id: string) => void) | undefined;
  readonly onShowAll?: (() => void) | undefined;
  readonly sync?: ReactNode;
  readonly children?: ReactNode;
};

export function GroupDetails({ members, memberCount, onOpenMember, onShowAll, sync, children, ...hero }: GroupDetailsProps) {
  const { i18n } = useLingui();
  return (
    <DetailsFrame label={i18n._('About {name}', { name: hero.name })} {...hero}>
      <DetailsSection title={i18n._('{count, plural, one {# person} other {# people}}', { count: memberCount })}>
        <ul className="-mx-3">
          {members.map((member) => (
            <li key={member.id}>
              <PersonRow {...member} isDense onOpen={onOpenMember} />
            </li>
          ))}
        </ul>
        {onShowAll && members.length < memberCount && <SectionLink label={i18n._('All people')} onPress={onShowAll} />}
      </DetailsSection>
      {sync}
      {children}
    </DetailsFrame>
  );
}

export type SyncFactsProps = { readonly facts: readonly DetailsFact[]; readonly onVerify?: (() => void) | undefined };

/** What this device holds of the conversation, in figures. */
export function SyncFacts({ facts, onVerify }: SyncFactsProps) {
  const { i18n } = useLingui();
  return (
    <DetailsSection title={i18n._('Sync')}>
      <Facts facts={facts} />
      {onVerify && <SectionLink label={i18n._('Verify now')} onPress={onVerify} />}
    </DetailsSection>
  );
}

export function DetailsSection({ title, children }: { readonly title?: string | undefined; readonly children: ReactNode }) {
  return (
    <section className="border-t border-line py-3.5">
      {title && <h3 className="mb-2 text-note font-semibold text-ink-2">{title}</h3>}
      {children}
    </section>
  );
}

function Facts({ facts }: { readonly facts: readonly DetailsFact[] }) {
  return (
    <dl>
      {facts.map(({ label, value }) => (
        <div key={label} className="flex flex-wrap justify-between gap-x-3 py-1 text-[0.84375rem] text-ink-2">
          <dt>{label}</dt>
          <dd className="font-[550] text-ink tabular">
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function SectionLink({ label, onPress }: { readonly label: string; readonly onPress: () => void }) {
  return (
    <button
      type="button"
      onClick={onPress}
      className="-mx-2 min-h-10 rounded-s px-2 text-[0.84375rem] font-semibold text-accent-text hover:underline"
    >
      {label}
    </button>
  );
}

function DetailsFrame({
  label,
  id,
  name,
  note,
  actions = [],
  onClose,
  children,
}: HeroProps & { readonly label: string; readonly children: ReactNode }) {
  const { i18n } = useLingui();
  return (
    <section
      aria-label={label}
      className="relative min-h-0 flex-1 overflow-y-auto bg-panel px-4.5 pb-[calc(1.5rem+var(--foot,0px))]"
    >
      {onClose && (
        <span className="absolute end-2 top-3 @three/shell:hidden">
          <IconButton label={i18n._('Close')} icon={X} onClick={onClose} />
        </span>
      )}
      <div className="grid justify-items-center pt-7.5 pb-5 text-center">
        <Avatar id={id} name={name} size={22} />
        <h2 dir="auto" className="mt-3 max-w-full text-section font-[660] tracking-[-0.015em] wrap-any">
          {name}
        </h2>
        {note && <p className="text-preview wrap-any text-ink-2">{note}</p>}
        {actions.length > 0 && (
          <div className="mt-4.5 flex w-full flex-wrap gap-2">
            {actions.map(({ id: actionId, label: actionLabel, icon: Icon, isMain, onAct }) => (
              <button
                key={actionId}
                type="button"
                onClick={onAct}
                className={`grid min-w-20 flex-1 justify-items-center gap-1.5 rounded-m px-1 py-2.5 text-[0.78125rem] font-medium transition-colors duration-120 ${isMain ? 'bg-accent-soft text-accent-text' : 'bg-sunk text-ink-2 hover:text-ink'}`}
              >
                <Icon size="1.25rem" aria-hidden="true" />
                {actionLabel}
              </button>
            ))}
          </div>
        )}
      </div>
      {children}
    </section>
  );
}
