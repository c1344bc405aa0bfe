import type { Page } from 'playwright-core';
import { createProfile, type Device, type Profile } from './browser.ts';
import type { TestServer } from './server.ts';
import { until } from './until.ts';

/** One person at one device, and what they do there: everything goes through what is on the screen. */
export interface Person extends Device {
  readonly name: string;
  readonly phone: string;
  readonly profile: Profile;
}

/** Swiss mobile numbers set aside for nobody in particular; each call takes the next. */
let numbers = 1_000;
export const newPhone = (): string => `+4179123${String(numbers++)}`;

export async function signUp(server: TestServer, name: string, phone = newPhone(), profile = createProfile()): Promise<Person> {
  const device = await profile.open();
  await device.page.goto(`${server.url}/`);
  await signIn(server, device.page, { name, phone });
  return { ...device, name, phone, profile };
}

/** From the first screen to the list. A number that is known is not asked for a name. */
export async function signIn(
  server: Pick<TestServer, 'codeFor'>,
  page: Page,
  { name, phone }: { name: string; phone: string },
): Promise<void> {
  await showCode(server, page, phone);
  const nameField = page.getByLabel('Name', { exact: true });
  const list = page.getByRole('heading', { name: 'Chats', exact: true });
  await nameField.or(list).first().waitFor();
  if (await nameField.isVisible()) {
    await nameField.fill(name);
    await page.getByRole('button', { name: 'Start chatting' }).click();
  }
  await list.waitFor();
}

/** As far as the code is enough. */
export async function showCode(server: Pick<TestServer, 'codeFor'>, page: Page, phone: string): Promise<void> {
  await page.getByLabel('Phone number').fill(phone);
  // A number is sent one code in half a minute, and says so: whoever signs in on a second device waits for it.
  const entering = page.getByRole('heading', { name: 'Enter the code' });
  const refused = page.getByText('Too many tries');
  await until(
    async () => {
      await page.getByRole('button', { name: 'Send code' }).click();
      await entering.or(refused).first().waitFor();
      return entering.isVisible();
    },
    'a code to be sent',
    60_000,
    // Each try counts against the address.
    1_000,
  );
  await page.getByLabel('Code', { exact: true }).fill(await server.codeFor(phone));
}

export async function addByNumber(page: Page, url: string, person: { phone: string; name?: string }): Promise<void> {
  await page.goto(`${url}/people/add`);
  await page.getByLabel('Phone number').fill(person.phone);
  if (person.name !== undefined) await page.getByLabel(/What you call them/).fill(person.name);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
}

export async function openChat(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Chats' }).filter({ visible: true }).click();
  await page.getByRole('list', { name: 'Chats' }).getByRole('link').filter({ hasText: title }).first().click();
  await composer(page).waitFor();
}

export const composer = (page: Page) => page.getByRole('textbox', { name: /^Message / });

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await page.keyboard.press('Enter');
  await until(async () => (await composer(page).inputValue()) === '', 'the composer to be empty');
}

/** The texts on screen in the open conversation, in order. */
export async function bubbles(page: Page): Promise<readonly string[]> {
  return page.locator('[role=log] .message-text').evaluateAll((nodes) =>
    nodes.map((node) => {
      const copy = node.cloneNode(true) as HTMLElement;
      copy.querySelectorAll('.message-meta').forEach((meta) => meta.remove());
      return copy.textContent ?? '';
    }),
  );
}

export const bubble = (page: Page, text: string) => page.locator('[role=log] .bubble').filter({ hasText: text });
