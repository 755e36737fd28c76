import type { Alert, IncomingAlert } from '../core/alert/alert.ts';
import { type Decision, decide, latestBelieved, latestSeen, type SubmissionClock } from '../core/alert/decide.ts';
import type { Submission } from '../core/submission.ts';
import type { AlertConfirmation, AlertIdentity, AlertWrite, StoredAlert } from '../stores/contract/ingest.ts';

/** One incoming alert of a batch. */
export interface Item {
  readonly submission: Submission;
  readonly identity: AlertIdentity;
  readonly incoming: IncomingAlert;
  /** What is stored of an alert of which only the status was sent. */
  readonly storedContent?: Content;
  /** Whether it was found by its name and labels, for its own identity is not stored. */
  readonly wasNamed?: true;
}

/** The maps of an alert. */
export type Content = Pick<Alert, 'labels' | 'annotations' | 'metrics'>;

/** What became of an item: the decision, and the alert before and after it. */
export interface Transition {
  readonly item: Item;
  readonly decision: Decision;
  readonly before: StoredAlert | undefined;
  /** The alert after it; undefined when it is not written as a whole. `correlate` sets its incident. */
  readonly after: Draft | undefined;
}

/** An alert being worked on; belongs to one batch. */
export type Draft = { -readonly [K in keyof Alert]: Alert[K] } & {
  key: string;
  ref: number | null;
  mode: AlertWrite['mode'];
  checkAt: number | null;
};

/** What stage 3 makes of a batch. */
export interface Deduped {
  /** In the order of the items. */
  readonly transitions: readonly Transition[];
  /** By identity, each alert as its last transition left it. */
  readonly drafts: ReadonlyMap<string, Draft>;
  /** By identity, stored alerts of which nothing changes but the time up to which they hold. */
  readonly confirmed: ReadonlyMap<string, AlertConfirmation>;
}

/**
 * Stage 3: each item is decided against the stored alert or, when the batch speaks of it more than once, against what
 * the items before it made of it. `now` is the present time: a submission may have waited since it arrived, while its sender
 * told another hub something newer.
 */
export function dedup(
  items: readonly Item[],
  stored: readonly (StoredAlert | undefined)[],
  now: number,
  newId: () => string,
): Deduped {
  const drafts = new Map<string, Draft>();
  const confirmed = new Map<string, AlertConfirmation>();
  const transitions = items.map((item, index): Transition => {
    const { key } = item.identity;
    const draft = drafts.get(key);
    const before = draft === undefined ? holding(stored[index], confirmed.get(key)) : { ...draft, ref: draft.ref ?? 0 };
    const clock = atLeast(item.submission, now);
    const decision = decide(before, item.incoming, latestBelieved(clock), clock.receivedAt);
    if (decision.action === 'drop') return { item, decision, before, after: undefined };
    if (decision.action === 'confirm' && draft === undefined) {
      const observedAt = observedAtOf(item);
      if (before !== undefined && before.observedAt !== observedAt) {
        confirmed.set(key, { key, ref: before.ref, observedAt });
      }
      return { item, decision, before, after: undefined };
    }
    const after =
      decision.action === 'confirm' && draft !== undefined
        ? { ...draft, observedAt: observedAtOf(item) }
        : draftOf(item, decision, before, draft, newId);
    drafts.set(key, after);
    confirmed.delete(key);
    return { item, decision, before, after };
  });
  return { transitions, drafts, confirmed };
}

function holding(
  stored: StoredAlert | undefined,
  confirmation: AlertConfirmation | undefined,
): StoredAlert | undefined {
  return stored && confirmation ? { ...stored, observedAt: confirmation.observedAt } : stored;
}

function atLeast({ sentAt, receivedAt }: Submission, now: number): SubmissionClock {
  return { receivedAt: Math.max(receivedAt, now), sentAt };
}

function observedAtOf({ incoming, submission }: Item): number {
  return Math.min(incoming.observedAt, latestSeen(submission));
}

function draftOf(
  item: Item,
  decision: Exclude<Decision, { action: 'drop' }>,
  before: StoredAlert | undefined,
  draft: Draft | undefined,
  newId: () => string,
): Draft {
  const { incoming, identity, submission } = item;
  const now = submission.receivedAt;
  const expiresAt = (incoming.status === 'firing' ? incoming.expiresAt : incoming.heldUntil) ?? null;
  const opens = decision.action === 'open';
  const resolves = decision.action === 'resolve';
  const isOver = decision.reason === 'end_confirmed';
  const name = (incoming.statusOnly ? before?.name : undefined) ?? incoming.name;
  const { labels, annotations, metrics } =
    (incoming.statusOnly ? (draft ?? item.storedContent) : undefined) ?? incoming;
  const changed = decision.action !== 'refresh' || (before?.name !== name && !isOver);
  // An observation told twice (a sender that did not get our answer) is one occurrence.
  const again = before !== undefined && incoming.observedAt === before.observedAt && !opens ? 0 : Number(!isOver);
  return {
    id: before?.id ?? newId(),
    source: identity.source,
    origin: identity.origin,
    fingerprint: identity.fingerprint,
    name,
    status: incoming.status,
    // A resolved alert keeps the severity that its problem had.
    severity: (resolves || isOver) && before !== undefined ? before.severity : incoming.severity,
    labels,
    annotations,
    metrics,
    startedAt: opens || before === undefined ? incoming.startedAt : before.startedAt,
    endedAt: isOver && before !== undefined ? before.endedAt : resolves ? incoming.endedAt : null,
    observedAt: observedAtOf(item),
    receivedAt: changed || before === undefined ? now : before.receivedAt,
    lastSeenAt: now,
    occurrences: opens || before === undefined ? 1 : before.occurrences + again,
    incidentId: before?.incidentId ?? null,
    expiresAt,
    checkAt: (incoming.status === 'firing' ? checkAt(expiresAt, before, now) : null) ?? draft?.checkAt ?? null,
    key: identity.key,
    ref: draft === undefined ? (before?.ref ?? null) : draft.ref,
    mode:
      before === undefined || draft?.mode === 'insert'
        ? 'insert'
        : changed || draft?.mode === 'update'
          ? 'update'
          : 'refresh',
  };
}

/**
 * When the store shall look at the expiry first; null where the look it knows of comes in time. Of an expiry that has
 * passed nobody knows that: the look may have been put off, for the hub was away.
 */
function checkAt(expiresAt: number | null, before: StoredAlert | undefined, now: number): number | null {
  if (expiresAt === null) return null;
  const known = before?.status === 'firing' ? before.expiresAt : null;
  return known === null || expiresAt < known || known <= now ? expiresAt : null;
}
