/** What a hub knows of its own way, from the commit of a push to the message of it. */
export interface WayState {
  /** null while the store can be written, else the reason why not. */
  readonly notReady: string | null;
  /** How long ago what is not followed yet was committed, in milliseconds; null where another process follows. */
  readonly lagMs: number | null;
  /** How long ago the look at an incident that is due for longest was due, in milliseconds; 0 where none is. */
  readonly overdueMs: number;
  /** Attempts of each channel since the last time: all, and those that were taken. */
  readonly attempts: readonly { readonly channel: string; readonly all: number; readonly taken: number }[];
}

/** How the heartbeat of a hub stands. */
export interface HeartbeatState {
  /** When the last one was taken, UTC milliseconds; null for none since the start. */
  readonly sentAt: number | null;
  /** Why none is sent; null where nothing speaks against it. */
  readonly problem: string | null;
}

/** Followers that are so far behind tell people too late. */
const LATE_MS = 60_000;

/** Why the way from a push to people does not work; null when the whole of it does. */
export function brokenWay({ notReady, lagMs, overdueMs, attempts }: WayState): string | null {
  if (notReady !== null) return notReady;
  if (lagMs !== null && lagMs > LATE_MS) return `what was committed ${seconds(lagMs)} ago is not followed yet`;
  if (overdueMs > LATE_MS) return `what was due to be told ${seconds(overdueMs)} ago is not told yet`;
  const deaf = attempts.filter(({ all, taken }) => all > 0 && taken === 0).map(({ channel }) => channel);
  return deaf.length === 0 ? null : `no message was taken by ${deaf.toSorted().join(', ')}`;
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}
