import { isSameSender, type Sender, type WireAlert } from '../core/cluster/payload.ts';
import { BATCH, nextBatch, type SpoolEntry } from '../core/cluster/spool.ts';
import { addCounts, type Failure, type HubCounts, type Receipt } from './receipt.ts';

/** An entry that the hub rejected, and its words. */
export interface RefusedAlert {
  readonly alert: WireAlert;
  readonly reason: string;
}

/** What became of a spool. */
export interface SpoolResult {
  /** What is still to be sent, in order. */
  readonly left: SpoolEntry[];
  /** How many the hub has committed. */
  readonly sent: number;
  readonly refused: RefusedAlert[];
  readonly counts: HubCounts;
  /** What the last push came to; null when there was none. */
  readonly last: Receipt | null;
  /** Why the rest stays; null when nothing is left. */
  readonly failure: Failure | null;
}

/** What sending a spool needs. */
export interface SendSpoolParts {
  /** The name under which this agent speaks now. */
  readonly sender: Sender;
  post(entries: readonly SpoolEntry[]): Promise<Receipt>;
  /** Called after each push that was taken, with what is left and what was set aside so far. */
  progress(left: SpoolEntry[], refused: readonly RefusedAlert[]): Promise<void>;
}

/** Answers that may be about the content of a push, rather than about who sends it, or where to. */
const ABOUT_CONTENT = [400, 413, 422];
/** So many refusals in a row mean that the hub refuses this agent, not single alerts. */
const REFUSALS_ENOUGH = 24;

/**
 * Sends a spool, oldest first, until it is empty or the hub fails. A push that is refused for its content is sent again
 * in halves until the alert at fault stands alone. That one is set aside only when the hub names it, or has refused it
 * before and does so again right after it took another. What is merely suspected stays in the spool: it may be the hub
 * that is at fault, or one of several behind an address.
 */
export async function sendSpool(spool: readonly SpoolEntry[], parts: SendSpoolParts): Promise<SpoolResult> {
  let left = [...spool];
  const suspects: { entries: readonly SpoolEntry[]; failure: Failure }[] = [];
  const doubted = new Set<SpoolEntry>();
  const refused: RefusedAlert[] = [];
  let counts: HubCounts = {};
  let sent = 0;
  /** Since the last push that was taken. */
  let refusals = 0;
  let size: number = BATCH.alerts;
  /** How many of what comes next have their second try; 0 for none. */
  let again = 0;
  let last: Receipt | null = null;
  let failure: Failure | null = null;

  const remaining = () =>
    [...suspects.flatMap(({ entries }) => entries), ...left].toSorted((one, other) => one.seq - other.seq);
  /** Takes the entries of a push from what is left, those that the hub names to what it refused. */
  const settle = (batch: readonly SpoolEntry[], named: ReadonlyMap<number, string>) => {
    left = left.slice(batch.length);
    for (const [place, { alert }] of batch.entries()) {
      const reason = named.get(place);
      if (reason !== undefined) refused.push({ alert, reason });
    }
  };
  /** A suspect has its second try right after the hub has taken another. */
  const tryAgain = () => {
    const { entries } = suspects.shift() ?? { entries: [] };
    left = [...entries, ...left];
    again = entries.length;
  };
  const suspect = (batch: readonly SpoolEntry[], failure: Failure) => {
    const isSecond = refusals === 0 && batch.every((entry) => doubted.has(entry));
    left = left.slice(batch.length);
    if (!isSecond) suspects.push({ entries: batch, failure });
    else refused.push(...batch.map(({ alert }) => ({ alert, reason: failure.reason })));
  };

  while (left.length > 0 && failure === null) {
    const batch = nextBatch(left, again || size);
    again = 0;
    last = await parts.post(batch);
    const { refused: reasons, failure: fault } = last;
    const named = new Map([...reasons].filter(([place]) => place < batch.length));
    const blame = fault === null ? null : blameFor(fault, batch, parts.sender);
    if (fault === null) {
      settle(batch, named);
      sent += batch.length - named.size;
      counts = addCounts(counts, last.counts);
      size = Math.min(BATCH.alerts, size * 2);
      refusals = 0;
      tryAgain();
      await parts.progress(remaining(), refused);
    } else if (blame === 'hub') {
      failure = fault;
    } else if (named.size > 0) {
      settle(batch, named);
      left = [...batch.filter((_, place) => !named.has(place)), ...left];
    } else {
      if (blame === 'name' || batch.length === 1) suspect(batch, fault);
      else size = Math.ceil(batch.length / 2);
      for (const entry of batch) doubted.add(entry);
      refusals += 1;
      if (refusals >= REFUSALS_ENOUGH) failure = fault;
    }
  }
  return { left: remaining(), sent, refused, counts, last, failure: failure ?? suspects.at(-1)?.failure ?? null };
}

/** What a refusal is about: the connection to the hub, the name under which the entries were seen, or one of them. */
function blameFor(failure: Failure, batch: readonly SpoolEntry[], sender: Sender): 'hub' | 'name' | 'content' {
  if (failure.kind !== 'status' || !failure.permanent) return 'hub';
  if (ABOUT_CONTENT.includes(failure.status ?? 0)) return 'content';
  // Seen under a name that this machine had before: its key may not speak for that name any more, and never will.
  const [first] = batch;
  return first === undefined || isSameSender(first, sender) ? 'hub' : 'name';
}
