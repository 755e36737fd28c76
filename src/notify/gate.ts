import type { ChannelPolicy } from '../core/policy/policy.ts';

/** Whether a channel takes messages now. Belongs to one process; a new one begins with a full bucket. */
export interface Gate {
  /** Not before then is anything sent, in UTC milliseconds: the channel fails. Null while it works. */
  closedUntil(now: number): number | null;
  /** Takes one message from the bucket of that lane; false when it is empty. */
  take(lane: Lane, now: number): boolean;
  /** How many messages the lane has left. */
  left(lane: Lane, now: number): number;
  /** When the lane has a message again, in UTC milliseconds. */
  readyAt(lane: Lane, now: number): number;
  /** When what is critical may go although its bucket is empty, in UTC milliseconds; `now` takes that turn. */
  nextUrgentAt(now: number): number;
  /** A digest goes out: what is not critical waits, and joins the next one. */
  flood(now: number): void;
  /** Until when what is not critical gathers for the next digest; null while there is no flood. */
  floodUntil(now: number): number | null;
  /** An attempt has ended. Failures in a row close the channel; one trial at a time opens it again. */
  settled(isOk: boolean, now: number): void;
  /** Whether the channel was closed, so that the next message is a trial that goes alone. */
  isOnTrial(): boolean;
  /** A message that was taken is not sent after all. */
  untried(): void;
}

/** What is critical has a bucket of its own, so that a storm of other things never delays it. */
export type Lane = 'critical' | 'other';

// In a flood people read a digest each half minute; more often they read none.
const FLOOD_MS = 30_000;
// Failures in a row after which a channel counts as away.
const FAILURES = 5;
// What is critical is never later than this, whatever the rate of the channel.
const URGENT_MS = 1000;
const CLOSED_MS = { base: 5_000, max: 300_000 };
// A trial that nobody hears the end of, such as one whose claim could not be written, is one no more.
const TRIAL_MS = 60_000;
const MINUTE_MS = 60_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** The gate of a channel with that policy. */
export function createGate({ rate }: Pick<ChannelPolicy, 'rate'>): Gate {
  const buckets: Record<Lane, Bucket> = {
    critical: { tokens: rate.burst, at: 0 },
    other: { tokens: rate.burst, at: 0 },
  };
  let floodedUntil = 0;
  let urgentAt = 0;
  let failures = 0;
  let closed = 0;
  let trialUntil = 0;
  const refill = (lane: Lane, now: number) => {
    const bucket = buckets[lane];
    const gained = (Math.max(0, now - bucket.at) * rate.perMinute) / MINUTE_MS;
    bucket.tokens = Math.min(rate.burst, bucket.tokens + (bucket.at === 0 ? 0 : gained));
    bucket.at = now;
    return bucket;
  };
  return {
    closedUntil: (now) => {
      if (failures < FAILURES) return null;
      if (now < closed) return closed;
      // Its end tells those that wait; the time is for an end that nobody hears.
      return now < trialUntil ? trialUntil : null;
    },
    take: (lane, now) => {
      const bucket = refill(lane, now);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      if (failures >= FAILURES) trialUntil = now + TRIAL_MS;
      return true;
    },
    left: (lane, now) => Math.floor(refill(lane, now).tokens),
    readyAt: (lane, now) => now + Math.ceil(((1 - refill(lane, now).tokens) * MINUTE_MS) / rate.perMinute),
    nextUrgentAt: (now) => {
      if (now >= urgentAt) urgentAt = now + URGENT_MS;
      else return urgentAt;
      return now;
    },
    flood: (now) => {
      floodedUntil = now + FLOOD_MS;
    },
    floodUntil: (now) => (now < floodedUntil ? floodedUntil : null),
    settled: (isOk, now) => {
      trialUntil = 0;
      // What fails beside the one that closed the channel says no more than that one: an outage of seconds must not
      // close it for minutes because many messages met it.
      if (!isOk && now < closed) return;
      failures = isOk ? 0 : failures + 1;
      closed = 0;
      if (failures >= FAILURES) closed = now + Math.min(CLOSED_MS.max, CLOSED_MS.base * 2 ** (failures - FAILURES));
    },
    isOnTrial: () => failures >= FAILURES,
    untried: () => {
      trialUntil = 0;
    },
  };
}
