import type { Action, ActionResult } from '../core/action/action.ts';
import { decideAction } from '../core/action/decide.ts';
import type { Alert } from '../core/alert/alert.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { Submission } from '../core/submission.ts';
import { sha256 } from '../lib/crypto/digest.ts';
import type { Changes, IngestStore, Transaction } from '../stores/contract/ingest.ts';
import type { ReadStore } from '../stores/contract/reads.ts';
import { wholeId } from '../stores/short-id.ts';
import { type CommitPolicy, planChunk } from './commit.ts';

/** What an action came to. */
export interface Acted {
  readonly result: ActionResult;
  /** The highest number of the events that it wrote; null where nothing changed. */
  readonly seq: number | null;
}

const NOTHING: Changes = { alerts: [], confirmed: [], incidents: [], events: [], instances: [], replays: [] };

/**
 * Does an action in one transaction, with all that follows from it. One that was done before under the same id is
 * answered as then. Throws when it could not be committed.
 */
export async function performAction(
  store: IngestStore & Pick<ReadStore, 'findIds'>,
  given: Action,
  policy: CommitPolicy,
): Promise<Acted> {
  const found = await wholeId(store, 'incidents', given.incidentId);
  if (typeof found === 'string') {
    const reason = found === 'none' ? 'not_found' : 'ambiguous_id';
    return refusal({ outcome: 'refused', reason, incident: null });
  }
  const action = { ...given, incidentId: found.id };
  return store.transaction(async (tx) => {
    const digest = digestOf(action);
    const known = await tx.findAction(action.id);
    if (known?.digest === digest) return { result: JSON.parse(known.result) as ActionResult, seq: null };
    if (known !== undefined) return refusal({ outcome: 'refused', reason: 'id_reused', incident: null });
    const { incident, latest, ending } = await involved(tx, action);
    const now = policy.now();
    const decision = decideAction(incident, action, now, latest);
    if (decision.outcome === 'refused') return refusal({ ...decision, incident: incident ?? null });
    const ended =
      decision.outcome === 'done' && decision.endsAlerts ? await endAlerts(tx, ending, action, policy) : NOTHING;
    const after = decision.outcome === 'done' ? afterEnd(decision.incident, ended) : incident;
    if (after === undefined) throw new Error('an action on no incident');
    const { outcome, reason } = decision;
    const result = { outcome, reason, incident: after } as ActionResult;
    // Its own turn is told once, by the action.
    const events = ended.events.filter((event) => event.subjectId !== after.id || event.kind !== 'resolved');
    const others = ended.incidents.filter(({ id }) => id !== after.id);
    const seq = await tx.save({
      ...ended,
      incidents: outcome === 'done' ? [...others, after] : [],
      events: decision.event === null ? [] : [...events, decision.event],
    });
    await tx.saveAction({ id: action.id, digest, result: JSON.stringify(result), at: now });
    return { result, seq };
  });
}

/** A refusal is not kept: asked again, it may be possible. */
function refusal(result: ActionResult): Acted {
  return { result, seq: null };
}

/** The incident, what else decides, and the alerts that may end with it: alerts are locked before incidents, as ingest does. */
async function involved(tx: Transaction, { kind, incidentId }: Action) {
  const ending = kind === 'resolve' || kind === 'close' ? await tx.findFiringOf(incidentId) : [];
  const [incident] = await tx.findIncidents([incidentId], []);
  if (kind !== 'reopen' || incident === undefined) return { incident, latest: undefined, ending };
  const latest = (await tx.findIncidents([], [incident.key]))[0];
  return { incident, latest, ending };
}

/**
 * Ends alerts as if their senders had told an end. What these go on telling is no news for half the time in which a refire
 * reopens the incident: what is still there then comes back to it, with all that people did about it.
 */
async function endAlerts(
  tx: Transaction,
  alerts: readonly Alert[],
  { actor }: Action,
  policy: CommitPolicy,
): Promise<Changes> {
  if (alerts.length === 0) return NOTHING;
  const now = policy.now();
  const submissions = alerts.map((alert): Submission => {
    const { source, origin, fingerprint, name, severity, labels, annotations, metrics, startedAt, observedAt } = alert;
    const incoming = {
      ...({ fingerprint, name, status: 'resolved', severity, labels, annotations, metrics, startedAt } as const),
      // As old as what was told last: an end that the sender tells, and whatever it tells after that, is not older.
      ...{ endedAt: now, observedAt, groupKey: name, resolution: 'ended_by_hand' },
      heldUntil: now + policy.reopenWithinMs / 2,
    };
    return { source, origin, actor, receivedAt: now, alerts: [incoming], errors: [], replay: null, instance: null };
  });
  return (await planChunk(tx, submissions, policy)).changes;
}

/** The decided incident, with what its alerts left of it; closed stays closed. */
function afterEnd(decided: Incident, { incidents }: Changes): Incident {
  const left = incidents.find(({ id }) => id === decided.id);
  return left === undefined ? decided : { ...left, status: decided.status, resolvedAt: decided.resolvedAt };
}

/** Stands for what is asked, whoever asks and whenever. */
function digestOf({ id: _, actor: __, ...asked }: Action): string {
  return sha256(JSON.stringify(asked, Object.keys(asked).sort()));
}
