import type { IncomingAlert } from '../core/alert/alert.ts';
import type { Instance } from '../core/cluster/instance.ts';
import type { InstanceSignal, Submission } from '../core/submission.ts';

const FINGERPRINT = 'instance-silent';
/** Key of the incident of all instances that are silent together with many others. */
export const SILENT_GROUP = 'instances-silent';
// A push is heard to the second: an instance that says the same again sooner is not written again.
const HEARD_TO_MS = 1000;
// Hubs differ by moments, and submissions overtake each other; a time further ahead is of a clock set back since.
const AHEAD_MS = 300_000;

/** What became of the instances of a batch. */
export interface Presence {
  /** Rows to write, by instance id. */
  readonly instances: ReadonlyMap<string, Instance>;
  /** The hub's own alert about the instance of a submission, if there is one to raise or to end. */
  alertFor(submission: Submission): IncomingAlert | null;
}

/**
 * Stage 2: a push moves the time at which its instance counts as silent; an instance that is silent too long gets an
 * alert of its own, which its next push ends. The sweep's word is checked again here, for a push may have come first.
 */
export function markPresence(
  submissions: readonly Submission[],
  found: readonly Instance[],
  staleAfterMs: number,
): Presence {
  const known = new Map(found.map((instance) => [instance.instanceId, instance]));
  const written = new Map<string, Instance>();
  const alerts = new Map<Submission, IncomingAlert>();
  for (const submission of submissions) {
    if (submission.instance === null) continue;
    const { instanceId } = submission.instance;
    const before = written.get(instanceId) ?? known.get(instanceId);
    const after = next(before, submission, staleAfterMs);
    if (after === undefined || after === before) continue;
    written.set(instanceId, after);
    const wasSilent = before !== undefined && before.silentSince !== null;
    if (wasSilent !== (after.silentSince !== null)) {
      const isOneOfMany = submission.instance.kind === 'silent' && submission.instance.isOneOfMany === true;
      alerts.set(submission, silenceAlert(after, submission.receivedAt, isOneOfMany));
    }
  }
  return { instances: written, alertFor: (submission) => alerts.get(submission) ?? null };
}

function next(
  before: Instance | undefined,
  { instance, receivedAt: now }: Submission,
  staleAfterMs: number,
): Instance | undefined {
  if (instance?.kind === 'seen') {
    const { instanceId, hostname, version, clockOffsetMs, heartbeat } = instance;
    if (before !== undefined && isRepeat(before, instance) && now - lastHeard(before, now) < HEARD_TO_MS) return before;
    const lastSeenAt = Math.max(now, lastHeard(before, now));
    const heard = {
      firstSeenAt: before?.firstSeenAt ?? now,
      lastSeenAt,
      staleAt: lastSeenAt + (instance.staleAfterMs ?? staleAfterMs),
      silentSince: null,
    };
    return { instanceId, hostname, version, clockOffsetMs, ...heard, ...(heartbeat !== undefined && { heartbeat }) };
  }
  if (before === undefined || before.silentSince !== null || before.staleAt > now) return undefined;
  return { ...before, silentSince: now };
}

/** When it was heard last, as far as that can be believed. */
function lastHeard(before: Instance | undefined, now: number): number {
  return before === undefined || before.lastSeenAt > now + AHEAD_MS ? 0 : before.lastSeenAt;
}

function isRepeat(before: Instance, signal: InstanceSignal & { readonly kind: 'seen' }): boolean {
  const { hostname, version, heartbeat } = signal;
  const isSame = before.hostname === hostname && before.version === version && before.heartbeat === heartbeat;
  return before.silentSince === null && isSame;
}

function silenceAlert(instance: Instance, now: number, isOneOfMany: boolean): IncomingAlert {
  const silent = instance.silentSince !== null;
  const { instanceId, hostname, lastSeenAt } = instance;
  const message = silent
    ? `${instanceId} has not been heard since ${new Date(lastSeenAt).toISOString()}; what its other alerts say is not known`
    : `${instanceId} is heard again`;
  return {
    fingerprint: FINGERPRINT,
    name: 'Instance silent',
    status: silent ? 'firing' : 'resolved',
    severity: 'critical',
    labels: { instance_id: instanceId, hostname },
    annotations: { message },
    metrics: {},
    startedAt: silent ? lastSeenAt : now,
    endedAt: silent ? null : now,
    // What silence knows is as old as the last push; so the next one ends it, even one that arrived a moment before, or
    // at a hub whose clock is behind that of the one that heard the last.
    observedAt: lastSeenAt,
    ...(isOneOfMany
      ? { groupKey: SILENT_GROUP, incidentTitle: 'Many instances are silent' }
      : { groupKey: `instance:${instanceId}` }),
  };
}
