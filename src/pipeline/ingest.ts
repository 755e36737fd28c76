import type { Answer, QueuedRequest } from '../core/submission.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { StoreError } from '../stores/contract/error.ts';
import { createFairQueue, type Queued } from './fair-queue.ts';
import { createShares } from './shares.ts';

/** The queue is closed: the sender should come back later. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/**
 * What commits a batch, or as much as it likes of its beginning, but one request at least; the answers stand in the order
 * of the requests, null where one held nothing to commit.
 */
export type CommitBatch = (requests: readonly QueuedRequest[]) => Promise<readonly (Answer | null)[]>;

/** The door through which every submission goes into the store. */
export interface Ingest {
  /**
   * Resolves once what the request holds is on disk, with null when that is nothing; rejects with Unavailable or the
   * store's error when it is not.
   */
  submit(request: QueuedRequest): Promise<Answer | null>;
  /** Refuses new requests and resolves when those already taken are committed. */
  close(): Promise<void>;
}

// Enough to use one commit for all that waits. In bytes, for nobody has looked into what waits: some 1,700 common alerts.
const BATCH_BYTES = 512 * 1024;
// What a request costs however small its body is.
const REQUEST_BYTES = 256;
// Turns of the event loop for which a commit waits while more arrives: senders that were answered together come back
// together, and one sync of the disk for all of them costs less than one for the first and one for the rest.
const GATHER_TURNS = 3;
// Commits that may wait for the disk at once.
const UNDERWAY = 8;

// What each sender may commit in a round while others wait, too: many common requests, and a part of a large one.
const ROUND_BYTES = 64 * 1024;
// What an alert and a millisecond cost: a few bytes may hold many alerts, and take long to read.
const ALERT_BYTES = 300;
const BYTES_PER_MS = 32 * 1024;

interface Waiting extends QueuedRequest, Queued {
  /** What it has turned out to cost. */
  spent: number;
  readonly resolve: (answer: Answer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: requests that arrive in the same few turns of the event loop share a commit, and while the disk syncs one
 * commit the next is made. Senders have their turn one after the other, by what they cost, so that none waits for all that
 * another has sent; who takes much of the store rests in between. `onFailure` is called with the error of a batch that
 * cannot be committed.
 */
export function createIngest(
  commit: CommitBatch,
  onFailure: (error: unknown) => void,
  { monotonic, after }: Pick<Clock, 'monotonic' | 'after'> = systemClock,
): Ingest {
  const queue = createFairQueue<Waiting>(ROUND_BYTES);
  const shares = createShares(ROUND_BYTES);
  const resting = new Map<string, () => void>();
  let scheduled = false;
  let gathered = 0;
  let turns = 0;
  let underway = 0;
  let closed: (() => void) | null = null;

  const schedule = () => {
    if (scheduled || queue.size() === 0 || underway >= UNDERWAY) return;
    scheduled = true;
    setImmediate(next);
  };
  const next = () => {
    if (queue.size() > gathered && turns < GATHER_TURNS) {
      gathered = queue.size();
      turns += 1;
      setImmediate(next);
      return;
    }
    gathered = 0;
    turns = 0;
    scheduled = false;
    // What waited may have to rest since.
    if (queue.size() === 0) return;
    underway += 1;
    const batch = queue.take(BATCH_BYTES);
    const began = monotonic();
    void settle(batch, commit, onFailure).then((left) => {
      underway -= 1;
      queue.unshift(left);
      const now = monotonic();
      rest(left.length === 0 ? batch : batch.slice(0, -left.length), now - began, now);
      schedule();
      endWhenDone();
    });
    schedule();
  };
  /** Holds back whoever took much of a commit. */
  const rest = (done: readonly Waiting[], took: number, now: number) => {
    const wanted = closed === null ? shares.restAfter(done, took, now) : null;
    if (wanted === null || resting.has(wanted.flow)) return;
    queue.hold(wanted.flow);
    resting.set(
      wanted.flow,
      after(wanted.ms, () => wake(wanted.flow)),
    );
  };
  const wake = (flow: string) => {
    resting.get(flow)?.();
    resting.delete(flow);
    queue.release(flow);
    schedule();
  };
  const endWhenDone = () => {
    if (underway === 0 && queue.isEmpty()) closed?.();
  };
  /** Opens a request, and charges its flow with what that cost beyond its bytes. */
  const opened = (waiting: Waiting, open: QueuedRequest['open']) => {
    const began = monotonic();
    const submission = open();
    const cost = Math.max((submission?.alerts.length ?? 0) * ALERT_BYTES, (monotonic() - began) * BYTES_PER_MS);
    const extra = cost - waiting.bytes;
    if (extra > 0) queue.charge(waiting.flow, extra);
    waiting.spent = waiting.cost + Math.max(0, extra);
    return submission;
  };

  return {
    submit: (request) =>
      new Promise((resolve, reject) => {
        if (closed !== null) return reject(new Unavailable('the hub is stopping'));
        const { bytes, flow } = request;
        const cost = bytes + REQUEST_BYTES;
        const waiting: Waiting = {
          ...{ bytes, flow, cost, spent: cost, resolve, reject },
          open: () => opened(waiting, request.open),
        };
        shares.seen(flow, monotonic());
        queue.push(waiting);
        schedule();
      }),
    close: () =>
      new Promise((resolve) => {
        closed = resolve;
        for (const flow of [...resting.keys()]) wake(flow);
        endWhenDone();
      }),
  };
}

/**
 * Commits a batch, and gives the part of it that is left for another commit. When it fails and it held several requests,
 * each is tried alone, so that one cannot fail the rest. Where the store itself is away, held up or full, each would fail
 * after as long a wait: trying again is for the senders.
 */
async function settle(
  batch: readonly Waiting[],
  commit: CommitBatch,
  onFailure: (error: unknown) => void,
): Promise<readonly Waiting[]> {
  try {
    const answers = await commit(batch);
    answers.forEach((answer, index) => {
      batch[index]?.resolve(answer);
    });
    return batch.slice(answers.length);
  } catch (error) {
    onFailure(error);
    const isAway = error instanceof StoreError && error.unavailable;
    if (isAway || batch.length === 1) for (const waiting of batch) waiting.reject(error);
    else for (const waiting of batch) await settle([waiting], commit, onFailure);
    return [];
  }
}
