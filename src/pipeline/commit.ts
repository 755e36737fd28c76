import { alertKey } from '../core/alert/identity.ts';
import { type Answer, OWN_SOURCE, type QueuedRequest, type Submission } from '../core/submission.ts';
import type { AlertIdentity, IngestStore, StoredAlert, Transaction } from '../stores/contract/ingest.ts';
import type { Lease } from '../stores/contract/leases.ts';
import { admit, isOpen } from './admit.ts';
import { annotate, type NoteItem } from './annotate.ts';
import { type Bounds, holdToBounds } from './bounds.ts';
import { correlate, type GroupingPolicy, incidentNeeds } from './correlate.ts';
import { dedup, type Item } from './dedup.ts';
import { takeEvents } from './events.ts';
import { withoutOwnNotices } from './own-notices.ts';
import { markPresence, type Presence } from './presence.ts';
import { record } from './record.ts';
import { recoverByName } from './recover.ts';
import { type FigurePolicy, takeSamples } from './samples.ts';

/** The operator's choices that bear on ingest, and the source of ids. */
export interface CommitPolicy extends GroupingPolicy {
  /** Silence of an instance after which it raises an alert, in milliseconds. */
  readonly staleAfterMs: number;
  /** Gives ids of which each sorts after those before it: of the incidents of a key, the last id is the last one opened. */
  readonly newId: () => string;
  /** The hub's clock, UTC milliseconds: when a submission is decided, which may be long after it arrived. */
  readonly now: () => number;
  /** How much may grow by the word of senders; left out, as much as they like. */
  readonly bounds?: Bounds;
  /** What is kept of the figures of a push; left out, nothing is. */
  readonly figures?: FigurePolicy;
}

// Small enough that a transaction holds neither the process nor its rows for long, whatever the requests hold.
const BATCH_ALERTS = 2000;

/** What a batch came to. */
export interface Committed {
  /** In the order of the requests, null for those that held nothing. */
  readonly answers: readonly (Answer | null)[];
  /** The highest number of the events that it wrote; null where nothing changed. */
  readonly seq: number | null;
}

/**
 * Commits what a batch begins with, up to some 2,000 alerts, in one transaction, and in it so many at a time as the
 * store likes, through the list of stages: own notices → admit → bounds → presence → recover → dedup → correlate → annotate → record. Answers stand in the
 * order of the requests, null for those that held nothing; requests beyond the answers were not opened, and there is one
 * answer at least. Throws when nothing could be committed; FencedError when it is to be done under a lease and that is lost.
 */
export function commitBatch(
  store: IngestStore,
  requests: readonly QueuedRequest[],
  policy: CommitPolicy,
  fence?: Lease,
): Promise<Committed> {
  return store.transaction(async (tx) => {
    const answers: (Answer | null)[] = [];
    let seq: number | null = null;
    for (let left = BATCH_ALERTS; left > 0 && answers.length < requests.length; ) {
      const { opened, size } = open(requests, answers.length, Math.min(left, store.chunkAlerts));
      left -= size;
      const submissions = opened.filter((submission) => submission !== null);
      const planned = submissions.length === 0 ? null : await planChunk(tx, submissions, policy);
      if (planned !== null) seq = (await tx.save(planned.changes)) ?? seq;
      let next = 0;
      for (const submission of opened) answers.push(submission === null ? null : (planned?.answers[next++] as Answer));
    }
    return { answers, seq };
  }, fence);
}

/** Opens requests from one on, until they hold so many alerts; a request counts as one more, whatever it holds. */
function open(requests: readonly QueuedRequest[], from: number, most: number) {
  const opened: (Submission | null)[] = [];
  let size = 0;
  for (let at = from; at < requests.length && size < most; at += 1) {
    const submission = requests[at]?.open() ?? null;
    opened.push(submission);
    size += 1 + (submission?.alerts.length ?? 0) + (submission?.figures?.length ?? 0);
  }
  return { opened, size };
}

/** What submissions come to, through the stages; nothing is written yet. */
export async function planChunk(
  tx: Transaction,
  submissions: readonly Submission[],
  policy: CommitPolicy,
): Promise<ReturnType<typeof record>> {
  const heard = await withoutOwnNotices(tx, submissions);
  const records = await tx.findReplays(heard.flatMap(replayKeys));
  const entries = admit(heard, records);
  const admitted = entries.filter(isOpen);
  const instances = await tx.findInstances([
    ...new Set(admitted.flatMap(({ submission }) => submission.instance?.instanceId ?? [])),
  ]);
  if (policy.bounds !== undefined) await holdToBounds(tx, admitted, instances, policy.bounds, policy.now());
  const samples = policy.figures === undefined ? [] : takeSamples(entries, policy.figures);
  const events = takeEvents(entries, records);
  const open = entries.filter(isOpen).map((entry) => entry.submission);
  const presence = markPresence(open, instances, policy.staleAfterMs);
  const given = itemsOf(open, presence);
  const known = await tx.findAlerts(given.map((item) => item.identity));
  const { items, stored } = await recoverByName(tx, given, known);
  // Asked after the rows are there and locked: nobody decides anything newer before this is committed.
  const deduped = dedup(await withStoredContent(tx, items, stored), stored, policy.now(), policy.newId);
  const { transitions, drafts } = deduped;
  const notes = notesOf(open);
  const noted = await tx.findAlerts(notes.map((item) => item.identity));
  const needs = incidentNeeds(transitions, noted, policy);
  const own = notes.flatMap(({ incidentId }) => incidentId ?? []);
  const incidents = await tx.findIncidents([...new Set([...needs.ids, ...own])], needs.keys);
  const correlations = correlate(transitions, incidents, policy, policy.newId);
  const annotations = annotate(notes, noted, drafts, correlations, incidents);
  return record(entries, deduped, correlations, annotations, presence, {
    samples: [...samples, ...events.samples],
    replays: events.replays,
  });
}

function replayKeys({ replay, figures = [] }: Submission): readonly string[] {
  return [...(replay === null ? [] : [replay.key]), ...figures.flatMap(({ key }) => key ?? [])];
}

function itemsOf(submissions: readonly Submission[], presence: Presence): Item[] {
  const items: Item[] = [];
  for (const submission of submissions) {
    const own = presence.alertFor(submission);
    if (own !== null) items.push(itemOf(submission, OWN_SOURCE, submission.instance?.instanceId ?? '', own));
    for (const incoming of submission.alerts)
      items.push(itemOf(submission, submission.source, submission.origin, incoming));
  }
  return items;
}

/** Alerts of which only the status was sent, with what is stored of them. */
async function withStoredContent(
  tx: Transaction,
  items: readonly Item[],
  stored: readonly (StoredAlert | undefined)[],
): Promise<readonly Item[]> {
  const refs = items.flatMap((item, index) => (item.incoming.statusOnly ? (stored[index]?.ref ?? []) : []));
  if (refs.length === 0) return items;
  const contents = new Map((await tx.findContents(refs)).map((content, index) => [refs[index], content]));
  return items.map((item, index) => {
    const storedContent = item.incoming.statusOnly ? contents.get(stored[index]?.ref) : undefined;
    return storedContent === undefined ? item : { ...item, storedContent };
  });
}

function notesOf(submissions: readonly Submission[]): NoteItem[] {
  return submissions.flatMap((submission) =>
    (submission.notes ?? []).map((note) => ({
      submission,
      note,
      incidentId: submission.ownIncidentId ?? null,
      identity: identityOf(submission.source, submission.origin, note.fingerprint),
    })),
  );
}

function itemOf(submission: Submission, source: string, origin: string, incoming: Item['incoming']): Item {
  return { submission, identity: identityOf(source, origin, incoming.fingerprint), incoming };
}

function identityOf(source: string, origin: string, fingerprint: string): AlertIdentity {
  return { source, origin, fingerprint, key: alertKey(source, origin, fingerprint) };
}
