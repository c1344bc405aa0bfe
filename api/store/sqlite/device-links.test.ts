import { describeDeviceLinkStore } from '../../../tests/contract/device-link-store.ts';
import { anOpenStore } from '../../../tests/contract/sqlite-store.ts';
import { createSqliteDeviceLinks } from './device-links.ts';

describeDeviceLinkStore('SQLite', async () => createSqliteDeviceLinks(await anOpenStore()));
