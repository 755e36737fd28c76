import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { createRounds } from '../lib/rounds.ts';

/** What a watch over the configuration does. */
export interface ConfigWatchParts {
  readonly clock: Clock;
  /** Another text once something may have changed. */
  readonly fingerprint: () => string;
  /** Reads the configuration again. What cannot be used is told there, and the last good one goes on. */
  readonly reload: () => Promise<unknown>;
  readonly onFailure: (error: unknown) => void;
}

// Files are looked at, and not waited for: that works on every file system, over links, and for files that are not there yet.
const LOOK_EVERY_MS = 1000;

/**
 * Has the configuration read again when its files have changed. A change counts once it has stood for two looks, so that
 * what is written in several steps is read once.
 */
export function createConfigWatch({ clock, fingerprint, reload, onFailure }: ConfigWatchParts): Part {
  let used = fingerprint();
  let seen = used;
  const round = async () => {
    const now = fingerprint();
    const isSettled = now === seen;
    seen = now;
    if (!isSettled || now === used) return;
    // Also where it cannot be used: the same fault is told once.
    used = now;
    await reload();
  };
  const rounds = createRounds({ clock, everyMs: LOOK_EVERY_MS, round, onFailure });
  return {
    name: 'configuration watch',
    start: async () => rounds.begin(),
    stop: () => rounds.end(),
  };
}
