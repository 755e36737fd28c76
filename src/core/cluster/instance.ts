/** A machine or container that pushes: the row of the `instances` table. Times are UTC milliseconds. */
export interface Instance {
  readonly instanceId: string;
  readonly hostname: string;
  /** Version of its program; '' when it does not say. */
  readonly version: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Its clock minus ours in milliseconds; null when it does not sign its time. */
  readonly clockOffsetMs: number | null;
  /** When silence becomes an alert: moved on by every push, and by the time the hub itself was down. */
  readonly staleAt: number;
  /** Since when it is silent; null while it is heard. */
  readonly silentSince: number | null;
  /** What it says of itself with its heartbeats, as JSON; left out for one that pushes. */
  readonly heartbeat?: string;
}
