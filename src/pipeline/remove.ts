import type { Alert } from '../core/alert/alert.ts';
import type { NewEvent } from '../core/history.ts';
import type { AlertAbout } from '../core/peer/entry.ts';
import { goneKey } from '../core/peer/merge.ts';
import type { Removal, Removed } from '../core/removal.ts';
import type { Submission } from '../core/submission.ts';
import type { Changes, IngestStore, Transaction } from '../stores/contract/ingest.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { PeerMark } from '../stores/contract/peers.ts';
import { type CommitPolicy, planChunk } from './commit.ts';

const NOTHING: Changes = {
  alerts: [],
  confirmed: [],
  incidents: [],
  events: [],
  instances: [],
  replays: [],
  samples: [],
};
// Alerts that end in one step of a transaction.
const CHUNK = 500;
// Characters of the labels of one.
const LABELS_TOLD = 2000;

/**
 * Removes what is asked in one transaction. What fires is ended first, as if its sender had told an end, so that its
 * incident and those who were told of it hear of that; the end of an instance leaves its alerts to retention.
 */
export function performRemoval(
  store: IngestStore,
  removal: Removal,
  policy: CommitPolicy,
  fence?: Lease,
): Promise<Removed & { readonly seq: number | null }> {
  return store.transaction((tx) => removeIn(tx, removal, policy), fence);
}

/** The same in a transaction of something else. */
export function removeIn(tx: Transaction, removal: Removal, policy: CommitPolicy) {
  return removal.kind === 'alerts' ? removeAlerts(tx, removal, policy) : forgetInstances(tx, removal, policy);
}

async function removeAlerts(tx: Transaction, removal: Removal & { kind: 'alerts' }, policy: CommitPolicy) {
  const found = await tx.findAlertsById([...new Set(removal.ids)]);
  const firing = found.filter(({ status }) => status === 'firing');
  const seq = await end(tx, firing, removal, 'deleted', policy);
  if (found.length === 0) return { removed: 0, ended: 0, seq };
  await tx.removeAlerts(found);
  const events = [...groupBy(found, ({ source, origin }) => origin || source)].map(([subjectId, alerts]) => {
    const names = alerts.map(({ name }) => name);
    // Nobody is told of what retention removes.
    const told = removal.reason === 'asked' ? { alerts: alerts.map(aboutOf) } : {};
    const data = { count: names.length, names: names.slice(0, 20), ...told };
    return eventOf(removal, subjectId, 'alerts_deleted', data, policy.now());
  });
  if (removal.reason === 'asked') await tx.savePeerMarks(found.map(goneMark), policy.now());
  return { removed: found.length, ended: firing.length, seq: (await tx.save({ ...NOTHING, events })) ?? seq };
}

async function forgetInstances(tx: Transaction, removal: Removal & { kind: 'instances' }, policy: CommitPolicy) {
  const found = (await tx.findInstances([...new Set(removal.instanceIds)])).map(({ instanceId }) => instanceId);
  let ended = 0;
  let seq: number | null = null;
  for (const id of found) {
    for (;;) {
      const firing = await tx.findFiringOfOrigin(id, CHUNK);
      seq = (await end(tx, firing, removal, 'forgotten', policy)) ?? seq;
      ended += firing.length;
      if (firing.length < CHUNK) break;
    }
  }
  if (found.length === 0) return { removed: 0, ended, seq };
  await tx.removeInstances(found);
  const events = found.map((id) => eventOf(removal, id, 'forgotten', {}, policy.now()));
  return { removed: found.length, ended, seq: (await tx.save({ ...NOTHING, events })) ?? seq };
}

async function end(
  tx: Transaction,
  alerts: readonly Alert[],
  { actor }: Removal,
  resolution: string,
  policy: CommitPolicy,
): Promise<number | null> {
  if (alerts.length === 0) return null;
  const now = policy.now();
  const submissions = alerts.map((alert): Submission => {
    const { source, origin, fingerprint, name, severity, labels, annotations, metrics, startedAt, observedAt } = alert;
    const incoming = {
      ...({ fingerprint, name, status: 'resolved', severity, labels, annotations, metrics, startedAt } as const),
      // As old as what was told last, which it ends.
      ...{ endedAt: now, observedAt, groupKey: name, resolution },
    };
    return { source, origin, actor, receivedAt: now, alerts: [incoming], errors: [], replay: null, instance: null };
  });
  return tx.save((await planChunk(tx, submissions, policy)).changes);
}

function groupBy(alerts: readonly Alert[], keyOf: (alert: Alert) => string): Map<string, Alert[]> {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) groups.set(keyOf(alert), [...(groups.get(keyOf(alert)) ?? []), alert]);
  return groups;
}

/** What another hub finds it by. */
function aboutOf({ id, source, origin, fingerprint, severity, labels, observedAt }: Alert): AlertAbout {
  // For filters of peers: a hundred alerts at their largest would be too much for one event.
  const told = JSON.stringify(labels).length > LABELS_TOLD ? {} : labels;
  return { id, source, origin, fingerprint, severity, labels: told, observedAt };
}

/** What is told of it late, and was seen before it was removed, does not bring it back. */
function goneMark(alert: Alert): PeerMark {
  return { key: goneKey(alert), stamp: alert.observedAt, id: alert.id };
}

function eventOf(
  { actor, by, reason, via }: Removal,
  subjectId: string,
  kind: string,
  data: Readonly<Record<string, unknown>>,
  at: number,
): NewEvent {
  return {
    at,
    subject: 'instance',
    subjectId,
    kind,
    reason,
    actor,
    data: { ...(by !== '' && { by }), ...data, ...(via !== undefined && { peer: via }) },
  };
}
