import type { Clock } from '../lib/clock.ts';
import { createRounds } from '../lib/rounds.ts';
import type { Lag } from '../stores/contract/followers.ts';

/** What watches the lag. */
export interface LagWatchParts {
  readonly clock: Clock;
  /** null where another process follows the history: it watches itself. */
  readonly lag: () => Promise<Lag | null>;
  /** Tells that notices lag behind by so many seconds, or that they have caught up. */
  readonly tell: (seconds: number, isOver: boolean) => Promise<unknown>;
  readonly onFailure: (error: unknown) => void;
}

const EVERY_MS = 15_000;
// People are to hear within seconds; a minute is no storm any more.
const LATE_MS = 60_000;
const CAUGHT_UP_MS = 5_000;

/** Looks every quarter of a minute whether notices follow the history, and tells when they do not, and when they do again. */
export function createLagWatch({ clock, lag, tell, onFailure }: LagWatchParts) {
  let isTold = false;
  const round = async () => {
    const behind = await lag();
    if (behind === null) return;
    const isLate = behind.ms > LATE_MS;
    const isOver = isTold && behind.ms <= CAUGHT_UP_MS;
    if (!isLate && !isOver) return;
    await tell(behind.ms / 1000, isOver);
    isTold = isLate;
  };
  const rounds = createRounds({ clock, everyMs: EVERY_MS, round, onFailure });
  return {
    /** `wasTold`: an earlier process has told that they lag behind. */
    begin: (wasTold: boolean): void => {
      isTold = wasTold;
      rounds.begin();
    },
    end: rounds.end,
  };
}
