import type { Alert, AlertStatus, Severity } from '../../core/alert/alert.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { HistoryEvent, NewEvent } from '../../core/history.ts';
import type { Incident, IncidentStatus } from '../../core/incident/incident.ts';
import type { Lease, Leases } from './leases.ts';
import type { Retention } from './retention.ts';
import type { Sources } from './source-reports.ts';

/** The maps of an alert as they are kept together. */
export type AlertContent = Pick<Alert, 'labels' | 'annotations' | 'metrics'>;

/** The part of a stored alert that ingest reads; `ref` is the store's own handle for writing it back. */
export interface StoredAlert
  extends Omit<Alert, 'source' | 'origin' | 'fingerprint' | keyof AlertContent | 'lastSeenAt'> {
  readonly ref: number;
}

/** An alert to be written: `insert` is new, `update` may change any column, `refresh` none that is indexed. */
export interface AlertWrite {
  /** Its identity as one text. */
  readonly key: string;
  readonly mode: 'insert' | 'update' | 'refresh';
  /** The store's handle; null for an insert. */
  readonly ref: number | null;
  readonly alert: Alert;
  /**
   * When `dueExpiries` shall look at it: set when its `expiresAt` begins or comes earlier, else null. Later expiries need
   * no write but that of the alert itself: the look finds them.
   */
  readonly checkAt: number | null;
}

/** A stored alert that stays as it is, and is now known to hold up to another observation. */
export interface AlertConfirmation {
  /** Its identity as one text. */
  readonly key: string;
  /** The store's handle. */
  readonly ref: number;
  readonly observedAt: number;
}

/** A request that named itself, kept for as long as it may be repeated. */
export interface ReplayRecord {
  /** Credential and nonce, or the vendor's delivery id. */
  readonly key: string;
  readonly signature: string;
  /** The answer it was given, as JSON text. */
  readonly answer: string;
  readonly at: number;
}

/** All that one transaction of ingest writes. */
export interface Changes {
  readonly alerts: readonly AlertWrite[];
  /** None that is among `alerts`. */
  readonly confirmed: readonly AlertConfirmation[];
  /** Whole rows, by id: inserted or replaced. */
  readonly incidents: readonly Incident[];
  readonly events: readonly NewEvent[];
  /** Whole rows, by instance id: inserted or replaced. */
  readonly instances: readonly Instance[];
  readonly replays: readonly ReplayRecord[];
}

/** Identity of an alert. */
export interface AlertIdentity {
  readonly source: string;
  readonly origin: string;
  readonly fingerprint: string;
  /** One text for the three, as `alertKey` makes it. */
  readonly key: string;
}

/** A write transaction: what it reads stays as read until it has committed. */
export interface Transaction {
  /** In the order of the identities; undefined where there is none. */
  findAlerts(identities: readonly AlertIdentity[]): Promise<readonly (StoredAlert | undefined)[]>;
  /** What the alerts of these handles hold, in their order. */
  findContents(refs: readonly number[]): Promise<readonly AlertContent[]>;
  /** Incidents by id, and of each of the given keys the live one, or where none lives the last one by its id; each once. */
  findIncidents(ids: readonly string[], keys: readonly string[]): Promise<readonly Incident[]>;
  findInstances(ids: readonly string[]): Promise<readonly Instance[]>;
  findReplays(keys: readonly string[]): Promise<readonly ReplayRecord[]>;
  save(changes: Changes): Promise<void>;
}

/** Alerts that nobody could tell again while no hub was up: heard last `before` it, they have time `until` then. */
export interface Grace {
  readonly before: number;
  readonly until: number;
}

/** Firing alerts whose `expiresAt` has passed, and whether there may be more of them. */
export interface Expired {
  readonly alerts: readonly Alert[];
  readonly more: boolean;
}

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

/** A key with which one instance may push. The secret is kept as it is, for an HMAC cannot be checked from a hash. */
export interface InstanceKey {
  readonly id: string;
  readonly instanceId: string;
  readonly secret: string;
  readonly createdAt: number;
  /** From then on it is refused; null while it has no end. */
  readonly expiresAt: number | null;
}

/** What keeps alerts, incidents and their history. Every store passes the same contract suite. */
export interface Store extends Leases, Retention, Sources {
  /** Name of the engine. */
  readonly engine: 'sqlite' | 'postgres';
  /**
   * How many alerts a transaction is best given at a time: few where a statement costs little, for what was made of them
   * is then soon done with; no bound where every statement is a round trip.
   */
  readonly chunkAlerts: number;
  /**
   * Runs `work` alone and commits what it saved; when it throws, nothing is kept and the error is thrown on. With a
   * lease as its `fence`, that lease is checked first and cannot be taken before the commit; throws FencedError.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, fence?: Lease): Promise<T>;
  listAlerts(query: AlertQuery): Promise<Page<AlertView>>;
  findAlert(id: string): Promise<AlertView | undefined>;
  /** The newest `limit` events of a subject, oldest first. */
  history(subjectIds: readonly string[], limit: number): Promise<readonly HistoryEvent[]>;
  listIncidents(query: IncidentQuery): Promise<Page<Incident>>;
  findIncident(id: string): Promise<Incident | undefined>;
  listInstances(query: PageQuery): Promise<Page<Instance>>;
  /** Instances heard of whose `staleAt` has passed and that are not yet known to be silent; at most `limit`. */
  staleInstances(now: number, limit: number): Promise<readonly Instance[]>;
  /**
   * Says that a hub is up, by the clock of the database, and moves on the `staleAt` of every instance not yet silent by
   * the time for which none was: from the last such word to `upSince` (of the same clock). Gives that time in
   * milliseconds; 0 when there was none, and at the first start.
   */
  heartbeat(upSince: number, fence: Lease): Promise<number>;
  /**
   * Looks at alerts whose look is due at `now`, at most `limit`: gives those that have expired, moves the look at the
   * others on, and forgets it for those that do not expire any more. The given ones stay due until they have resolved.
   */
  dueExpiries(now: number, grace: Grace, limit: number): Promise<Expired>;
  /** Forgets replays older than `before`, at most `limit`; gives how many. */
  pruneReplays(before: number, limit: number, fence: Lease): Promise<number>;
  createKey(key: InstanceKey): Promise<void>;
  findKey(id: string): Promise<InstanceKey | undefined>;
  listKeys(): Promise<readonly InstanceKey[]>;
  /** Ends a key at a time; false when there is none with that id. */
  expireKey(id: string, at: number): Promise<boolean>;
  /** Writes and commits something small; throws with the engine's reason when it cannot. */
  checkWritable(now: number): Promise<void>;
  close(): Promise<void>;
}
