import type { Action, ActionResult } from '../core/action/action.ts';
import type { IncomingAlert } from '../core/alert/alert.ts';
import { alertKey } from '../core/alert/identity.ts';
import type { NewEvent } from '../core/history.ts';
import type { AlertName, PeerEntry } from '../core/peer/entry.ts';
import { arrivalOf, goneKey, isLater } from '../core/peer/merge.ts';
import type { Hop } from '../core/peer/path.ts';
import type { Silence } from '../core/policy/silence.ts';
import { boundedAlert } from '../core/reading/bounds.ts';
import type { Removal } from '../core/removal.ts';
import type { Submission } from '../core/submission.ts';
import type { AlertIdentity, Changes, IngestStore, StoredAlert, Transaction } from '../stores/contract/ingest.ts';
import type { SilenceStore } from '../stores/contract/silences.ts';

/** What the receiver is made of. */
export interface ReceiverParts {
  readonly store: IngestStore & SilenceStore;
  /** What submissions come to inside of a transaction. */
  readonly plan: (tx: Transaction, submissions: readonly Submission[]) => Promise<{ readonly changes: Changes }>;
  /** Does an action inside of a transaction. */
  readonly act: (
    tx: Transaction,
    action: Action,
  ) => Promise<{ readonly result: ActionResult; readonly seq: number | null }>;
  /** Removes alerts inside of a transaction. */
  readonly remove: (tx: Transaction, removal: Removal) => Promise<{ readonly seq: number | null }>;
  readonly now: () => number;
  /** Called after every commit that changed something, with the highest number of its events. */
  readonly onCommit: (seq: number) => void;
}

/** What became of one entry. */
export type Received =
  | { readonly outcome: 'applied' | 'seen' | 'looped' | 'older' | 'unchanged' | 'nothing_to_act_on' }
  | { readonly outcome: 'refused'; readonly reason: string };

const NOTHING: Changes = {
  alerts: [],
  confirmed: [],
  incidents: [],
  events: [],
  instances: [],
  replays: [],
  samples: [],
};
const RECEIVED: Received = { outcome: 'applied' };
// Entries of one transaction: others that write wait for no more.
const STEP = 200;

/**
 * Takes what another hub tells, in its order, and resolves once it is on disk with all that follows from it. What was here
 * before, or has passed here on its way, changes nothing. Rejects when it could not be committed: then all may be sent again.
 */
export async function receiveEntries(
  parts: ReceiverParts,
  hub: Hop,
  entries: readonly PeerEntry[],
): Promise<readonly Received[]> {
  const received: Received[] = [];
  for (let from = 0; from < entries.length; from += STEP) {
    const part = entries.slice(from, from + STEP);
    received.push(...(await receivePart(parts, hub, part)));
  }
  return received;
}

async function receivePart(parts: ReceiverParts, hub: Hop, entries: readonly PeerEntry[]) {
  try {
    return await commit(parts, hub, entries);
  } catch (error) {
    if (entries.length === 1) throw error;
    // One of them must not keep the others from being kept; where it is the store, the first fails again.
    const received: Received[] = [];
    for (const entry of entries) {
      try {
        received.push(...(await commit(parts, hub, [entry])));
      } catch (single) {
        if (!received.some(({ outcome }) => outcome === 'applied')) throw single;
        received.push({ outcome: 'refused', reason: (single as Error).message });
      }
    }
    return received;
  }
}

async function commit(parts: ReceiverParts, hub: Hop, entries: readonly PeerEntry[]): Promise<Received[]> {
  const { store, now, onCommit } = parts;
  // First, for what is marked as seen never comes again; and the same silence once more changes nothing.
  let silenced: number | null = null;
  for (const entry of entries)
    if (entry.kind === 'silence') silenced = (await saveSilence(store, entry.silence, entry)) ?? silenced;
  const { received, seq } = await store.transaction(async (tx) => {
    const keys = entries.map(({ key }) => seenKey(key));
    const seen = new Set((await tx.findPeerMarks(keys)).map(({ key }) => key));
    const received: Received[] = [];
    let seq: number | null = null;
    const note = (one: { readonly seq: number | null }) => {
      seq = one.seq ?? seq;
    };
    for (let at = 0; at < entries.length; ) {
      const run = runOf(entries, at, (entry) => {
        const arrival = arrivalOf(entry, hub, (key) => seen.has(seenKey(key)));
        return arrival === 'new' ? null : { outcome: arrival };
      });
      for (const entry of run.entries) seen.add(seenKey(entry.key));
      const done = run.settled ?? (await applyRun(parts, tx, run.entries, note));
      received.push(...done);
      at += done.length;
    }
    const fresh = entries.filter((_, at) => received[at]?.outcome !== 'seen' && received[at]?.outcome !== 'looped');
    const marks = new Map(fresh.map(({ key, at }) => [key, { key: seenKey(key), stamp: at, id: '' }]));
    await tx.savePeerMarks([...marks.values()], now());
    return { received, seq };
  });
  const last = seq ?? silenced;
  if (last !== null) onCommit(last);
  return received;
}

/** What can be planned at once: alerts of which each is another one, or one entry of another kind. */
function runOf(entries: readonly PeerEntry[], from: number, settle: (entry: PeerEntry) => Received | null) {
  const run: PeerEntry[] = [];
  const names = new Set<string>();
  const keys = new Set<string>();
  for (let at = from; at < entries.length; at += 1) {
    const entry = entries[at] as PeerEntry;
    const settled = settle(entry);
    if (settled !== null || keys.has(entry.key)) {
      if (run.length > 0) break;
      return { entries: [], settled: [settled ?? RECEIVED] };
    }
    if (entry.kind !== 'alert') return run.length > 0 ? { entries: run } : { entries: [entry] };
    const name = identityOf(entry.alert).key;
    if (names.has(name)) break;
    names.add(name);
    keys.add(entry.key);
    run.push(entry);
  }
  return { entries: run };
}

type Note = (one: { readonly seq: number | null }) => void;

async function applyRun(
  parts: ReceiverParts,
  tx: Transaction,
  entries: readonly PeerEntry[],
  note: Note,
): Promise<Received[]> {
  const [first] = entries;
  if (first === undefined) return [];
  switch (first.kind) {
    case 'alert':
      return applyAlerts(parts, tx, entries as readonly AlertEntry[], note);
    case 'action':
      return [await applyAction(parts, tx, first, note)];
    case 'delete':
      return [await applyDelete(parts, tx, first, note)];
    case 'silence':
      // Done in a transaction of its own.
      return [RECEIVED];
  }
}

type AlertEntry = Extract<PeerEntry, { kind: 'alert' }>;

async function applyAlerts({ plan, now }: ReceiverParts, tx: Transaction, entries: readonly AlertEntry[], note: Note) {
  const stored = await tx.findAlerts(entries.map(({ alert }) => identityOf(alert)));
  const missing = entries.filter((_, at) => stored[at] === undefined);
  const gone = new Map(
    (missing.length === 0 ? [] : await tx.findPeerMarks(missing.map(({ alert }) => goneKey(alert)))).map((mark) => [
      mark.key,
      mark.stamp,
    ]),
  );
  const verdicts = entries.map(({ alert, at }, index): Received => {
    const known = stored[index];
    if (known === undefined && (gone.get(goneKey(alert)) ?? -1) >= alert.observedAt) return { outcome: 'older' };
    return isLater(known, { status: alert.status, observedAt: alert.observedAt, at }) ? RECEIVED : { outcome: 'older' };
  });
  const taken = entries.flatMap((entry, index) =>
    verdicts[index]?.outcome === 'applied' ? [submissionOf(entry, stored[index], now())] : [],
  );
  if (taken.length > 0) note({ seq: await tx.save((await plan(tx, taken)).changes) });
  const events = entries.flatMap((entry, index) => newerHere(entry, stored[index], now()));
  if (events.length > 0) note({ seq: await tx.save({ ...NOTHING, events }) });
  return verdicts;
}

function submissionOf(entry: AlertEntry, stored: StoredAlert | undefined, now: number): Submission {
  const { source, origin, fingerprint, name, status, severity, labels, annotations, metrics, ...rest } = entry.alert;
  const { startedAt, endedAt, observedAt, groupKey, isExpired, resolution } = rest;
  // A sender that still tells this hub of it knows better than a hub that it does not tell any more.
  const expiry = isExpired && stored?.expiresAt != null ? { expiresAt: observedAt } : {};
  const incoming: IncomingAlert = {
    ...{ fingerprint, name, status, severity, labels, annotations, metrics, startedAt, endedAt, observedAt, groupKey },
    ...expiry,
    ...(resolution !== undefined && { resolution }),
  };
  const { key, path, urls } = entry;
  return {
    ...{ source, origin, actor: entry.actor, alerts: [boundedAlert(incoming)], errors: [] },
    ...{ receivedAt: Math.min(entry.at, now), sentAt: entry.at, replay: null, instance: null },
    via: { key, path, urls },
  };
}

/** What is stored is later and says something else: the others are told, for nothing else would tell them. */
function newerHere({ alert, at }: AlertEntry, stored: StoredAlert | undefined, now: number): NewEvent[] {
  if (stored === undefined || stored.status === alert.status || stored.observedAt <= alert.observedAt) return [];
  if (isLater(stored, { ...alert, at })) return [];
  const { id, status, severity, incidentId, observedAt } = stored;
  const data = { status, severity, incident_id: incidentId, observed_at: new Date(observedAt).toISOString() };
  return [{ at: now, subject: 'alert', subjectId: id, kind: 'updated', reason: 'newer_here', actor: 'monitor', data }];
}

async function applyAction(
  { act, now }: ReceiverParts,
  tx: Transaction,
  entry: Extract<PeerEntry, { kind: 'action' }>,
  note: Note,
): Promise<Received> {
  const found = await tx.findAlerts(entry.alerts.map(identityOf));
  const ids = found.flatMap((alert) => alert?.incidentId ?? []);
  const incidents = await tx.findIncidents([...new Set(ids)].slice(0, 1), ids.length > 0 ? [] : [entry.incidentKey]);
  const [incident] = incidents;
  // What was done about a former episode says nothing of this one.
  if (incident === undefined || incident.openedAt > Math.max(entry.at, entry.openedAt)) return NO_INCIDENT;
  const { id, kind, by, comment, until, assignee } = entry.action;
  const { key, path, urls } = entry;
  const action = {
    ...{
      id,
      kind,
      incidentId: incident.id,
      actor: entry.actor,
      by,
      comment,
      stamp: entry.at,
      via: { key, path, urls },
    },
    ...(until !== undefined && { until }),
    ...(assignee !== undefined && { assignee }),
  } as Action;
  if (!isKnown(action) || (until !== undefined && until <= now())) return NO_INCIDENT;
  const acted = await act(tx, action);
  note(acted);
  return acted.result.outcome === 'done' ? RECEIVED : { outcome: 'unchanged' };
}

const NO_INCIDENT: Received = { outcome: 'nothing_to_act_on' };

const KNOWN: readonly string[] = [
  ...['acknowledge', 'unacknowledge', 'assign', 'note', 'shelve', 'unshelve', 'resolve', 'close', 'reopen'],
];

function isKnown({ kind }: Action): boolean {
  return KNOWN.includes(kind);
}

async function applyDelete(
  { remove }: ReceiverParts,
  tx: Transaction,
  entry: Extract<PeerEntry, { kind: 'delete' }>,
  note: Note,
): Promise<Received> {
  const stored = await tx.findAlerts(entry.alerts.map(identityOf));
  // What somebody had not seen they did not remove.
  const ids = stored.flatMap((alert, at) =>
    alert !== undefined && alert.observedAt <= (entry.alerts[at]?.observedAt ?? 0) ? [alert.id] : [],
  );
  const { key, path, urls, actor, by } = entry;
  if (ids.length === 0) return { outcome: 'unchanged' };
  note(await remove(tx, { kind: 'alerts', ids, actor, by, reason: 'asked', via: { key, path, urls } }));
  return RECEIVED;
}

/** Keeps a silence as another hub has it, where that is the later one. Gives the number of the event. */
function saveSilence(store: SilenceStore, silence: Silence, { key, path, urls, at, actor }: PeerEntry) {
  return store.changeSilences(async (tx) => {
    const [known] = await tx.findSilences([silence.id]);
    const isNewer =
      known === undefined ||
      silence.updatedAt > known.updatedAt ||
      (silence.updatedAt === known.updatedAt && JSON.stringify(silence) > JSON.stringify(known));
    if (!isNewer) return null;
    await tx.saveSilences([silence]);
    const kind = silence.endedAt !== null ? 'expired' : known === undefined ? 'created' : 'changed';
    const data = { peer: { key, path, urls } };
    return tx.addEvents([{ at, subject: 'silence', subjectId: silence.id, kind, reason: 'peer', actor, data }]);
  });
}

function seenKey(key: string): string {
  return `seen/${key}`;
}

function identityOf({ source, origin, fingerprint }: AlertName): AlertIdentity {
  return { source, origin, fingerprint, key: alertKey(source, origin, fingerprint) };
}
