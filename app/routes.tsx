import { useLingui } from '@lingui/react';
import { Compass, Inbox, MessageCircle, Settings, Users } from 'lucide-react';
import { lazy, Suspense, useCallback, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import type { UserId } from '#sync-protocol';
import { ConversationScreen, NoConversation } from './features/conversation/conversation-screen.tsx';
import { ConversationList } from './features/conversations/conversation-list.tsx';
import { copyText } from './features/frame/copy.ts';
import { useFrame, useIsShown } from './features/frame/frame.ts';
import { useGo } from './features/frame/go.ts';
import { lazyScreen } from './features/frame/lazy.ts';
import { paths } from './features/frame/paths.ts';
import { useTitle, useUnreadInTitle } from './features/frame/title.ts';
import { viewOf, type View } from './features/frame/view.ts';
import { loadAgain } from './load-again.ts';
import { useMe, useOutboxCount, usePersons, useUnreadTotal } from './store/queries/queries.ts';
import { AppShell, type NavItem } from './ui/app-shell.tsx';
import { Avatar } from './ui/avatar.tsx';
import { Button } from './ui/button.tsx';
import { EmptyState } from './ui/empty-state.tsx';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import { HuesContext } from './ui/hues.ts';
import { openInPlace } from './ui/open-in-place.ts';

const PeopleList = lazyScreen(async () => (await import('./features/contacts/people-list.tsx')).PeopleList);
const PersonScreen = lazyScreen(async () => (await import('./features/contacts/person-screen.tsx')).PersonScreen);
const NewChat = lazyScreen(async () => (await import('./features/groups/new-chat.tsx')).NewChat);
const Outbox = lazyScreen(async () => (await import('./features/outbox/outbox-screen.tsx')).Outbox);
const Details = lazyScreen(async () => (await import('./features/conversation/details.tsx')).Details);
const PickPeople = lazyScreen(async () => (await import('./features/groups/new-group.tsx')).PickPeople);
const NameGroup = lazyScreen(async () => (await import('./features/groups/new-group.tsx')).NameGroup);
const AddPerson = lazyScreen(async () => (await import('./features/contacts/add-person.tsx')).AddPerson);
const SettingsList = lazyScreen(async () => (await import('./features/settings/settings-list.tsx')).SettingsList);
const Profile = lazyScreen(async () => (await import('./features/settings/profile.tsx')).Profile);
const ChangeNumber = lazyScreen(async () => (await import('./features/settings/change-number.tsx')).ChangeNumber);
const PinPage = lazyScreen(async () => (await import('./features/settings/pin.tsx')).PinPage);
const Devices = lazyScreen(async () => (await import('./features/settings/devices.tsx')).Devices);
const Notifications = lazyScreen(async () => (await import('./features/settings/notifications.tsx')).Notifications);
const Storage = lazyScreen(async () => (await import('./features/settings/storage.tsx')).Storage);
const InstallPage = lazyScreen(async () => (await import('./features/settings/install.tsx')).InstallPage);
const Security = lazyScreen(async () => (await import('./features/settings/security.tsx')).Security);
const LinkDevice = lazyScreen(async () => (await import('./features/settings/link-device.tsx')).LinkDevice);
const About = lazyScreen(async () => (await import('./features/settings/about.tsx')).About);
const Debug = lazyScreen(async () => (await import('./features/debug/debug.tsx')).Debug);

/** Nobody waits for it, and nothing on screen ends without it. */
const Background = lazy(() =>
  loadAgain(() => import('./features/notifications/background.tsx')).then(
    (found) => ({ default: found.Background }),
    (error: unknown) => {
      console.error('notifications could not be loaded', error);
      return { default: () => undefined };
    },
  ),
);

/** Every view of a signed-in person: rail, list, pane and details where there is room, one of them where there is not. */
export function Screens({ floating }: { readonly floating: ReactNode }) {
  const { i18n } = useLingui();
  const { pathname } = useLocation();
  const go = useGo();
  const view = viewOf(pathname);
  const nav = useNav();
  const isShown = useIsShown();
  useUnreadInTitle(useUnreadTotal() ?? 0);
  useTitle(view.at === 'chats' ? i18n._('Chats') : undefined);
  const pane = paneOf(view);
  const { get } = usePersons([]);
  const chosenHue = useCallback((id: string) => get(id as UserId)?.hue, [get]);
  return (
    <HuesContext value={chosenHue}>
      <AppShell
        nav={nav}
        activeId={sectionOf(view)}
        onNavigate={(id) => go(nav.find((item) => item.id === id)?.href ?? paths.chats)}
        pane={pane}
        list={<Panel name={`list ${sectionOf(view)}`}>{listOf(view)}</Panel>}
        main={<Panel name={pathname}>{mainOf(view)}</Panel>}
        details={
          view.at === 'conversation' ? (
            <Panel name={`details ${view.id}`}>{(isShown || view.hasDetails) && <Details id={view.id} />}</Panel>
          ) : undefined
        }
        me={<MyFace />}
        hasTabBar={pane === 'list' || view.at === 'outbox'}
        floating={floating}
      />
      <Suspense fallback={null}>{isShown && <Background open={view.at === 'conversation' ? view.id : undefined} />}</Suspense>
    </HuesContext>
  );
}

/** When one panel breaks, the others stay. */
function Panel({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const { i18n } = useLingui();
  const { toast, version } = useFrame();
  const copyReport = async (error: unknown) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const isCopied = await copyText([`Chatter ${version}`, navigator.userAgent, name, stack].join('\n'));
    toast({ text: isCopied ? i18n._('Copied') : i18n._('The browser did not allow copying.') });
  };
  return (
    <ErrorBoundary resetKey={name} onCopyReport={(error) => void copyReport(error)}>
      <Suspense fallback={null}>{children}</Suspense>
    </ErrorBoundary>
  );
}

function useNav(): readonly NavItem[] {
  const { i18n } = useLingui();
  const unread = useUnreadTotal() ?? 0;
  const { waiting, failed } = useOutboxCount();
  return [
    { id: 'chats', label: i18n._('Chats'), icon: MessageCircle, href: paths.chats, badge: unread },
    { id: 'people', label: i18n._('People'), icon: Users, href: paths.people },
    { id: 'outbox', label: i18n._('Outbox'), icon: Inbox, href: paths.outbox, badge: waiting + failed, badgeTone: 'dim' },
    { id: 'settings', label: i18n._('Settings'), icon: Settings, href: paths.settings, isAtFoot: true },
  ];
}

function MyFace() {
  const { i18n } = useLingui();
  const { me } = useFrame();
  const go = useGo();
  const name = useMe()?.name ?? '';
  return (
    <a
      href={paths.profile}
      aria-label={i18n._('Your profile')}
      title={i18n._('Your profile')}
      className="block rounded-full"
      onClick={(event) => openInPlace(event, () => go(paths.profile))}
    >
      <Avatar id={me} name={name} size={9} />
    </a>
  );
}

function sectionOf({ at }: View): string {
  switch (at) {
    case 'people':
    case 'person':
    case 'add-person':
      return 'people';
    case 'outbox':
      return 'outbox';
    case 'settings':
    case 'profile':
    case 'number':
    case 'pin':
    case 'devices':
    case 'security':
    case 'link-device':
    case 'notifications':
    case 'storage':
    case 'install':
    case 'about':
    case 'debug':
      return 'settings';
    case 'chats':
    case 'conversation':
    case 'new-chat':
    case 'new-group':
    case 'new-group-name':
    case 'unknown':
      return 'chats';
  }
}

function paneOf(view: View): 'list' | 'main' | 'details' {
  switch (view.at) {
    case 'chats':
    case 'new-chat':
    case 'new-group':
    case 'new-group-name':
    case 'people':
    case 'settings':
      return 'list';
    case 'conversation':
      return view.hasDetails ? 'details' : 'main';
    case 'add-person':
    case 'person':
    case 'outbox':
    case 'profile':
    case 'number':
    case 'pin':
    case 'devices':
    case 'security':
    case 'link-device':
    case 'notifications':
    case 'storage':
    case 'install':
    case 'about':
    case 'debug':
    case 'unknown':
      return 'main';
  }
}

function listOf(view: View): ReactNode {
  switch (view.at) {
    case 'new-chat':
      return <NewChat />;
    case 'new-group':
      return <PickPeople />;
    case 'new-group-name':
      return <NameGroup />;
    case 'people':
    case 'add-person':
    case 'person':
      return <PeopleList selected={view.at === 'person' ? view.id : undefined} hasBanner={view.at === 'people'} />;
    case 'settings':
    case 'profile':
    case 'devices':
    case 'security':
    case 'link-device':
    case 'notifications':
    case 'storage':
    case 'install':
    case 'about':
      return <SettingsList selected={view.at === 'settings' ? undefined : view.at} />;
    case 'pin':
      return <SettingsList selected="pin" />;
    case 'number':
      return <SettingsList selected="profile" />;
    case 'debug':
      return <SettingsList selected="about" />;
    case 'chats':
    case 'conversation':
    case 'outbox':
    case 'unknown':
      return <ConversationList selected={view.at === 'conversation' ? view.id : undefined} hasBanner={view.at === 'chats'} />;
  }
}

function mainOf(view: View): ReactNode {
  switch (view.at) {
    case 'conversation':
      return <ConversationScreen key={view.id} id={view.id} message={view.message} />;
    case 'add-person':
      return <AddPerson />;
    case 'person':
      return <PersonScreen key={view.id} user={view.id} />;
    case 'outbox':
      return <Outbox />;
    case 'settings':
    case 'profile':
      return <Profile />;
    case 'number':
      return <ChangeNumber />;
    case 'pin':
      return <PinPage />;
    case 'devices':
      return <Devices />;
    case 'security':
      return <Security />;
    case 'link-device':
      return <LinkDevice />;
    case 'notifications':
      return <Notifications />;
    case 'storage':
      return <Storage />;
    case 'install':
      return <InstallPage />;
    case 'about':
      return <About />;
    case 'debug':
      return <Debug />;
    case 'chats':
    case 'new-chat':
    case 'new-group':
    case 'new-group-name':
    case 'people':
      return <NoConversation />;
    case 'unknown':
      return <NothingHere />;
  }
}

function NothingHere() {
  const { i18n } = useLingui();
  const go = useGo();
  useTitle(i18n._('Nothing here'));
  return (
    <div className="grid h-full place-content-center bg-wash">
      <EmptyState
        icon={Compass}
        title={i18n._('There is nothing at this address')}
        text={i18n._('It may have been mistyped, or what it showed is gone.')}
        action={
          <Button size="s" onClick={() => go(paths.chats)}>
            {i18n._('To the chats')}
          </Button>
        }
        isOnWash
      />
    </div>
  );
}
