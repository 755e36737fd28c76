import type { Alert, IncomingAlert } from '../core/alert.ts';
import { type Decision, decide, latestBelieved, latestSeen } from '../core/decide.ts';
import type { AlertIdentity, AlertWrite, StoredAlert } from '../stores/contract.ts';
import type { Delivery } from './delivery.ts';

/** One incoming alert of a batch. */
export interface Item {
  readonly delivery: Delivery;
  readonly identity: AlertIdentity;
  readonly incoming: IncomingAlert;
}

/** What became of an item: the decision, and the alert before and after it. */
export interface Transition {
  readonly item: Item;
  readonly decision: Decision;
  readonly before: StoredAlert | undefined;
  /** The alert after it; undefined when dropped. `correlate` sets its incident. */
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
}

/**
 * Stage 3: each item is decided against the stored alert or, when the batch speaks of it more than once, against what
 * the items before it made of it.
 */
export function dedup(
  items: readonly Item[],
  stored: readonly (StoredAlert | undefined)[],
  newId: () => string,
): Deduped {
  const drafts = new Map<string, Draft>();
  const transitions = items.map((item, index) => {
    const draft = drafts.get(item.identity.key);
    const before = draft === undefined ? stored[index] : { ...draft, ref: draft.ref ?? 0 };
    const decision = decide(before, item.incoming, latestBelieved(item.delivery));
    if (decision.action === 'drop') return { item, decision, before, after: undefined };
    const after = draftOf(item, decision, before, draft, newId);
    drafts.set(item.identity.key, after);
    return { item, decision, before, after };
  });
  return { transitions, drafts };
}

function draftOf(
  { incoming, identity, delivery }: Item,
  decision: Exclude<Decision, { action: 'drop' }>,
  before: StoredAlert | undefined,
  draft: Draft | undefined,
  newId: () => string,
): Draft {
  const now = delivery.receivedAt;
  const expiresAt = incoming.status === 'firing' ? (incoming.expiresAt ?? null) : null;
  const opens = decision.action === 'open';
  const resolves = decision.action === 'resolve';
  const changed = decision.action !== 'refresh' || before?.name !== incoming.name;
  // An observation told twice (a sender that did not get our answer) is one occurrence.
  const again = before !== undefined && incoming.observedAt === before.observedAt && !opens ? 0 : 1;
  return {
    id: before?.id ?? newId(),
    source: identity.source,
    origin: identity.origin,
    fingerprint: identity.fingerprint,
    name: incoming.name,
    status: incoming.status,
    // A resolved alert keeps the severity that its problem had.
    severity: resolves && before !== undefined ? before.severity : incoming.severity,
    labels: incoming.labels,
    annotations: incoming.annotations,
    metrics: incoming.metrics,
    startedAt: opens || before === undefined ? incoming.startedAt : before.startedAt,
    endedAt: resolves ? incoming.endedAt : null,
    observedAt: Math.min(incoming.observedAt, latestSeen(delivery)),
    receivedAt: changed || before === undefined ? now : before.receivedAt,
    lastSeenAt: now,
    occurrences: opens || before === undefined ? 1 : before.occurrences + again,
    incidentId: before?.incidentId ?? null,
    expiresAt,
    checkAt: checkAt(expiresAt, before) ?? draft?.checkAt ?? null,
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

/** When the store shall look at the expiry first; null where the look it knows of comes in time. */
function checkAt(expiresAt: number | null, before: StoredAlert | undefined): number | null {
  if (expiresAt === null) return null;
  const known = before?.status === 'firing' ? before.expiresAt : null;
  return known === null || expiresAt < known ? expiresAt : null;
}
