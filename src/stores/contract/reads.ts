import type { Alert, AlertStatus, Severity } from '../../core/alert/alert.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { HistoryEvent } from '../../core/history.ts';
import type { Incident, IncidentStatus } from '../../core/incident/incident.ts';

/** One page of a list, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null at the end. */
  readonly nextCursor: string | null;
}

/** Which page of a list. */
export interface PageQuery {
  /** 1 to 500. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

/** An alert as people see it: `unknown` while its instance is silent, for then neither red nor green is known. */
export type AlertView = Omit<Alert, 'status'> & { readonly status: AlertStatus | 'unknown' };

/** Filters of the list of alerts; all given ones must hold. */
export interface AlertQuery extends PageQuery {
  readonly status?: AlertStatus | 'unknown';
  readonly severity?: Severity;
  readonly source?: string;
  readonly instanceId?: string;
  /** With `instanceId`: alerts of the hub's own machine too, which have no origin. */
  readonly orLocal?: boolean;
  readonly name?: string;
  readonly incidentId?: string;
}

/** Filters of the list of incidents; all given ones must hold. */
export interface IncidentQuery extends PageQuery {
  readonly status?: IncidentStatus;
  readonly severity?: Severity;
  /** Incidents with an alert of this instance. */
  readonly instanceId?: string;
  /** With `instanceId`: with an alert of the hub's own machine too. */
  readonly orLocal?: boolean;
}

/** What is read to be shown. */
export interface ReadStore {
  listAlerts(query: AlertQuery): Promise<Page<AlertView>>;
  findAlert(id: string): Promise<AlertView | undefined>;
  /** The newest `limit` events of a subject, oldest first. */
  history(subjectIds: readonly string[], limit: number): Promise<readonly HistoryEvent[]>;
  listIncidents(query: IncidentQuery): Promise<Page<Incident>>;
  findIncident(id: string): Promise<Incident | undefined>;
  /** Ids of alerts or incidents that begin so, in order; at most `limit`. `prefix` has the characters of an id. */
  findIds(table: 'alerts' | 'incidents', prefix: string, limit: number): Promise<readonly string[]>;
  listInstances(query: PageQuery): Promise<Page<Instance>>;
}
