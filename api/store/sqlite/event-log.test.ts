import { describeEventLog } from '../../../tests/contract/event-log.ts';
import { anOpenStore } from '../../../tests/contract/sqlite-store.ts';

describeEventLog('SQLite', async (clock) => (await anOpenStore({ clock })).eventLog);
