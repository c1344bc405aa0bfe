/** Ways of writing that ended badly elsewhere, and that this repository does without. */
import { expect, test } from 'vitest';
import { readTree } from '../tidy/tree.ts';

const product = readTree().filter(
  ({ path }) => /^(app|api|sync-protocol)\/.*\.tsx?$/.test(path) && !/\.test\.tsx?$|\/testing\.ts$/.test(path),
);

type Trap = { readonly what: string; readonly sought: RegExp; readonly planted: string };
const traps: readonly Trap[] = [
  { what: 'resending by the library, beside our outbox', sought: /\bretries:/, planted: 'io(url, { retries: 3 })' },
  { what: 'sockets that are taken over from before', sought: /connectionStateRecovery/, planted: 'connectionStateRecovery: {}' },
  { what: 'asking other servers for their sockets', sought: /\b(fetchSockets|serverSideEmit)\b/, planted: 'io.fetchSockets()' },
  {
    what: 'text that becomes elements',
    sought: /\b(innerHTML|outerHTML|insertAdjacentHTML|srcdoc)\b|document\.write/,
    planted: 'a.innerHTML = b',
  },
  { what: 'elements around the framework', sought: /dangerouslySetInnerHTML/, planted: '<p dangerouslySetInnerHTML={a} />' },
  { what: 'text that becomes code', sought: /\beval\(|new Function\(|setTimeout\(['"`]/, planted: 'new Function(text)' },
  // One of our own constants may be part of a pattern; nothing that was sent may.
  { what: 'expressions made of what was sent', sought: /new RegExp\((?!`)/, planted: 'new RegExp(query)' },
  {
    what: 'secrets where scripts can read them',
    sought: /(local|session)Storage\.setItem\([^)]*token/i,
    planted: "localStorage.setItem('token', token)",
  },
  {
    what: 'chance that can be guessed, for secrets',
    sought: /(token|code|secret)\w* = [^;]*Math\.random/i,
    planted: 'const code = Math.random()',
  },
  {
    what: 'archives, forms of many parts and images of others',
    sought: /from '(multer|busboy|formidable|sharp|unzipper)'/,
    planted: "from 'multer'",
  },
];

test.each(traps)('there is no $what', ({ sought, planted }) => {
  expect(planted).toMatch(sought);
  expect(product.length).toBeGreaterThan(200);
  expect(product.filter(({ text }) => sought.test(text)).map(({ path }) => path)).toEqual([]);
});
