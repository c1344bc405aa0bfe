/** What a person does at one tab, in terms of what is on the screen. Every act waits until it can be done. */
import { type TestServer } from '../../e2e/kit/server.ts';
import { until } from '../../e2e/kit/until.ts';
import type { Tab } from './port.ts';
import { nameOfSought, type Sought } from './seek.ts';

const patienceMs = 60_000;
/** Whoever was cut off for long looks again within a minute. */
const cutOffMsMax = 90_000;

export async function click(tab: Tab, sought: Sought): Promise<void> {
  await patiently(tab, () => tab.click(sought), `to click ${nameOfSought(sought)}`);
}

export async function see(tab: Tab, sought: Sought): Promise<void> {
  await patiently(tab, () => tab.shows(sought), `to see ${nameOfSought(sought)}`);
}

export async function seeGone(tab: Tab, sought: Sought): Promise<void> {
  await patiently(tab, async () => !(await tab.shows(sought)), `${nameOfSought(sought)} to go`);
}

/** Types once the caret is there, as a person who looks would. */
export async function fill(tab: Tab, sought: Sought, typed: string): Promise<void> {
  const isInHand = () => ['INPUT', 'TEXTAREA'].includes(document.activeElement?.tagName ?? '');
  const take = async (): Promise<boolean> => (await tab.click(sought)) && tab.ask(isInHand, undefined);
  await patiently(tab, take, `the caret in ${nameOfSought(sought)}`);
  await tab.type(typed);
}

/** A page may change under an act: it is tried again, and what was in the way and on the screen is told when time is up. */
async function patiently(tab: Tab, act: () => Promise<boolean>, what: string, withinMs = patienceMs): Promise<void> {
  let inTheWay: unknown;
  const tried = async (): Promise<boolean> => {
    try {
      return await act();
    } catch (error) {
      inTheWay = error;
      return false;
    }
  };
  try {
    await until(tried, what, withinMs);
  } catch (error) {
    const shown = await tab.ask(() => `${location.href}\n${document.body.innerText}`, undefined);
    throw new Error(`${(error as Error).message}\nOn the screen: ${shown}`, { cause: inTheWay });
  }
}

const field = (name: string): Sought => ({ role: 'textbox', name });
const button = (name: string): Sought => ({ role: 'button', name });
const heading = (name: string): Sought => ({ role: 'heading', name });
export const text = (holds: string): Sought => ({ role: 'text', holds });
const composer: Sought = { role: 'textbox', holds: 'Message ' };

/** From the first screen to the list. */
export async function signUp(server: TestServer, tab: Tab, { name, phone }: { name: string; phone: string }): Promise<void> {
  await tab.goto(`${server.url}/`);
  await fill(tab, field('Phone number'), phone);
  await click(tab, button('Send code'));
  await see(tab, heading('Enter the code'));
  await fill(tab, field('Code'), await server.codeFor(phone));
  await fill(tab, field('Name'), name);
  await click(tab, button('Start chatting'));
  await see(tab, heading('Chats'));
}

export async function addByNumber(server: TestServer, tab: Tab, phone: string): Promise<void> {
  await tab.goto(`${server.url}/people/add`);
  await fill(tab, field('Phone number'), phone);
  await click(tab, button('Add'));
  await click(tab, button('Message'));
  await see(tab, composer);
}

export async function makeGroup(
  server: TestServer,
  tab: Tab,
  { title, people }: { title: string; people: readonly string[] },
): Promise<void> {
  await tab.goto(`${server.url}/new/group`);
  for (const name of people) await click(tab, { role: 'checkbox', holds: name });
  await click(tab, button('Next'));
  await fill(tab, field('Group name'), title);
  await click(tab, button('Create'));
  await see(tab, composer);
}

export async function openChat(server: TestServer, tab: Tab, title: string): Promise<void> {
  await tab.goto(`${server.url}/chats`);
  // The list may move under the hand: whoever hits nothing tries again.
  const opened = async (): Promise<boolean> =>
    (await tab.shows(composer)) || (await tab.click({ role: 'link', holds: title }), false);
  await patiently(tab, opened, `the chat with ${title} to open`);
}

export async function write(tab: Tab, said: string): Promise<void> {
  await fill(tab, composer, said);
  await until(async () => (await written(tab)) === said, `"${said}" to be written`);
}

export async function say(tab: Tab, said: string): Promise<void> {
  await write(tab, said);
  await tab.pressEnter();
  await until(async () => (await written(tab)) === '', 'the composer to be empty');
}

/** Sends what was written before. */
export async function send(tab: Tab): Promise<void> {
  await click(tab, composer);
  await tab.pressEnter();
}

/** What is in the composer and not yet sent. */
export function written(tab: Tab): Promise<string | undefined> {
  return tab.ask(() => document.querySelector<HTMLTextAreaElement>('textarea[aria-label^="Message "]')?.value, undefined);
}

/** The texts on screen in the open conversation, in order. */
function bubbles(tab: Tab): Promise<readonly string[]> {
  return tab.ask(
    () =>
      [...document.querySelectorAll('[role=log] .message-text')].map((shown) => {
        const copy = shown.cloneNode(true) as Element;
        for (const meta of copy.querySelectorAll('.message-meta')) meta.remove();
        return copy.textContent ?? '';
      }),
    undefined,
  );
}

/** Waits until the last of what is said in the open conversation is this, and returns as many as were asked for. */
export async function hear(tab: Tab, said: readonly string[]): Promise<readonly string[]> {
  await patiently(
    tab,
    async () => (await bubbles(tab)).at(-1) === said.at(-1),
    `"${said.at(-1)}" to be the last that was said`,
    cutOffMsMax,
  );
  return (await bubbles(tab)).slice(-said.length);
}
