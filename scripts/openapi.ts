/** Writes docs/openapi.json from the table of routes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../api/http/openapi.ts';
import { root } from './root.ts';
import { runTool } from './run.ts';

const path = join(root, 'docs', 'openapi.json');
writeFileSync(path, JSON.stringify(openApiDocument()));
await runTool('node_modules/oxfmt/bin/oxfmt', [path]);
