import { describeDeviceLinkStore } from '../../../tests/contract/device-link-store.ts';
import { createMemoryDeviceLinks } from './device-links.ts';

describeDeviceLinkStore('memory', async () => createMemoryDeviceLinks());
