import { createRecent } from '../lib/recent.ts';

/** Token buckets by credential: `perSecond` requests lastingly, `burst` at once. 0 a second means no limit. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Takes `cost` tokens of `credential`, one unless told; 0 when there was one, else the seconds to wait. What costs more than
 * there is left is let through, and is owed; a negative cost gives back what was taken.
 */
export type Limiter = (credential: string, now: number, cost?: number) => number;

// Credentials remembered at once, at most; half of them at least. Those not used for longest are forgotten: their buckets
// are the fullest.
const REMEMBERED = 20_000;

// No request is looked at so late.
const SET_BACK_MS = 30_000;

/** Belongs to one credential and is changed in place. */
interface Bucket {
  tokens: number;
  /** When it held them. */
  at: number;
}

/** A limiter with its own buckets. */
export function createLimiter({ perSecond, burst }: RateLimit): Limiter {
  if (perSecond <= 0) return () => 0;
  const buckets = createRecent<Bucket>(REMEMBERED);
  const bucketOf = (credential: string, now: number) => {
    const known = buckets.get(credential);
    if (known !== undefined) return known;
    const full = { tokens: burst, at: now };
    buckets.set(credential, full);
    return full;
  };
  return (credential, now, cost = 1) => {
    const bucket = bucketOf(credential, now);
    const passed = now - bucket.at;
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, passed) / 1000) * perSecond);
    // Requests are not looked at in the order of their arrival, and no time passes twice; a clock may be set back.
    if (passed > 0 || passed < -SET_BACK_MS) bucket.at = now;
    if (cost >= 0 && bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= cost;
    return 0;
  };
}
