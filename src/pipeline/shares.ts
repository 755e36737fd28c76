/** How long senders that take much of a hub rest, so that others find it free. */
export interface Shares {
  /** Somebody has sent something. */
  seen(flow: string, now: number): void;
  /** The flow that has to rest after a commit that took so many milliseconds, and for how long; null for none. */
  restAfter(costs: readonly FlowCost[], took: number, now: number): FlowRest | null;
}

/** What one request of a flow has cost. */
export interface FlowCost {
  readonly flow: string;
  readonly spent: number;
}

/** A flow that has to rest for so many milliseconds. */
export interface FlowRest {
  readonly flow: string;
  readonly ms: number;
}

// A commit that is over sooner keeps nobody waiting.
const LONG_MS = 8;
// Who has not sent for so long is not waiting for anything.
const PRESENT_MS = 1000;
// A store that was held up is nobody's doing.
const MOST_REST_MS = 250;

/**
 * A commit cannot be cut short, so a push that comes while a large one of another sender is committed waits for that,
 * however fair the queue is. So who had most of a long commit, and more than `large`, rests for as long as that took while
 * others are there: then the hub is free for half of the time at least.
 */
export function createShares(large: number): Shares {
  // The last two that sent something, the later first.
  let last = { flow: '', at: Number.NEGATIVE_INFINITY };
  let other = last;
  return {
    seen(flow, now) {
      if (flow !== last.flow) other = last;
      last = { flow, at: now };
    },
    restAfter(costs, took, now) {
      if (took < LONG_MS) return null;
      const heaviest = heaviestOf(costs);
      if (heaviest === null || heaviest.spent <= large) return null;
      const present = heaviest.flow === last.flow ? other : last;
      if (now - present.at > PRESENT_MS) return null;
      return { flow: heaviest.flow, ms: Math.min(took, MOST_REST_MS) };
    },
  };
}

/** The flow that cost more than all others together, with all that it cost. */
function heaviestOf(costs: readonly FlowCost[]): FlowCost | null {
  const sums = new Map<string, number>();
  let whole = 0;
  for (const { flow, spent } of costs) {
    sums.set(flow, (sums.get(flow) ?? 0) + spent);
    whole += spent;
  }
  for (const [flow, spent] of sums) if (spent * 2 > whole) return { flow, spent };
  return null;
}
