import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfile } from './kit/browser.ts';
import { addByNumber, bubble, newPhone, openChat, say, showCode, signUp, type Person } from './kit/person.ts';
import { startServer, type TestServer } from './kit/server.ts';
import { until } from './kit/until.ts';

/** A number is sent one code in half a minute, so each is sent one but for the first: only the second device waits. */
let server: TestServer;
let anna: Person;
let jonas: Person;
let annasPhone: Person;
const [firstPin, secondPin] = ['green-boat-7', 'red kettle 12'] as const;
const [secondNumber, thirdNumber] = [newPhone(), newPhone()] as const;

beforeAll(async () => {
  server = await startServer();
  [anna, jonas] = await Promise.all([signUp(server, 'Anna Kowalska'), signUp(server, 'Jonas Lie')]);
  await addByNumber(jonas.page, server.url, anna);
  await jonas.page.getByRole('button', { name: 'Message', exact: true }).click();
  await say(jonas.page, 'Which number do I have of you?');
});

afterAll(async () => {
  for (const person of [anna, jonas, annasPhone]) await person?.profile.dispose();
  await server?.dispose();
});

test('[AC-12] a PIN is typed twice alike, set and changed', async () => {
  const { page } = anna;
  await toPin(page);
  await pinField(page).fill(firstPin);
  await page.getByLabel('The same once more').fill(`${firstPin}8`);
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByText('The two are not the same.').waitFor();
  await page.getByLabel('The same once more').fill(firstPin);
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByText('The PIN is set.').waitFor();

  await page.reload();
  await page.getByText('A PIN is set.').waitFor();
  await page.getByLabel('New PIN').fill(secondPin);
  await page.getByLabel('The same once more').fill(secondPin);
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByText('The PIN is changed.').waitFor();
  expect(await page.getByLabel('New PIN').inputValue()).toBe('');
});

test('[AC-12] a second device is asked for the PIN: the one before it is refused with words, the right one opens the chats', async () => {
  const profile = createProfile();
  annasPhone = { ...(await profile.open()), name: anna.name, phone: anna.phone, profile };
  const { page } = annasPhone;
  await page.setViewportSize({ width: 390, height: 844 });
  await quickOnASlowNetwork(page, `${server.url}/`, anna.phone);
  await showCode(server, page, anna.phone);
  await page.getByRole('heading', { name: 'Enter your PIN' }).waitFor();
  await enterPin(page, firstPin);
  await page.getByRole('alert').filter({ hasText: 'This is not the PIN.' }).waitFor();
  expect(await page.evaluate(async () => (await fetch('/api/me')).status)).toBe(401);
  await enterPin(page, secondPin);
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
  await openChat(page, jonas.name);
  await bubble(page, 'Which number do I have of you?').waitFor();
});

test('[AC-14][AC-12] a number is changed by a code sent to it and the PIN, and both devices show it, before and after a reload', async () => {
  const { page } = anna;
  await toProfile(annasPhone.page);
  expect(await showsNumber(annasPhone.page, anna.phone)).toBe(true);
  await changeNumber(page, secondNumber);
  await page.getByText('Your account also asks for its PIN.').waitFor();
  await enterPin(page, firstPin);
  await page.getByRole('alert').filter({ hasText: 'This is not the PIN.' }).waitFor();
  await enterPin(page, secondPin);
  await page.getByText('Your number is changed.').waitFor();
  for (const device of [anna, annasPhone]) {
    expect(await showsNumber(device.page, secondNumber)).toBe(true);
    await device.page.reload();
    expect(await showsNumber(device.page, secondNumber)).toBe(true);
  }
});

test('[AC-13] another device switches the PIN off, and then a code alone changes the number', async () => {
  await toPin(annasPhone.page);
  await annasPhone.page.getByRole('button', { name: 'Switch it off' }).click();
  await annasPhone.page.getByRole('dialog').getByRole('button', { name: 'Switch it off' }).click();
  await annasPhone.page.getByText('The PIN is switched off.').waitFor();
  await toProfile(annasPhone.page);
  await changeNumber(anna.page, thirdNumber);
  await anna.page.getByText('Your number is changed.').waitFor();
  for (const { page } of [anna, annasPhone]) expect(await showsNumber(page, thirdNumber)).toBe(true);
});

test('[AC-14] who knew the old number keeps the conversation and is not given the new one, until they are told it', async () => {
  await openChat(anna.page, jonas.name);
  await say(anna.page, 'Not the one I have now');
  await bubble(jonas.page, 'Not the one I have now').waitFor();
  await jonas.page.goto(`${server.url}/people`);
  await jonas.page.getByRole('link').filter({ hasText: anna.name }).first().click();
  const person = jonas.page.getByRole('region', { name: anna.name, exact: true });
  await person.getByText('Message', { exact: true }).waitFor();
  const said = digitsOf(await person.innerText());
  for (const number of [secondNumber, thirdNumber]) expect(said).not.toContain(national(number));

  await addByNumber(jonas.page, server.url, { phone: thirdNumber });
  await until(async () => digitsOf(await person.innerText()).includes(national(thirdNumber)), 'the number that was told');
});

test('[AC-14] the number of another account is not to be had, as whoever shows its code is told, and nothing changes', async () => {
  const { page } = anna;
  await changeNumber(page, jonas.phone);
  await page.getByText('Another account has this number.').waitFor();
  await toProfile(page);
  expect(await showsNumber(page, thirdNumber)).toBe(true);
});

test('nothing went wrong in any browser', () => {
  for (const device of [anna, jonas, annasPhone]) expect(device.problems).toEqual([]);
});

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');
/** As it is also written, without the code of its country. */
const national = (phone: string): string => digitsOf(phone).slice(2);

const toPin = (page: Page) => page.goto(`${server.url}/settings/pin`);
const toProfile = (page: Page) => page.goto(`${server.url}/settings/profile`);

/** The profile comes to say so, without being asked again. */
function showsNumber(page: Page, phone: string): Promise<boolean> {
  const profile = page.getByRole('region', { name: 'Profile' });
  const isShown = async () => digitsOf(await profile.innerText()).includes(national(phone));
  return until(isShown, `${phone} on the screen`);
}

/** The page is called as its field is. */
const pinField = (page: Page) => page.locator('input').and(page.getByLabel('PIN', { exact: true }));

async function enterPin(page: Page, pin: string): Promise<void> {
  await pinField(page).fill(pin);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function changeNumber(page: Page, phone: string): Promise<void> {
  await toProfile(page);
  await page.getByRole('link', { name: /Phone number/ }).click();
  await page.getByLabel('New phone number').fill(phone);
  await page.getByRole('button', { name: 'Send code' }).click();
  const code = page.getByLabel('Code', { exact: true });
  await code.waitFor();
  await code.fill(await server.codeFor(phone));
}

/** The rules of numbers and the other ways to sign in come in files of their own: nothing moves when they are here, and what was typed is put in order. */
async function quickOnASlowNetwork(page: Page, url: string, phone: string): Promise<void> {
  const late: (() => void)[] = [];
  const isLate = /\/(other-ways|min)-[^/]*\.js$/;
  await page.route(isLate, (route) => void late.push(() => void route.continue()));
  await page.goto(url);
  const field = page.getByLabel('Phone number');
  await field.fill(phone);
  await field.blur();
  await until(() => late.length === 2, 'both files to be asked for');
  const send = page.getByRole('button', { name: 'Send code' });
  const before = await send.boundingBox();
  expect(await field.inputValue()).toBe(phone);
  for (const go of late) go();
  await page.getByRole('button', { name: 'Use another device' }).waitFor();
  await until(async () => !(await field.inputValue()).startsWith('+'), 'the number as people there write it');
  expect(await send.boundingBox()).toEqual(before);
  await page.unroute(isLate);
}
