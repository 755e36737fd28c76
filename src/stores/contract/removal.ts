import type { Alert } from '../../core/alert/alert.ts';

/** What removal reads and writes within its transaction, beside what ingest does. */
export interface RemovalTransaction {
  /** Alerts by id, whole; locked until the commit. */
  findAlertsById(ids: readonly string[]): Promise<readonly Alert[]>;
  /** Alerts of an instance that fire, of whatever source, whole; at most `limit`, and locked. */
  findFiringOfOrigin(origin: string, limit: number): Promise<readonly Alert[]>;
  /** Removes alerts that do not fire, with their events. */
  removeAlerts(alerts: readonly Alert[]): Promise<void>;
  removeInstances(ids: readonly string[]): Promise<void>;
}
