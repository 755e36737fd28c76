import { alertmanager } from './alertmanager.ts';
import { cluster } from './cluster.ts';
import type { Driver } from './contract.ts';
import { datadog } from './datadog.ts';
import { generic } from './generic.ts';
import { grafana } from './grafana.ts';
import { newrelic } from './newrelic.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { zabbix } from './zabbix.ts';

/** Every driver there is. */
export const DRIVERS: readonly Driver[] = [
  cluster,
  alertmanager,
  datadog,
  newrelic,
  opsgenie,
  zabbix,
  grafana,
  pagerduty,
  generic,
];

/** The drivers a process offers: `cluster` only where pushes of instances are wanted. */
export function enabledDrivers(options: { readonly clusterEnabled: boolean }): ReadonlyMap<string, Driver> {
  return new Map(
    DRIVERS.filter((driver) => driver.name !== 'cluster' || options.clusterEnabled).map((d) => [d.name, d]),
  );
}
