import type { AccessChange, AccessResult } from '../core/access/change.ts';
import type { Action, ActionResult } from '../core/action/action.ts';
import type { OutboxAction } from '../core/notice/outbox.ts';
import type { SilenceAction } from '../core/policy/silence-change.ts';
import type { Removal, Removed } from '../core/removal.ts';
import { createFigureReader } from '../core/sample/figures.ts';
import { type Answer, type QueuedRequest, type Submission, toQueued } from '../core/submission.ts';
import type { Driver } from '../drivers/contract.ts';
import { createExpire } from '../housekeeping/expire.ts';
import { createSweep } from '../housekeeping/sweep.ts';
import type { Clock } from '../lib/clock.ts';
import { createUuids } from '../lib/crypto/ids.ts';
import type { Part } from '../lib/lifecycle.ts';
import { performAccessChange } from '../pipeline/access.ts';
import { actIn, expireAcknowledgements, performAction } from '../pipeline/act.ts';
import { type ActedOnAll, type ActionOnAll, performOnAll } from '../pipeline/act-on-all.ts';
import { createBounds } from '../pipeline/bounds.ts';
import { commitBatch, planChunk } from '../pipeline/commit.ts';
import type { GroupingPolicy } from '../pipeline/correlate.ts';
import { createIngest } from '../pipeline/ingest.ts';
import { type OutboxResult, performOutboxAction } from '../pipeline/outbox.ts';
import { performRemoval, removeIn } from '../pipeline/remove.ts';
import { performSilenceAction, recordSilenceEnds, type SilenceResult } from '../pipeline/silences.ts';
import { createWritability } from '../pipeline/writability.ts';
import type { Transaction } from '../stores/contract/ingest.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { Store } from '../stores/contract/store.ts';
import { createLimiter, type RateLimit } from '../web/limits.ts';
import { createIntake, type Intake } from '../web/webhook/intake.ts';
import { hubMarker } from './marker.ts';

/** Everything that writes: whoever wants something kept goes through here. */
export interface Writer {
  /** Takes the body of a request whose sender is known. */
  readonly intake: Intake;
  /** Takes a submission that was made in this process. */
  readonly submit: (submission: Submission) => Promise<Answer>;
  /** Does what a person asks, and gives what came of it once that is on disk; rejects when it could not be committed. */
  readonly act: (action: Action) => Promise<ActionResult>;
  /** Does it to all that filters find, each by itself. Rejects when one could not be committed. */
  readonly actOnAll: (action: ActionOnAll) => Promise<ActedOnAll>;
  /** Rejects with the reason while the store cannot be written, or did not take what was committed last. */
  readonly checkWritable: () => Promise<void>;
  /** Creates, changes or ends a silence or window. Rejects when it could not be committed. */
  readonly changeSilence: (action: SilenceAction) => Promise<SilenceResult>;
  /** Changes who has access. Rejects when it could not be committed. */
  readonly changeAccess: (change: AccessChange) => Promise<AccessResult>;
  /** Asks for a message that failed to be sent again, or to be dropped. Rejects when it could not be committed. */
  readonly changeNotice: (action: OutboxAction) => Promise<OutboxResult>;
  /** Removes what is asked, with what follows from it. Rejects when it could not be committed. */
  readonly remove: (removal: Removal, fence?: Lease) => Promise<Removed>;
  /** What submissions come to inside of a transaction of something else, which saves it. */
  readonly plan: (
    tx: Transaction,
    submissions: readonly Submission[],
  ) => Promise<Pick<Awaited<ReturnType<typeof planChunk>>, 'changes'>>;
  /** An action, and a removal, inside of a transaction of something else. */
  readonly inside: {
    readonly act: (tx: Transaction, action: Action) => ReturnType<typeof actIn>;
    readonly remove: (tx: Transaction, removal: Removal) => ReturnType<typeof removeIn>;
  };
  /** The store, what fills it, and what runs by itself. */
  readonly parts: readonly Part[];
}

/** What the writer is made of. */
export interface WriterParts {
  readonly store: Store;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly clock: Clock;
  /** Called after every commit that may have changed something, with the highest number of its events; null for none. */
  readonly onCommit: (seq: number | null) => void;
  /** Called when something goes wrong on the side of the hub. */
  readonly onFailure: (message: string, error: unknown) => void;
}

/** The operator's choices that bear on writing. */
export interface WriterOptions {
  readonly grouping: GroupingPolicy;
  readonly staleAfterMs: number;
  /** Time after which an alert of a sender that repeats its alerts, and that told no end, has ended. */
  readonly resolveTimeoutMs: number;
  /** Name of this process among all that share the store. */
  readonly holder: string;
  readonly limits: RateLimit;
  /** Alerts that may fire of one origin. */
  readonly firingAlerts: number;
  /** Instances that may become known within an hour. */
  readonly newInstances: number;
  /** Figures that are kept of a push, at most; null to keep none. */
  readonly figures: number | null;
}

const HOUR_S = 3600;

/** Puts the writer together over an open store. */
export function createWriter(
  { store, drivers, clock, onCommit, onFailure }: WriterParts,
  options: WriterOptions,
): Writer {
  const { grouping, staleAfterMs, resolveTimeoutMs, holder } = options;
  const limitInstances = createLimiter({ perSecond: options.newInstances / HOUR_S, burst: options.newInstances });
  const bounds = createBounds(options.firingAlerts, (now) => limitInstances('', now));
  const policy = {
    ...grouping,
    staleAfterMs,
    newId: createUuids(clock.now),
    now: clock.now,
    bounds,
    ...(options.figures !== null && { figures: { reader: createFigureReader(), most: options.figures } }),
  };
  const writability = createWritability((bytes) => store.checkWritable(clock.now(), bytes));
  /** Of whatever else was committed: those who follow the history hear of its events. */
  const told = async <T extends { readonly seq: number | null }>(work: Promise<T>): Promise<T> => {
    const done = await work;
    if (done.seq !== null) onCommit(done.seq);
    return done;
  };
  const commit = async (...given: Parameters<typeof commitBatch>) => {
    try {
      const { answers, seq } = await commitBatch(...given);
      writability.succeeded();
      onCommit(seq);
      return answers;
    } catch (error) {
      writability.failed(error, sizeOf(given[1]));
      throw error;
    }
  };
  let marker = '';
  const ingest = createIngest(
    (requests) => commit(store, requests, policy),
    (error) => onFailure('a batch could not be committed', error),
    clock,
  );
  const intake = createIntake({
    drivers,
    limit: createLimiter(options.limits),
    monotonic: clock.monotonic,
    resolveTimeoutMs,
    ownMarker: () => marker,
    submit: ingest.submit,
    onFailure: (error) => onFailure('a submission could not be committed', error),
  });
  const sweep = createSweep({
    store,
    commit: (submissions, fence) => commit(store, submissions.map(toQueued), policy, fence),
    recordSilenceEnds: async (...given) => (await told(recordSilenceEnds(store, ...given))).ended,
    expireAcknowledgements: async (...given) => (await told(expireAcknowledgements(store, ...given))).ended,
    clock,
    holder,
    staleAfterMs,
    onFailure: (error) => onFailure('sweep failed', error),
  });
  const expire = createExpire({
    store,
    commit: (submissions) => commit(store, submissions.map(toQueued), policy),
    clock,
    graceMs: resolveTimeoutMs,
    onFailure: (error) => onFailure('expired alerts could not be resolved', error),
  });
  const storePart: Part = {
    name: 'store',
    start: async () => {
      marker = await hubMarker(store);
    },
    stop: () => store.close(),
  };
  const ingestPart: Part = { name: 'ingest', start: async () => {}, stop: () => ingest.close() };
  return {
    intake,
    submit: async (submission) => {
      const answer = await ingest.submit(toQueued(submission));
      if (answer === null) throw new Error('a submission of this process was not opened');
      return answer;
    },
    act: async (action) => (await told(performAction(store, action, policy))).result,
    actOnAll: (action) => told(performOnAll(store, action, policy)),
    checkWritable: writability.check,
    changeSilence: async (action) => (await told(performSilenceAction(store, action, clock.now))).result,
    changeAccess: async (change) => (await told(performAccessChange(store, change, clock.now))).result,
    changeNotice: async (action) => (await told(performOutboxAction(store, action, clock.now()))).result,
    remove: async (removal, fence) => {
      const { seq: _, ...removed } = await told(performRemoval(store, removal, policy, fence));
      return removed;
    },
    plan: (tx, submissions) => planChunk(tx, submissions, policy),
    inside: {
      act: (tx, action) => actIn(tx, action, policy),
      remove: (tx, removal) => removeIn(tx, removal, policy),
    },
    parts: [storePart, ingestPart, sweep, expire],
  };
}

function sizeOf(requests: readonly QueuedRequest[]): number {
  return requests.reduce((sum, { bytes }) => sum + bytes, 0);
}
