import { describeProfileChanges } from '../../../tests/contract/profile-changes.ts';
import { createMemoryEventLog } from './event-log.ts';

describeProfileChanges('memory', async () => createMemoryEventLog());
