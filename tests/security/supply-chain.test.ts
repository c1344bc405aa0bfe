/** What comes from others: known by content, from one place, running nothing when it is installed, and under licences that fit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/root.ts';
import { runCommand, runTool } from '../../scripts/run.ts';

type Locked = {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly dev?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
};
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
const manifest = read('package.json') as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const lock = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const product = packages.filter(([, { dev }]) => dev !== true);

test('every package of the lock file is known by its content, and none by where it came from', () => {
  expect(packages.length).toBeGreaterThan(300);
  // A package inside another one's archive is covered by that one's hash.
  const unknown = packages.filter(
    ([, { integrity, inBundle }]) => inBundle !== true && integrity?.startsWith('sha512-') !== true,
  );
  expect(unknown.map(([path]) => path)).toEqual([]);
  expect(packages.filter(([, { resolved, link }]) => resolved !== undefined || link === true).map(([path]) => path)).toEqual([]);
  expect(JSON.stringify(lock)).not.toMatch(/"resolved"|git\+|github:|file:/);
});

test('what is asked for is a version, not an address', () => {
  const asked = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(asked.filter(([, version]) => !/^[\^~]?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('nothing runs while it is installed but what is allowed by name', () => {
  const running = packages.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => nameOf(path));
  const { allowScripts } = manifest;
  expect(running.filter((name) => !(name in allowScripts))).toEqual([]);
  expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(['node']);
});

const fitting =
  /^(MIT|MIT-0|ISC|0BSD|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|OFL-1\.1|CC-BY-4\.0|CC0-1\.0|Python-2\.0|Unlicense)$/;
/** Used as they are, beside our code: what they ask for is that changes to their own files are published. */
const unchanged = /^(lightningcss|@axe-core\/|axe-core)/;

/** What says so only in a file of its own. */
const saidElsewhere: Readonly<Record<string, string>> = { 'xmlhttprequest-ssl': 'MIT' };

test('every package of the product is under a licence that fits ours', () => {
  const fits = ([path, { license = saidElsewhere[nameOf(path)] ?? '' }]: (typeof product)[number]): boolean => {
    const options = license.replaceAll(/[()]/g, '').split(/ OR /);
    return (
      options.some((option) => option.split(' AND ').every((one) => fitting.test(one) || one === 'Zlib')) ||
      unchanged.test(nameOf(path))
    );
  };
  expect(product.filter((one) => !fits(one)).map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});

test('npm run sbom lists every package of the product', async () => {
  const { code, output } = await runTool('scripts/sbom.ts', []);
  expect(code, output).toBe(0);
  const { components } = read('dist/sbom.json') as {
    readonly components: readonly { readonly purl: string; readonly hashes?: readonly { readonly content: string }[] }[];
  };
  const listed = new Set(components.map(({ purl }) => decodeURIComponent(purl)));
  for (const name of Object.keys(manifest.dependencies))
    expect(listed).toContain(`pkg:npm/${name}@${lock.packages[`node_modules/${name}`]?.version}`);
  expect(components).toHaveLength(product.length);
  // SHA-512 has 64 bytes.
  for (const { hashes } of components) for (const { content } of hashes ?? []) expect(content).toHaveLength(128);
});

test('nothing in the product has a known hole that is high or critical (may skip: the registry does not answer)', async ({
  skip,
}) => {
  const { output } = await runCommand('npm', ['audit', '--omit=dev', '--json', '--loglevel=silent', '--audit=true']);
  const said = JSON.parse(output.slice(output.indexOf('{'))) as {
    readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
  };
  if (!said.metadata) {
    process.stdout.write('\n      npm audit: the registry does not answer, so nothing was looked up\n');
    skip();
  }
  expect(said.metadata?.vulnerabilities).toMatchObject({ high: 0, critical: 0 });
});
