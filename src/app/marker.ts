import { randomInt } from 'node:crypto';
import type { Store } from '../stores/contract/store.ts';

// What randomInt gives at most, and far more than there are hubs.
const MOST = 2 ** 48 - 1;

/** The number of the hub whose store this is: drawn once, the same for all hubs that share it. */
export function hubNumber(store: Pick<Store, 'hubId'>): Promise<number> {
  return store.hubId(randomInt(1, MOST));
}

/**
 * What stands in every notice of this hub, so that it knows its own when they come back by another tool: the same for all
 * hubs that share a store, drawn once, and no secret.
 */
export async function hubMarker(store: Pick<Store, 'hubId'>): Promise<string> {
  return `mh-${(await hubNumber(store)).toString(16).padStart(12, '0')}`;
}
