import type { Alert, Labels } from '../../core/alert/alert.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { NewEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { ActionTransaction } from './actions.ts';
import type { EndpointTransaction } from './endpoints.ts';
import type { Lease } from './leases.ts';
import type { OwnKey } from './notices.ts';
import type { PeerTransaction } from './peers.ts';
import type { RemovalTransaction } from './removal.ts';
import type { SampleTransaction, SampleWrite } from './samples.ts';

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
  /** Figures of instances. */
  readonly samples: readonly SampleWrite[];
}

/** Identity of an alert. */
export interface AlertIdentity {
  readonly source: string;
  readonly origin: string;
  readonly fingerprint: string;
  /** One text for the three, as `alertKey` makes it. */
  readonly key: string;
}

/** What a message says of an alert whose identity it does not know. */
export interface NamedAlert {
  readonly source: string;
  readonly origin: string;
  readonly name: string;
}

/** A firing alert that bears a name. */
export interface FiringAlert {
  readonly identity: AlertIdentity;
  readonly labels: Labels;
}

/** How many alerts of one name are looked at, firing or not, of any source. */
export const NAMESAKES = 500;

/** A write transaction: what it reads stays as read until it has committed. */
export interface Transaction
  extends ActionTransaction,
    RemovalTransaction,
    EndpointTransaction,
    PeerTransaction,
    SampleTransaction {
  /** In the order of the identities; undefined where there is none. */
  findAlerts(identities: readonly AlertIdentity[]): Promise<readonly (StoredAlert | undefined)[]>;
  /**
   * For each of these its alerts that fire under that name, of the same source and origin. Empty, too, where more alerts
   * bear the name than are looked at (`NAMESAKES`): which of them is meant cannot be told.
   */
  findFiringByName(wanted: readonly NamedAlert[]): Promise<readonly (readonly FiringAlert[])[]>;
  /** How many alerts of an origin fire; `limit` for more than that. */
  countFiring(source: string, origin: string, limit: number): Promise<number>;
  /** What the alerts of these handles hold, in their order. */
  findContents(refs: readonly number[]): Promise<readonly AlertContent[]>;
  /** Incidents by id, and of each of the given keys the live one, or where none lives the last one by its id; each once. */
  findIncidents(ids: readonly string[], keys: readonly string[]): Promise<readonly Incident[]>;
  findInstances(ids: readonly string[]): Promise<readonly Instance[]>;
  /** Those of the keys by which this hub has told other tools of something. */
  findOwnKeys(keys: readonly string[]): Promise<readonly OwnKey[]>;
  findReplays(keys: readonly string[]): Promise<readonly ReplayRecord[]>;
  /** Gives the highest number of the events that it wrote; null where it wrote none. */
  save(changes: Changes): Promise<number | null>;
}

/** What ingest needs of a store. */
export interface IngestStore {
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
}
