/** Token buckets by credential: `perSecond` requests lastingly, `burst` at once. 0 a second means no limit. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** Takes one token of `credential`; 0 when there was one, else the seconds to wait. */
export type Limiter = (credential: string, now: number) => number;

// Credentials remembered at once. The one not used for longest is forgotten first: its bucket is the fullest.
const REMEMBERED = 10_000;

/** A limiter with its own buckets. */
export function createLimiter({ perSecond, burst }: RateLimit): Limiter {
  if (perSecond <= 0) return () => 0;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (credential, now) => {
    const bucket = buckets.get(credential) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    const granted = tokens >= 1;
    buckets.delete(credential);
    buckets.set(credential, { tokens: granted ? tokens - 1 : tokens, at: now });
    if (buckets.size > REMEMBERED) buckets.delete(buckets.keys().next().value ?? '');
    return granted ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  };
}
