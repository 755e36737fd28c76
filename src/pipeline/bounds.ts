import { alertKey } from '../core/alert/identity.ts';
import type { Instance } from '../core/cluster/instance.ts';
import { OWN_SOURCE, type Submission } from '../core/submission.ts';
import { createRecent, type Recent } from '../lib/recent.ts';
import type { Transaction } from '../stores/contract/ingest.ts';
import type { Entry } from './admit.ts';

/** How much may grow by the word of senders. */
export interface Bounds {
  /** Alerts of one origin that fire, at most: of an instance, or of a tool. */
  readonly alertsPerOrigin: number;
  /** Asks for a place among the instances that may become known now: 0 when there was one, else the seconds to wait. */
  readonly placeForInstance: (now: number) => number;
  /** What is known of the origins that spoke last. */
  readonly firing: Recent<Count>;
}

/** How many alerts of an origin fire: no fewer than really do, and when they were counted last. */
export interface Count {
  readonly most: number;
  readonly countedAt: number;
}

// Origins that are remembered at once, and how long a count of one that is full is believed.
const REMEMBERED = 20_000;
const BELIEVED_MS = 5000;

/** Bounds with a memory of their own. */
export function createBounds(alertsPerOrigin: number, placeForInstance: Bounds['placeForInstance']): Bounds {
  return { alertsPerOrigin, placeForInstance, firing: createRecent(REMEMBERED) };
}

/**
 * Holds what a batch says to the bounds. A push of an instance that nobody knew is refused, to be sent again, when too
 * many became known of late; of an origin that is full, alerts that are new and fire are left out, and its sender and
 * the operator are told. What is known already goes on, so nothing that fires is ever stuck.
 */
export async function holdToBounds(
  tx: Pick<Transaction, 'findAlerts' | 'countFiring'>,
  entries: readonly Entry[],
  instances: readonly Instance[],
  bounds: Bounds,
  now: number,
): Promise<void> {
  const known = new Set(instances.map(({ instanceId }) => instanceId));
  for (const entry of entries) {
    const { instance, receivedAt } = entry.submission;
    if (instance?.kind === 'seen' && instance.isVouched !== true && !known.has(instance.instanceId)) {
      const wait = bounds.placeForInstance(receivedAt);
      if (wait > 0) {
        entry.settled = { outcome: 'refused', reason: tooMany(instance.instanceId), retryAfterS: wait };
        continue;
      }
      known.add(instance.instanceId);
    }
    if (entry.submission.source === OWN_SOURCE) continue;
    entry.submission = await withinBound(tx, entry.submission, bounds, now);
  }
}

async function withinBound(
  tx: Pick<Transaction, 'findAlerts' | 'countFiring'>,
  submission: Submission,
  { alertsPerOrigin: most, firing }: Bounds,
  now: number,
): Promise<Submission> {
  const { source, origin, alerts } = submission;
  const wanted = alerts.filter(({ status }) => status === 'firing').length;
  if (wanted === 0) return submission;
  const key = JSON.stringify([source, origin]);
  let count = firing.get(key);
  // Repeats count as if they were new, so the memory runs ahead; before it decides anything, it is set right.
  if (count === undefined || (count.most + wanted > most && Math.abs(now - count.countedAt) >= BELIEVED_MS)) {
    count = { most: await tx.countFiring(source, origin, most), countedAt: now };
  }
  if (count.most + wanted <= most) {
    firing.set(key, { ...count, most: count.most + wanted });
    return submission;
  }
  firing.set(key, { ...count, most });
  const identities = alerts.map(({ fingerprint }) => ({
    ...{ source, origin, fingerprint, key: alertKey(source, origin, fingerprint) },
  }));
  const stored = await tx.findAlerts(identities);
  let room = Math.max(0, most - count.most);
  const kept = alerts.filter((alert, index) => {
    if (alert.status !== 'firing' || stored[index]?.status === 'firing') return true;
    room -= 1;
    return room >= 0;
  });
  const leftOut = alerts.length - kept.length;
  if (leftOut === 0) return submission;
  const message = full(leftOut, submission, most);
  return { ...submission, alerts: kept, errors: [...submission.errors, { path: 'alerts', message }], leftOut: message };
}

function tooMany(instanceId: string): string {
  return `${instanceId} is not known yet, and too many instances have become known within the hour (limits.new_instances); a key of its own (monitor keys create ${instanceId}) is always taken`;
}

function full(leftOut: number, { source, origin }: Submission, most: number): string {
  const whose = origin === '' ? source : origin;
  return `${leftOut} new alerts are left out: ${most} alerts of ${whose} fire already (limits.firing_alerts); end them, or remove them with monitor alerts delete`;
}
