import type { UserId } from '#sync-protocol';
import { createAccounts } from '../../api/core/accounts.ts';
import { createDirectory } from '../../api/core/accounts-directory.ts';
import type { AccountStore } from '../../api/core/accounts-ports.ts';
import { createCodeWatch } from '../../api/core/code-watch.ts';
import { createCodes } from '../../api/core/codes.ts';
import { createNumbers } from '../../api/core/numbers.ts';
import { createPins } from '../../api/core/pins.ts';
import { createSessions } from '../../api/core/sessions.ts';
import { createPhoneNumbers } from '../../api/gateways/phone.ts';
import { createMemoryLimit } from '../../api/limits/memory-limit.ts';
import { createLog } from '../../api/log.ts';
import { createMemoryAccounts } from '../../api/store/memory/accounts.ts';
import { createCheapSecrets } from './cheap-secrets.ts';

const hourMs = 3_600_000;
export const annsNumber = '+41446681800';
const silent = createLog({ level: 'silent', serverId: 'test' });

type AccountsWorld = {
  readonly perAddress?: number;
  readonly perBlock?: number;
  readonly inAll?: number;
  readonly countries?: readonly string[];
  readonly store?: AccountStore;
};

/** Everything of signing in but HTTP: codes are kept instead of sent, hashes are fast, the clock is set by hand. */
export function createAccountsWorld(world: AccountsWorld = {}) {
  const { perAddress = 1e6, perBlock = 1e6, inAll = 1e6, countries = [], store = createMemoryAccounts() } = world;
  const clock = { nowMs: 1_700_000_000_000, now: () => clock.nowMs };
  const secrets = createCheapSecrets();
  const sessions = createSessions({ store, secrets, clock, log: silent });
  const phones = createPhoneNumbers();
  const sent: { phone: string; code: string }[] = [];
  const codes = createCodes({
    store,
    secrets,
    clock,
    phones,
    sms: { sendCode: async (phone, code) => void sent.push({ phone, code }) },
    codesPerAddress: createMemoryLimit({ max: perAddress, ms: hourMs }),
    codesPerBlock: createMemoryLimit({ max: perBlock, ms: hourMs }),
    codesInAll: createMemoryLimit({ max: inAll, ms: hourMs }),
    countries,
    watch: createCodeWatch({ clock, log: silent }),
  });
  const pins = createPins({ store, secrets, clock });
  const accounts = createAccounts({ store, codes, pins, sessions, secrets, clock });
  const told: UserId[] = [];
  const bugs: unknown[] = [];
  const telling = {
    fails: false,
    tell: async (user: UserId) => {
      if (telling.fails) throw new Error('cannot tell');
      told.push(user);
    },
  };
  const reportBug = (error: unknown) => void bugs.push(error);
  const numbers = createNumbers({ store, codes, pins, tell: (user) => telling.tell(user), reportBug });
  const directory = createDirectory({ store, secrets, clock, phones });

  const ask = (phone = annsNumber, address = 'a') => accounts.start({ phone, address });
  const code = () => sent.at(-1)!.code;
  const wrong = () => (/[^0]/.test(code()) ? code().replaceAll(/\d/g, '0') : '1'.repeat(code().length));
  const verify = (requestId: string, given: string, name?: string) =>
    accounts.verify({ requestId, code: given, name, label: '' });

  async function signIn(phone = annsNumber, name = 'Ann', more: { pin?: string; anew?: boolean } = {}) {
    const { requestId } = await ask(phone);
    const verified = await accounts.verify({ requestId, code: code(), name, label: '', ...more });
    if (verified.kind !== 'signed-in') throw new Error(`not signed in: ${verified.kind}`);
    return { ...verified, caller: { user: verified.account.user, device: verified.session.stored.device } };
  }
  const ways = { ask, code, wrong, verify, signIn };
  return { clock, store, sessions, accounts, numbers, pins, directory, sent, told, telling, bugs, ...ways };
}
