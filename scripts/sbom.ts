/** Writes dist/sbom.json: what the product is made of, from the lock file, as CycloneDX. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.ts';
import { runCommand } from './run.ts';

const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'];
const { code, output } = await runCommand('npm', [...args, '--loglevel=silent']);
if (code !== 0) {
  process.stderr.write(`npm could not write it:\n${output}\n`);
  process.exit(1);
}
const path = join(root, 'dist', 'sbom.json');
mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(path, output);
const { components } = JSON.parse(output) as { readonly components: readonly unknown[] };
process.stdout.write(`${components.length} packages in dist/sbom.json\n`);
