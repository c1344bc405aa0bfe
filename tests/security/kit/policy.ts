/** What makes a content security policy weaker than it looks. */

const scripts = ['script-src', 'script-src-elem', 'script-src-attr', 'worker-src', 'object-src', 'default-src'] as const;
const closed = ['default-src', 'object-src', 'base-uri', 'frame-ancestors'] as const;
const needed = [...closed, 'script-src', 'style-src', 'form-action', 'connect-src', 'require-trusted-types-for'] as const;

export function weaknessesOf(policy: string): readonly string[] {
  const parts = policy.split(';').map((part) => part.trim().split(/\s+/));
  const directives = new Map(parts.map(([name = '', ...sources]) => [name.toLowerCase(), sources]));
  const found: string[] = [];
  if (directives.size !== parts.length) found.push('a directive is given twice: only the first counts');
  for (const name of needed) if (!directives.has(name)) found.push(`${name} is missing`);
  for (const name of closed) if (directives.get(name)?.join() !== "'none'") found.push(`${name} is not 'none'`);
  for (const [name, sources] of directives) {
    for (const source of sources) {
      if (/^'(unsafe-|strict-dynamic|nonce-|sha\d)/.test(source)) found.push(`${name} allows ${source}`);
      if (/^(\*|https?:|wss?:)$|\*/.test(source)) found.push(`${name} allows anywhere by ${source}`);
      if (source === 'data:' && name !== 'img-src') found.push(`${name} allows data:`);
      if (source === 'blob:' && scripts.some((script) => script === name)) found.push(`${name} allows blob:`);
      if (/^https?:\/\//.test(source)) found.push(`${name} names another host, ${source}`);
    }
  }
  if (directives.get('script-src')?.join() !== "'self'") found.push('scripts come from elsewhere than the server');
  if (directives.get('trusted-types')?.includes('default') === true) found.push('a default policy takes any text');
  return found;
}
