import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What tests need from the machine: a Debian package each, and how to see that it is there. */
const tools: readonly { readonly debianPackage: string; readonly isPresent: () => boolean }[] = [
  { debianPackage: 'chromium', isPresent: () => chromiumPath() !== undefined },
  { debianPackage: 'firefox-esr', isPresent: () => firefoxPath() !== undefined },
  { debianPackage: 'webkit2gtk-driver', isPresent: () => answers('WebKitWebDriver', ['--help']) },
  { debianPackage: 'gjs', isPresent: () => answers('gjs', ['--version']) },
  {
    debianPackage: 'gir1.2-webkit2-4.1',
    isPresent: () => answers('gjs', ['-c', 'imports.gi.versions.WebKit2 = "4.1"; imports.gi.WebKit2']),
  },
  { debianPackage: 'xvfb', isPresent: () => answers('Xvfb', ['-help']) },
  { debianPackage: 'default-jdk-headless', isPresent: () => hasMongo() || answers('javac', ['-version']) },
  { debianPackage: 'maven', isPresent: () => hasMongo() || answers('mvn', ['--version']) },
  { debianPackage: 'golang', isPresent: () => hasMongo() || answers('go', ['version']) },
  { debianPackage: 'openssl', isPresent: () => answers('openssl', ['version']) },
  { debianPackage: 'fonts-noto-color-emoji', isPresent: () => hasFont('Noto Color Emoji') },
  { debianPackage: 'fonts-noto-cjk', isPresent: () => hasFont('Noto Sans CJK JP') },
  { debianPackage: 'faketime', isPresent: () => answers('faketime', ['--version']) },
  { debianPackage: 'strace', isPresent: () => answers('strace', ['-V']) },
  { debianPackage: 'curl', isPresent: () => answers('curl', ['--version']) },
];

/** Then nothing that only speaks its protocol is built. */
const hasMongo = (): boolean => (process.env['MONGODB_URI'] ?? '') !== '';

/** The Chromium that the browser tests drive; `CHROMIUM` names another one. */
export function chromiumPath(): string | undefined {
  const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return [process.env['CHROMIUM'] ?? '', ...places].find((path) => path !== '' && existsSync(path));
}

/** The Firefox that the three-engine tests drive; `FIREFOX` names another one. */
export function firefoxPath(): string | undefined {
  return [process.env['FIREFOX'] ?? '', '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
    (path) => path !== '' && existsSync(path),
  );
}

/** Returns one line that says what to do, or undefined when everything is there. Installs what is missing when it may. */
export function missingTools({ install }: { readonly install: boolean }): string | undefined {
  const missing = missingPackages();
  if (missing.length === 0) return undefined;
  const canInstall = process.getuid?.() === 0 && answers('apt-get', ['--version']);
  if (install && canInstall) {
    process.stdout.write(`Installing for the tests: ${missing.join(' ')} ...\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] };
    spawnSync('apt-get', ['update', '-q'], quiet);
    spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing, 'fontconfig'], quiet);
  }
  const still = missingPackages();
  if (still.length === 0) return undefined;
  return `The tests need what this machine does not have. Run: sudo apt-get install -y ${still.join(' ')}`;
}

function missingPackages(): readonly string[] {
  return tools.filter(({ isPresent }) => !isPresent()).map(({ debianPackage }) => debianPackage);
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function hasFont(family: string): boolean {
  const listed = spawnSync('fc-list', [family], { encoding: 'utf8' });
  return listed.status === 0 && listed.stdout.trim() !== '';
}
