import type { Action, ActionResult } from '../core/action/action.ts';
import { type ActionDecision, decideAction, expireAcknowledgement } from '../core/action/decide.ts';
import type { Alert } from '../core/alert/alert.ts';
import type { NewEvent } from '../core/history.ts';
import type { Incident } from '../core/incident/incident.ts';
import { isLaterAct, registerOf, stampOf } from '../core/peer/merge.ts';
import type { Submission } from '../core/submission.ts';
import { sha256 } from '../lib/crypto/digest.ts';
import type { Changes, IngestStore, Transaction } from '../stores/contract/ingest.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { ReadStore } from '../stores/contract/reads.ts';
import { wholeId } from '../stores/short-id.ts';
import { type CommitPolicy, planChunk } from './commit.ts';

/** What an action came to. */
export interface Acted {
  readonly result: ActionResult;
  /** The highest number of the events that it wrote; null where nothing changed. */
  readonly seq: number | null;
}

const NOTHING: Changes = {
  alerts: [],
  confirmed: [],
  incidents: [],
  events: [],
  instances: [],
  replays: [],
  samples: [],
};

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
  if (found === 'none') return refusal({ outcome: 'refused', reason: 'not_found', incident: null });
  if ('candidates' in found)
    return refusal({ outcome: 'refused', reason: 'ambiguous_id', incident: null, candidates: found.candidates });
  return store.transaction((tx) => actIn(tx, { ...given, incidentId: found.id }, policy));
}

/** The same in a transaction of something else, with the whole id of the incident. */
export async function actIn(tx: Transaction, action: Action, policy: CommitPolicy): Promise<Acted> {
  const digest = digestOf(action);
  const known = await tx.findAction(action.id);
  if (known?.digest === digest) return { result: JSON.parse(known.result) as ActionResult, seq: null };
  if (known !== undefined) return refusal({ outcome: 'refused', reason: 'id_reused', incident: null });
  const now = policy.now();
  const { incident, latest, alerts } = await involved(tx, action, now);
  const order = await orderOf(tx, action, now);
  if (order.isOlder && incident !== undefined)
    return { result: { outcome: 'unchanged', reason: 'newer_elsewhere', incident }, seq: null };
  const decision = decideAction(incident, action, now, latest);
  if (decision.outcome === 'refused') return refusal({ ...decision, incident: incident ?? null });
  const moved = decision.outcome === 'done' ? await moveAlerts(tx, decision, alerts, action, policy) : NOTHING;
  const after = decision.outcome === 'done' ? withAlerts(decision.incident, moved) : incident;
  if (after === undefined) throw new Error('an action on no incident');
  const { outcome, reason } = decision;
  const result = { outcome, reason, incident: after } as ActionResult;
  // Its own turn is told once, by the action.
  const events = moved.events.filter((event) => event.subjectId !== after.id || event.kind !== 'resolved');
  const others = moved.incidents.filter(({ id }) => id !== after.id);
  const seq = await tx.save({
    ...moved,
    incidents: outcome === 'done' ? [...others, after] : [],
    events: decision.event === null ? [] : [...events, withOrder(decision.event, action, order.stamp)],
  });
  await tx.savePeerMarks(order.marks, now);
  await tx.saveAction({ id: action.id, digest, result: JSON.stringify(result), at: now });
  return { result, seq };
}

/** Where an act stands among those of all hubs that exclude it: the last one counts, wherever it was done. */
async function orderOf(tx: Transaction, { id, kind, incidentId, stamp: given, via }: Action, now: number) {
  const register = registerOf(kind);
  if (register === null) return { stamp: given ?? now, isOlder: false, marks: [] };
  const key = `act/${incidentId}/${register}`;
  const [last] = await tx.findPeerMarks([key]);
  const stamp = via === undefined || given === undefined ? stampOf(last, now) : (given ?? now);
  if (via !== undefined && given !== undefined && !isLaterAct(last, { stamp, id }))
    return { stamp, isOlder: true, marks: [] };
  return { stamp, isOlder: false, marks: [{ key, stamp, id }] };
}

/** What other hubs are told of an act, beside what people read. */
function withOrder(event: NewEvent, { via }: Action, stamp: number): NewEvent {
  const peer = { ...(via !== undefined && { peer: via }), ...(stamp !== event.at && { stamp }) };
  return { ...event, data: { ...event.data, ...peer } };
}

/** Ends acknowledgements whose time has run out, at most `limit`; gives how many there were, and the highest number of the events. */
export function expireAcknowledgements(
  store: IngestStore,
  now: number,
  limit: number,
  fence: Lease,
): Promise<{ readonly ended: number; readonly seq: number | null }> {
  return store.transaction(async (tx) => {
    const over = (await tx.findOverdueAcknowledgements(now, limit)).map((one) => expireAcknowledgement(one, now));
    if (over.length === 0) return { ended: 0, seq: null };
    const [incidents, events] = [over.map(({ incident }) => incident), over.map(({ event }) => event)];
    return { ended: over.length, seq: await tx.save({ ...NOTHING, incidents, events }) };
  }, fence);
}

/** A refusal is not kept: asked again, it may be possible. */
function refusal(result: ActionResult): Acted {
  return { result, seq: null };
}

/** The incident, what else decides, and the alerts that may move with it: alerts are locked before incidents, as ingest does. */
async function involved(tx: Transaction, { kind, incidentId }: Action, now: number) {
  const isEnd = kind === 'resolve' || kind === 'close';
  const alerts = isEnd
    ? await tx.findFiringOf(incidentId)
    : kind === 'reopen'
      ? await tx.findHeldOf(incidentId, now)
      : [];
  const [incident] = await tx.findIncidents([incidentId], []);
  if (kind !== 'reopen' || incident === undefined) return { incident, latest: undefined, alerts };
  const latest = (await tx.findIncidents([], [incident.key]))[0];
  return { incident, latest, alerts };
}

/**
 * What an action does to alerts, as if their senders had said so. Ended ones that these go on telling are no news for half
 * the time in which a refire reopens the incident: what is still there then comes back to it, with all that people did about
 * it. Who reopens an incident within that time takes back what a person ended: it fires again.
 */
async function moveAlerts(
  tx: Transaction,
  { incident, endsAlerts }: Extract<ActionDecision, { outcome: 'done' }>,
  alerts: readonly Alert[],
  { kind, actor }: Action,
  policy: CommitPolicy,
): Promise<Changes> {
  if (alerts.length === 0 || (kind !== 'reopen' && !endsAlerts)) return NOTHING;
  const now = policy.now();
  // What fires joins it: it has to be open by then.
  if (kind === 'reopen') await tx.save({ ...NOTHING, incidents: [incident] });
  const submissions = alerts.map((alert): Submission => {
    const { source, origin, fingerprint, name, severity, labels, annotations, metrics, startedAt, observedAt } = alert;
    // As old as what was told last: whatever the sender tells after that is not older.
    const said = { fingerprint, name, severity, labels, annotations, metrics, startedAt, observedAt };
    const ended = {
      ...({ ...said, status: 'resolved', endedAt: now, groupKey: name, resolution: 'ended_by_hand' } as const),
      heldUntil: now + policy.reopenWithinMs / 2,
    };
    const again = { ...said, status: 'firing', endedAt: null, groupKey: incident.key, isTakenBack: true } as const;
    const alerts = [kind === 'reopen' ? again : ended];
    return { source, origin, actor, receivedAt: now, alerts, errors: [], replay: null, instance: null };
  });
  return (await planChunk(tx, submissions, policy)).changes;
}

/** The decided incident, with what its alerts left of it; closed stays closed. */
function withAlerts(decided: Incident, { incidents }: Changes): Incident {
  const left = incidents.find(({ id }) => id === decided.id);
  return left === undefined ? decided : { ...left, status: decided.status, resolvedAt: decided.resolvedAt };
}

/** Stands for what is asked, whoever asks and whenever. */
function digestOf({ id: _, actor: __, via: ___, stamp: ____, ...asked }: Action): string {
  const isSpan = 'forMs' in asked;
  const keys = Object.keys(asked).filter((key) => key !== 'until' || !isSpan);
  return sha256(JSON.stringify(asked, keys.sort()));
}
