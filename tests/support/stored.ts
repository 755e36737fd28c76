import type { Alert } from '../../src/core/alert/alert.ts';
import { alertKey } from '../../src/core/alert/identity.ts';
import type { Instance } from '../../src/core/cluster/instance.ts';
import type { NewEvent } from '../../src/core/history.ts';
import { type Incident, UNTOUCHED } from '../../src/core/incident/incident.ts';
import type { Silence } from '../../src/core/policy/silence.ts';
import type { AlertIdentity, AlertWrite, Changes } from '../../src/stores/contract/ingest.ts';
import type { Lease } from '../../src/stores/contract/leases.ts';
import type { Store } from '../../src/stores/contract/store.ts';

/** A time long past, so that nothing here depends on the clock. */
export const T = 1_700_000_000_000;

/** An id that sorts by its number, in the form of a UUIDv7. */
export function idOf(number: number): string {
  return `018bcfe5-6800-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** An alert as it is stored; the number makes its id and fingerprint. */
export function alert(number: number, fields: Partial<Alert> = {}): Alert {
  return {
    id: idOf(number),
    source: 'cluster',
    origin: 'web-1',
    fingerprint: `check-${number}`,
    name: 'CPU usage',
    status: 'firing',
    severity: 'warning',
    labels: { checker: 'cpu', instance_id: 'web-1' },
    annotations: { message: 'CPU at 95.2%' },
    metrics: { cpu_percent: 95.2, cores: [1, null, { a: true }] },
    startedAt: T - 1000,
    endedAt: null,
    observedAt: T - 10,
    receivedAt: T,
    lastSeenAt: T + 1,
    occurrences: 3,
    incidentId: null,
    expiresAt: null,
    ...fields,
  };
}

/** An incident as it is stored. */
export function incident(number: number, fields: Partial<Incident> = {}): Incident {
  return {
    id: idOf(number),
    key: `key-${number}`,
    title: `Incident ${number}`,
    severity: 'critical',
    openedAt: T,
    ...UNTOUCHED,
    resolvedAt: null,
    changedAt: T,
    alertCount: 4,
    firing: { critical: 1, warning: 2, info: 0 },
    ...fields,
  };
}

/** An event of an alert that the store has not yet numbered. */
export function event(number: number, fields: Partial<NewEvent> = {}): NewEvent {
  const data = { severity: 'critical', nested: { list: [1, 'two'] } };
  return {
    at: T + number,
    subject: 'alert',
    subjectId: idOf(1),
    kind: 'opened',
    reason: 'new',
    actor: 'cluster:web-1',
    data,
    ...fields,
  };
}

/** A silence as it is stored: for an hour from T on. */
export function silence(number: number, fields: Partial<Silence> = {}): Silence {
  return {
    id: idOf(number),
    kind: 'silence',
    matchers: [{ name: 'host', value: `db-${number}`, isRegex: false, isEqual: true }],
    startsAt: T,
    endsAt: T + 3_600_000,
    createdBy: 'ann',
    comment: 'a disk is being replaced',
    origin: 'api',
    createdAt: T,
    updatedAt: T + 1,
    replaces: null,
    endedAt: null,
    endedBy: null,
    ...fields,
  };
}

/** An instance as it is stored. */
export function instance(instanceId: string, fields: Partial<Instance> = {}): Instance {
  return {
    instanceId,
    hostname: `${instanceId}.example`,
    version: '1.2.3',
    firstSeenAt: T - 5000,
    lastSeenAt: T,
    clockOffsetMs: -420,
    staleAt: T + 60_000,
    silentSince: null,
    ...fields,
  };
}

/** Identity of an alert as a transaction asks for it. */
export function identityOf({ source, origin, fingerprint }: Alert): AlertIdentity {
  return { source, origin, fingerprint, key: alertKey(source, origin, fingerprint) };
}

/** An alert to be written. */
export function write(mode: AlertWrite['mode'], one: Alert, ref: number | null = null): AlertWrite {
  return { key: identityOf(one).key, mode, ref, alert: one, checkAt: null };
}

/** Changes of one transaction, empty where nothing is given. */
export function changes(fields: Partial<Changes>): Changes {
  return { alerts: [], confirmed: [], incidents: [], events: [], instances: [], replays: [], samples: [], ...fields };
}

/** Writes and commits. */
export function save(store: Store, fields: Partial<Changes>): Promise<number | null> {
  return store.transaction((tx) => tx.save(changes(fields)));
}

/** The lease of the sweep, for an hour unless told otherwise; throws when another holds it. */
export async function claimed(store: Store, holder = 'test', ttlMs = 3_600_000): Promise<Lease> {
  const lease = await store.claim('sweep', holder, ttlMs);
  if (lease === undefined) throw new Error('another holds the lease');
  return lease;
}
