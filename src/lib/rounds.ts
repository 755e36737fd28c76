import type { Clock } from './clock.ts';

/** A periodic task. */
export interface Rounds {
  /** The first round comes after `ms`; without it, after the usual pause. */
  begin(ms?: number): void;
  /** No round begins from now on; resolves when the one that is under way has ended. */
  end(): Promise<void>;
  /** For work that takes long: it has been asked to end. */
  readonly ended: boolean;
}

/** How often, and what. */
export interface RoundsOptions {
  readonly clock: Clock;
  /** Pause from the end of a round to the beginning of the next, in milliseconds: two never overlap. */
  readonly everyMs: number;
  /** What is done each time. */
  readonly round: () => Promise<void>;
  /** Called when a round fails; the next one comes all the same. */
  readonly onFailure: (error: unknown) => void;
}

/** Rounds that have not begun. */
export function createRounds({ clock, everyMs, round, onFailure }: RoundsOptions): Rounds {
  let cancel = () => {};
  let running: Promise<void> = Promise.resolve();
  let ended = false;
  const later = (ms: number) => {
    if (ended) return;
    cancel = clock.after(ms, () => {
      running = round()
        .catch(onFailure)
        .then(() => later(everyMs));
    });
  };
  return {
    begin: (ms = everyMs) => later(ms),
    end: async () => {
      ended = true;
      cancel();
      await running;
    },
    get ended() {
      return ended;
    },
  };
}
