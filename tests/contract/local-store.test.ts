import 'fake-indexeddb/auto';
import { openDexieBackend } from '../../app/store/dexie-backend.ts';
import { createLocalStore } from '../../app/store/local-store.ts';
import { createMemoryBackend } from '../../app/store/memory-backend.ts';
import type { Backend } from '../../app/store/tables.ts';
import { me } from './local-store-device.ts';
import { describeLocalStore } from './local-store.ts';

const open = (backend: Backend) => createLocalStore(backend, { user: me });
let databases = 0;

describeLocalStore('memory', async () => createMemoryBackend(), open);
describeLocalStore('dexie', () => openDexieBackend(`contract-${databases++}`, { onClosed: () => {} }), open);
