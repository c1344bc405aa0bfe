import { describeEventLog } from '../../../tests/contract/event-log.ts';
import { createMemoryEventLog } from './event-log.ts';

describeEventLog('memory', async (clock) => createMemoryEventLog({ clock }));
