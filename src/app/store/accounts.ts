import type { AccessChange, AccessResult } from '../../core/access/change.ts';
import type { Clock } from '../../lib/clock.ts';
import { performAccessChange } from '../../pipeline/access.ts';
import type { AccessReads } from '../../stores/contract/access.ts';
import { openKeyStore, type StoreSettings } from './open.ts';

// The step of the schema that has tokens, people and sessions.
const SCHEMA = 18;

/** Who has access, kept in the hub's own store; every running hub sees a change with its next request. */
export interface Accounts
  extends Pick<AccessReads, 'listTokens' | 'listPeople' | 'listSessions' | 'findPerson' | 'findToken'> {
  change(change: AccessChange): Promise<AccessResult>;
}

/** Opens the store of these settings for as long as `work` takes. Throws StoreError when it cannot be opened. */
export async function withAccounts<T>(
  settings: StoreSettings,
  clock: Clock,
  work: (accounts: Accounts) => Promise<T>,
): Promise<T> {
  // Never made here: a person in a store that no hub reads would look like one who can log in.
  const store = await openKeyStore(settings, clock, SCHEMA);
  try {
    return await work({
      ...store,
      change: async (change) => (await performAccessChange(store, change, clock.now)).result,
    });
  } finally {
    await store.close();
  }
}
