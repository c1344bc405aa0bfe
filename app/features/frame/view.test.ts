import { expect, test } from 'vitest';
import { viewOf } from './view.ts';

const conversation = '019aa000-0000-7000-8000-000000000001';
const message = '019aa000-0000-7000-8000-0000000000aa';
const user = '019aa000-0000-7000-8000-0000000000bb';

test('names what each address shows', () => {
  expect(viewOf('/')).toEqual({ at: 'chats' });
  expect(viewOf('/chats/')).toEqual({ at: 'chats' });
  expect(viewOf(`/c/${conversation}`)).toEqual({ at: 'conversation', id: conversation, hasDetails: false });
  expect(viewOf(`/c/${conversation}/details`)).toEqual({ at: 'conversation', id: conversation, hasDetails: true });
  expect(viewOf(`/c/${conversation}/m/${message}`)).toEqual({ at: 'conversation', id: conversation, message, hasDetails: false });
  expect(viewOf('/people/add')).toEqual({ at: 'add-person' });
  expect(viewOf(`/people/${user}`)).toEqual({ at: 'person', id: user });
});

test('shows nothing it does not know, whatever stands in the address', () => {
  for (const path of [
    '/c',
    '/c/1',
    `/c/${conversation}/x`,
    `/c/${conversation}/m`,
    `/c/${conversation}/m/1`,
    '/people/%2e%2e',
    '/constructor',
    '/new/group/name/x',
  ]) {
    expect(viewOf(path)).toEqual({ at: 'unknown' });
  }
});
