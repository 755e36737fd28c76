import type { Clock } from '../clock.ts';
import { createRecent } from '../recent.ts';
import type { Logger } from './logger.ts';

// Somebody who goes on for ever must not fill the disk of the log.
const EVERY_MS = 10_000;

/**
 * A listener that is called at most once in 10 s: `listen` gets what it was told at first, and how often it was called and
 * left unsaid since the time before.
 */
export function throttled(
  clock: Pick<Clock, 'monotonic'>,
  listen: (what: string, more: number) => void,
): (what?: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  let more = 0;
  return (what = '') => {
    const now = clock.monotonic();
    if (now - last < EVERY_MS) {
      more += 1;
      return;
    }
    last = now;
    listen(what, more);
    more = 0;
  };
}

// Messages are constant texts, reasons nearly so.
const KINDS = 200;

/**
 * Writes errors, of each kind at most one line in 10 s with how many `more` were left unsaid. What says of itself what to do
 * (`unavailable`, as a full disk) is told by that one line; the rest with its stack.
 */
export function throttledErrors(
  clock: Pick<Clock, 'monotonic'>,
  logger: Pick<Logger, 'error'>,
): (message: string, error: unknown) => void {
  const kinds = createRecent<{ at: number; more: number }>(KINDS);
  return (message, error) => {
    const { text, isKnown } = told(error);
    const kind = `${message}\0${text}`;
    const known = kinds.get(kind);
    const now = clock.monotonic();
    if (known !== undefined && now - known.at < EVERY_MS) {
      known.more += 1;
      return;
    }
    const more = known?.more ?? 0;
    kinds.set(kind, { at: now, more: 0 });
    logger.error({ ...(isKnown ? { reason: text } : { error }), ...(more > 0 && { more }) }, message);
  };
}

function told(error: unknown): { readonly text: string; readonly isKnown: boolean } {
  if (!(error instanceof Error)) return { text: String(error), isKnown: false };
  return { text: error.message, isKnown: 'unavailable' in error && error.unavailable === true };
}
