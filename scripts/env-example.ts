/** Writes .env.example from the schema in api/env.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envExample } from '../api/env.ts';
import { root } from './root.ts';

writeFileSync(join(root, '.env.example'), envExample());
