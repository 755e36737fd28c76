/** Runs attempts by channel, so that one that takes long delays no other channel; what is critical goes first. */
export interface Lanes {
  /** Begins `work` when the channel has a place. It must not reject. */
  run(channel: string, isCritical: boolean, work: () => Promise<void>): void;
  /** Whether nothing runs and nothing waits. */
  isIdle(): boolean;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
}

// Attempts under way at once on one channel; one place more is kept for what is critical.
const PLACES = 4;

interface Lane {
  running: number;
  readonly urgent: (() => Promise<void>)[];
  readonly others: (() => Promise<void>)[];
}

/** Lanes without work. */
export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>();
  let waiting: (() => void)[] = [];
  const isIdle = () => [...lanes.values()].every(({ running }) => running === 0);
  const next = (lane: Lane) => {
    for (;;) {
      const isOpen = lane.running < PLACES;
      const work = lane.running < PLACES + 1 && lane.urgent.length > 0 ? lane.urgent.shift() : undefined;
      const chosen = work ?? (isOpen ? lane.others.shift() : undefined);
      if (chosen === undefined) break;
      lane.running += 1;
      void chosen().finally(() => {
        lane.running -= 1;
        next(lane);
      });
    }
    if (!isIdle()) return;
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  };
  return {
    run: (channel, isCritical, work) => {
      const lane = lanes.get(channel) ?? { running: 0, urgent: [], others: [] };
      lanes.set(channel, lane);
      (isCritical ? lane.urgent : lane.others).push(work);
      next(lane);
    },
    isIdle,
    idle: () => new Promise((resolve) => (isIdle() ? resolve() : waiting.push(resolve))),
  };
}
