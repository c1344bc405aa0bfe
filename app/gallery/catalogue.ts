import type { ComponentType } from 'react';
import { ChatScreen, DetailsScreen, RoughChatScreen, StrangerScreen } from './screens-conversation.tsx';
import { ChatsScreen, FirstRunScreen, NewGroupScreen, OutboxScreen, PeopleScreen } from './screens-lists.tsx';
import { CodeScreen, SettingsScreen, settingsPages, SignInScreen } from './screens-settings.tsx';
import { Composers, LiveList, Markers, Messages } from './states-conversation.tsx';
import { Buttons, Choices, Fields, Overlays } from './states-controls.tsx';
import { Banners, Conversations, Nothing, Outbox, People } from './states-rows.tsx';

/** `?section=` */
export const sections: Readonly<Record<string, ComponentType>> = {
  buttons: Buttons,
  fields: Fields,
  choices: Choices,
  overlays: Overlays,
  conversations: Conversations,
  people: People,
  banners: Banners,
  outbox: Outbox,
  nothing: Nothing,
  messages: Messages,
  markers: Markers,
  composers: Composers,
  live: LiveList,
};

/** `?screen=`: whole windows. */
export const screens: Readonly<Record<string, ComponentType>> = {
  'sign-in': SignInScreen,
  code: CodeScreen,
  'first-run': FirstRunScreen,
  chats: ChatsScreen,
  chat: ChatScreen,
  rough: RoughChatScreen,
  stranger: StrangerScreen,
  details: DetailsScreen,
  outbox: OutboxScreen,
  people: PeopleScreen,
  'new-group': NewGroupScreen,
  settings: SettingsScreen,
  ...settingsPages,
};
