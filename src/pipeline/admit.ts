import type { Answer, Delivery } from '../core/submission.ts';
import type { DeliveryRecord } from '../stores/contract/store.ts';

/** A delivery of a batch and what has been decided of it so far. */
export interface Entry {
  readonly delivery: Delivery;
  /** Set when it needs no work: an answer given before, or a refusal. */
  settled: Answer | null;
  /** An earlier entry of the same batch whose answer it shares. */
  twin: Entry | null;
}

/**
 * Stage 1: deliveries seen before are answered as the first time and change nothing; an id that comes back with
 * another signature is refused.
 */
export function admit(deliveries: readonly Delivery[], records: readonly DeliveryRecord[]): readonly Entry[] {
  if (!deliveries.some((delivery) => delivery.replay !== null)) return deliveries.map((delivery) => entryOf(delivery));
  const known = new Map(records.map((record) => [record.key, record]));
  const inBatch = new Map<string, Entry>();
  return deliveries.map((delivery) => {
    const entry = entryOf(delivery);
    if (delivery.replay === null) return entry;
    const { key, signature, called } = delivery.replay;
    const record = known.get(key);
    const earlier = inBatch.get(key);
    if (record !== undefined)
      entry.settled = record.signature === signature ? JSON.parse(record.answer) : reused(called);
    else if (earlier === undefined) inBatch.set(key, entry);
    else if (earlier.delivery.replay?.signature === signature) entry.twin = earlier;
    else entry.settled = reused(called);
    return entry;
  });
}

function reused(called = 'the id of this delivery'): Answer {
  return { outcome: 'refused', reason: `${called} was used before by another request: every delivery needs a new one` };
}

function entryOf(delivery: Delivery): Entry {
  return { delivery, settled: null, twin: null };
}

/** Whether an entry still has work to do. */
export function isOpen(entry: Entry): boolean {
  return entry.settled === null && entry.twin === null;
}
