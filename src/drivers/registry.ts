import { alertmanager } from './alertmanager.ts';
import { cluster } from './cluster.ts';
import type { Driver } from './contract.ts';

/** Every driver there is. */
export const DRIVERS: readonly Driver[] = [cluster, alertmanager];

/** The drivers a process offers: `cluster` only where pushes of instances are wanted. */
export function enabledDrivers(options: { readonly clusterEnabled: boolean }): ReadonlyMap<string, Driver> {
  return new Map(
    DRIVERS.filter((driver) => driver.name !== 'cluster' || options.clusterEnabled).map((d) => [d.name, d]),
  );
}
