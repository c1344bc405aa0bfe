import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPhone } from '../../e2e/kit/person.ts';
import { startServer, type TestServer } from '../../e2e/kit/server.ts';
import { copySite, type Site } from '../../e2e/kit/site.ts';
import { until } from '../../e2e/kit/until.ts';
import { makeCertificate } from './certificate.ts';
import { addByNumber, click, hear, makeGroup, openChat, say, see, send, seeGone, signUp, text, write, written } from './hands.ts';
import type { Browser, Engine, Profile, Tab } from './port.ts';

type Person = { readonly name: string; readonly phone: string; readonly profile: Profile; browser: Browser; tab: Tab };

/** One story in ten scenes, over TLS, with nothing but what is on the screen. A scene needs those before it. */
export function describeEngine(engine: Engine): void {
  describe(`${engine.name}`, () => {
    const certificate = makeCertificate();
    const problems: string[] = [];
    const profiles: Profile[] = [];
    let site: Site;
    let server: TestServer;
    let anna: Person;
    let jonas: Person;
    let conversation = '';

    beforeAll(async () => {
      site = copySite();
      server = await startServer({
        site: site.folder,
        env: { TLS_KEY_PATH: certificate.keyPath, TLS_CERT_PATH: certificate.certPath },
      });
      [anna, jonas] = await Promise.all([arrive('Anna Kowalska'), arrive('Jonas Lie')]);
    });

    afterAll(async () => {
      for (const profile of profiles) await profile.dispose();
      await server?.dispose();
      site?.dispose();
      certificate.dispose();
    });

    async function arrive(name: string): Promise<Person> {
      const profile = engine.createProfile(certificate);
      // Also one that never opens is to be taken away.
      profiles.push(profile);
      const browser = await profile.open();
      return { name, phone: newPhone(), profile, browser, tab: browser.tab };
    }
    /** As when the power fails. */
    async function cutOff({ profile, browser }: Person): Promise<void> {
      problems.push(...browser.problems());
      await profile.kill();
    }
    async function comeBack(person: Person): Promise<void> {
      person.browser = await person.profile.open();
      person.tab = person.browser.tab;
    }

    test('sign up: a number, a code and a name are enough, also after the browser was closed', async () => {
      await Promise.all([signUp(server, anna.tab, anna), signUp(server, jonas.tab, jonas)]);
      for (const { tab } of [anna, jonas]) {
        const asked = () => ({ isSecure: isSecureContext, isKept: navigator.serviceWorker.controller !== null });
        await until(async () => (await tab.ask(asked, undefined)).isKept, 'the worker to control the page');
        expect(await tab.ask(asked, undefined)).toEqual({ isSecure: true, isKept: true });
      }
      for (const person of [anna, jonas]) {
        problems.push(...person.browser.problems());
        await person.profile.close();
        await comeBack(person);
        await person.tab.goto(`${server.url}/`);
        await see(person.tab, { role: 'heading', name: 'Chats' });
      }
    });

    test('chat: what either says is on both screens, once and in order', async () => {
      await addByNumber(server, anna.tab, jonas.phone);
      await say(anna.tab, 'Night train leaves 21:40');
      conversation = new URL(await anna.tab.ask(() => location.href, undefined)).pathname;
      await openChat(server, jonas.tab, anna.name);
      expect(await hear(jonas.tab, ['Night train leaves 21:40'])).toEqual(['Night train leaves 21:40']);
      await say(jonas.tab, 'I will be there');
      await hear(anna.tab, ['I will be there']);
      await say(anna.tab, 'Bring the long cable');
      const said = ['Night train leaves 21:40', 'I will be there', 'Bring the long cable'];
      for (const { tab } of [anna, jonas]) expect(await hear(tab, said)).toEqual(said);
    });

    test('group: who is put in one hears what is said there, and answers', async () => {
      await makeGroup(server, anna.tab, { title: 'Night shift', people: [jonas.name] });
      await say(anna.tab, 'Who has the keys?');
      await openChat(server, jonas.tab, 'Night shift');
      await hear(jonas.tab, ['Who has the keys?']);
      await say(jonas.tab, 'I have');
      for (const { tab } of [anna, jonas])
        expect(await hear(tab, ['Who has the keys?', 'I have'])).toEqual(['Who has the keys?', 'I have']);
    });

    test('deep link: an address opens what it names, in a tab of its own', async () => {
      const another = await jonas.browser.newTab();
      await another.goto(`${server.url}${conversation}`);
      await see(another, { role: 'heading', name: anna.name });
      expect(await hear(another, ['Bring the long cable'])).toEqual(['Bring the long cable']);
      await another.goto(`${server.url}/c/nothing-of-this-name`);
      await see(another, { role: 'heading', name: 'There is nothing at this address' });
      await another.close();
    });

    test('two tabs: both show the same, and whichever is closed, the other goes on', async () => {
      await openChat(server, jonas.tab, anna.name);
      await anna.tab.goto(`${server.url}${conversation}`);
      const first = anna.tab;
      const second = await anna.browser.newTab();
      await second.goto(`${server.url}${conversation}`);
      await hear(second, ['Bring the long cable']);
      const said = ['From the first', 'From the second', 'First again', 'Second again'];
      for (const [index, line] of said.entries()) {
        await say(index % 2 === 0 ? first : second, line);
        for (const tab of [first, second, jonas.tab]) await hear(tab, [line]);
      }
      await first.close();
      anna.tab = second;
      await say(second, 'Alone now');
      for (const tab of [second, jonas.tab]) expect(await hear(tab, [...said, 'Alone now'])).toEqual([...said, 'Alone now']);
    });

    test('catch-up: who was away is told that there is more, and finds all of it in order', async () => {
      await cutOff(jonas);
      const said = Array.from({ length: 8 }, (_, i) => `Log entry ${String(i + 1).padStart(2, '0')}`);
      for (const line of said) await say(anna.tab, line);
      await comeBack(jonas);
      await jonas.tab.goto(`${server.url}/chats`);
      await see(jonas.tab, text('unread messages'));
      await openChat(server, jonas.tab, anna.name);
      expect(await hear(jonas.tab, said)).toEqual(said);
    });

    test('offline start: with the server dead and the browser new, everything is there', async () => {
      await cutOff(anna);
      await server.kill();
      await comeBack(anna);
      await anna.tab.goto(`${server.url}/`);
      await see(anna.tab, { role: 'link', holds: jonas.name });
      await see(anna.tab, { role: 'link', holds: 'Night shift' });
      await anna.tab.goto(`${server.url}${conversation}`);
      expect(await hear(anna.tab, ['Log entry 08'])).toEqual(['Log entry 08']);
      await anna.tab.reload();
      expect(await hear(anna.tab, ['Log entry 08'])).toEqual(['Log entry 08']);
    });

    test('offline send and kill: what was written without a network outlives the browser, and arrives once', async () => {
      const said = ['Offline one', 'Offline two', 'Offline three'];
      for (const line of said) await say(anna.tab, line);
      await cutOff(anna);
      await server.start();
      await comeBack(anna);
      await anna.tab.goto(`${server.url}/`);
      const all = ['Log entry 08', ...said];
      expect(await hear(jonas.tab, all)).toEqual(all);
      await openChat(server, anna.tab, jonas.name);
      expect(await hear(anna.tab, all)).toEqual(all);
      await until(
        () => anna.tab.ask(() => document.querySelector('.message[data-own]:not([data-state=sent])') === null, undefined),
        'every tick',
      );
    });

    test('update: it is offered, taken when wanted, and a draft outlives it', async () => {
      await write(anna.tab, 'Half a sentence');
      const before = await scripts(anna.tab);
      site.publishNext();
      await anna.tab.ask(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()), undefined);
      await see(anna.tab, text('A new version is ready'));
      expect(await scripts(anna.tab)).toEqual(before);
      await click(anna.tab, { role: 'button', name: 'Update' });
      const after = await until(async () => {
        const now = await scripts(anna.tab);
        return now.length > 0 && now.every((name) => !before.includes(name)) && now;
      }, 'the new version to run');
      expect(after).toHaveLength(before.length);
      await openChat(server, anna.tab, jonas.name);
      await until(async () => (await written(anna.tab)) === 'Half a sentence', 'the draft');
      await send(anna.tab);
      expect(await hear(jonas.tab, ['Half a sentence'])).toEqual(['Half a sentence']);
    });

    test('sign-out: nothing of the person is left, and the address of a chat leads to the door', async () => {
      await jonas.tab.goto(`${server.url}/settings`);
      await click(jonas.tab, { role: 'button', holds: 'Sign out of this device' });
      await click(jonas.tab, { role: 'button', name: 'Sign out' });
      await see(jonas.tab, { role: 'textbox', name: 'Phone number' });
      const left = () =>
        indexedDB.databases().then((all) => all.map(({ name }) => name ?? '').filter((name) => name.startsWith('chatter-')));
      expect(await jonas.tab.ask(left, undefined)).toEqual([]);
      await jonas.tab.goto(`${server.url}${conversation}`);
      await see(jonas.tab, { role: 'textbox', name: 'Phone number' });
      await seeGone(jonas.tab, text('Offline three'));
    });

    test('nothing went wrong in any browser', () => {
      problems.push(...anna.browser.problems(), ...jonas.browser.problems());
      expect(problems).toEqual([]);
    });
  });
}

const scripts = (tab: Tab) =>
  tab.ask(
    () => [...document.scripts].map(({ src }) => new URL(src).pathname).filter((path) => path.startsWith('/assets/')),
    undefined,
  );
