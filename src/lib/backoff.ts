/** How long to wait before a retry: doubling from `baseMs`, never above `maxMs`. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Milliseconds before retry number `retry` (1 is the first), drawn evenly from the upper half of the span, so that those
 * who failed together do not come back together.
 */
export function backoffMs({ baseMs, maxMs }: Backoff, retry: number): number {
  const span = Math.min(maxMs, baseMs * 2 ** (retry - 1));
  return span / 2 + (Math.random() * span) / 2;
}
