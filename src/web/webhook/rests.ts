import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS } from '../../lib/crypto/signature.ts';
import { createRecent } from '../../lib/recent.ts';
import type { RequestHead } from '../request.ts';
import type { Outcome, Postponed } from './outcome.ts';

/** Remembers which keys were told to come back later, so that what they send before costs nearly nothing. */
export interface Rests {
  /** The answer to a request whose head names a key that is told to wait; null for any other. */
  restOf(request: RequestHead, now: number): Postponed | null;
  /** Resolves when such an answer may be given, or another to somebody who would only come again. */
  hold(): Promise<void>;
  /** What became of a request whose sender has proven to hold the key. */
  note(request: RequestHead, outcome: Outcome, now: number): void;
}

const KEYS = 2000;
// Whoever does not obey asks again as soon as it has its answer.
const HOLD_MS = 500;

/**
 * The rate limit is taken where bodies are read. Who goes on all the same is told so by the head alone: the body is neither
 * kept nor verified, and not even received before its answer, which takes its time. Only who holds a key can bring it here; and whoever merely names it learns that it has been busy.
 */
export function createRests(wait: (ms: number) => Promise<unknown> = pause): Rests {
  const until = createRecent<{ readonly at: number; readonly outcome: Postponed }>(KEYS);
  const keyOf = ({ headers }: RequestHead) => {
    const key = headers[HEADERS.key];
    return typeof key === 'string' ? key : null;
  };
  return {
    restOf(request, now) {
      const key = keyOf(request);
      const rest = key === null ? undefined : until.get(key);
      if (rest === undefined || rest.at <= now) return null;
      return { ...rest.outcome, retryAfterS: Math.max(1, Math.ceil((rest.at - now) / 1000)) };
    },
    hold: async () => void (await wait(HOLD_MS)),
    note(request, outcome, now) {
      const key = keyOf(request);
      if (key === null || outcome.outcome !== 'postponed' || outcome.cause !== 'rate_limited') return;
      until.set(key, { at: now + outcome.retryAfterS * 1000, outcome });
    },
  };
}
