import type { Alert } from '../../core/alert/alert.ts';
import type { Incident } from '../../core/incident/incident.ts';

/** An action that was done, kept for as long as it may be asked again under the same id. */
export interface ActionRecord {
  readonly id: string;
  /** Stands for what was asked: the same id with another one is another action. */
  readonly digest: string;
  /** What it came to, as JSON text. */
  readonly result: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/** What actions read and write within their transaction, beside what ingest does. */
export interface ActionTransaction {
  /** Alerts of an incident that fire, whole; locked until the commit. */
  findFiringOf(incidentId: string): Promise<readonly Alert[]>;
  /** Alerts of an incident that a person ended, and of which their senders are not believed yet at `now`; whole, and locked. */
  findHeldOf(incidentId: string, now: number): Promise<readonly Alert[]>;
  /** Incidents whose acknowledgement has run out at `now`, the first to run out first; at most `limit`, and locked. */
  findOverdueAcknowledgements(now: number, limit: number): Promise<readonly Incident[]>;
  findAction(id: string): Promise<ActionRecord | undefined>;
  saveAction(record: ActionRecord): Promise<void>;
}
