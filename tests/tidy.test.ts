import { describe, expect, test } from 'vitest';
import { arrows } from './arrows.ts';
import { type TextFile, readTree } from './tidy/tree.ts';
import { avoidedNames, brokenLinks, longFiles, machineTraces, unmatchedRules } from './tidy/document-checks.ts';
import {
  brokenImports,
  cycles,
  environmentReads,
  forbiddenImports,
  impurities,
  missingPlatforms,
  reexports,
  sideDoors,
  testingInProduct,
  undeclaredPackages,
} from './tidy/imports-checks.ts';
import { unheldRows } from './tidy/security-checks.ts';

type Check = (tree: readonly TextFile[]) => readonly string[];

interface Planted {
  readonly check: Check;
  /** A small repository with one violation. */
  readonly files: Readonly<Record<string, string>>;
  readonly named: string;
}

const checks: Readonly<Record<string, Planted>> = {
  'imports follow the arrows': {
    check: (tree) => forbiddenImports(tree, arrows),
    files: { 'app/sync/pusher.ts': `import { x } from './ports.ts';\nimport type { Db } from '../store/db.ts';` },
    named: 'app/sync/pusher.ts:2 imports app/store/db.ts, which tests/arrows.ts does not allow to app/sync',
  },
  'relative imports name a file with its ending': {
    check: brokenImports,
    files: { 'api/main.ts': `import './env';`, 'api/env.ts': '' },
    named: 'api/main.ts:1 imports ./env, which is no file',
  },
  'sync-protocol is entered by its door': {
    check: sideDoors,
    files: { 'api/core/writer.ts': `import { fold } from '../../sync-protocol/rules/fold.ts';` },
    named: 'api/core/writer.ts:1 imports ../../sync-protocol/rules/fold.ts: sync-protocol is entered by #sync-protocol',
  },
  'the product does not import tests': {
    check: testingInProduct,
    files: { 'app/gallery/main.ts': `import { aMessage } from '#sync-protocol/testing';` },
    named: 'app/gallery/main.ts:1 imports sync-protocol/testing.ts: only tests, bench and scripts may',
  },
  'what is imported is a dependency': {
    check: undeclaredPackages,
    files: { 'package.json': `{"devDependencies":{"vitest":"1"}}`, 'api/main.ts': `import 'vitest/node';` },
    named: 'api/main.ts:1 imports vitest/node, which package.json does not list as a dependency',
  },
  'the lock file is complete for every platform': {
    check: missingPlatforms,
    files: {
      'package-lock.json': `{"packages":{"node_modules/a":{"optionalDependencies":{"a-linux":"1","a-mac":"1"}},"node_modules/a-linux":{}}}`,
    },
    named: 'package-lock.json lacks a-mac, an optional dependency of node_modules/a: pin a version that is complete',
  },
  'only sync-protocol/index.ts re-exports': {
    check: reexports,
    files: { 'sync-protocol/index.ts': `export * from './ids.ts';`, 'app/ui/index.ts': `export { A } from './a.tsx';` },
    named: 'app/ui/index.ts:1 re-exports ./a.tsx: only sync-protocol/index.ts may',
  },
  'imports make no circle': {
    check: cycles,
    files: {
      'a.ts': `import './b.ts';`,
      'b.ts': `import type { C } from './c.ts';`,
      'c.ts': `import './a.ts'; await import('./c.ts');`,
    },
    named: 'cycle: a.ts -> b.ts -> c.ts -> a.ts',
  },
  'only env.ts reads the environment': {
    check: environmentReads,
    files: { 'api/env.ts': `process.env`, 'api/log.ts': `\nconst level = process.env['LEVEL'];` },
    named: 'api/log.ts:2 reads process.env: only env.ts may',
  },
  'pure rooms have no clock, chance or network': {
    check: impurities,
    files: { 'api/core/writer.ts': `const nowMs = Date.now(); const then = new Date(0);` },
    named: 'api/core/writer.ts:1 calls Date.now(): time, chance and the network are ports here',
  },
  'every rule of SPEC.md has a test': {
    check: unmatchedRules,
    files: { 'sync-protocol/SPEC.md': '**CU-1** …\n**CU-2** … (untested: it is a definition)', 'tests/a.test.ts': '' },
    named: 'rule CU-1 has no test: cite [CU-1] in one, or say (untested: why)',
  },
  'links in documents lead somewhere': {
    check: brokenLinks,
    files: { 'docs/a.md': '[b](../README.md#top) [c](gone.md) [d](https://example.org) `[e](no)`', 'README.md': '' },
    named: 'docs/a.md links to gone.md, which is not there',
  },
  'every trap of docs/security.md and every figure of docs/figures.md is held by a test': {
    check: unheldRows,
    files: {
      'docs/security.md': '| PT-01 | a | `tests/a.test.ts` “gone” |\n| PT-02 | b | Open: nobody asked. |',
      'docs/figures.md': '| R1 | a | Waits: it. |',
      'tests/a.test.ts': '',
    },
    named: 'docs/security.md: PT-01 names “gone” of tests/a.test.ts, which is not there',
  },
  'names avoid what the glossary avoids': {
    check: avoidedNames,
    files: {
      'docs/glossary.md': '**op** what a device asks.\n_Avoid:_ packet, sync item.',
      'api/a.ts': 'const pendingSyncItems = 1;',
    },
    named: 'api/a.ts:1 names pendingSyncItems: docs/glossary.md avoids "sync item"',
  },
  'files have at most 400 lines': {
    check: longFiles,
    files: { 'app/ui/all.css': 'a\n'.repeat(401), 'app/ui/some.css': 'a\n'.repeat(400) },
    named: 'app/ui/all.css has 401 lines: 400 are allowed',
  },
  'nothing names the machine it was written on': {
    check: machineTraces,
    files: { 'docs/a.md': 'see https://example.org/home/page\nrun /home/ann/bin/x' },
    named: 'docs/a.md:2 names /home/ann: only this machine knows it',
  },
};

const tree = readTree();

describe.each(Object.entries(checks))('%s', (_, { check, files, named }) => {
  test('in this repository', () => {
    expect(check(tree)).toEqual([]);
  });

  test('and a planted violation is named', () => {
    const planted = Object.entries(files).map(([path, text]) => ({ path, text }));
    expect(check(planted)).toEqual([named]);
  });
});
