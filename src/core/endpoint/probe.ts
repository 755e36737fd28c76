/** What a probe says of itself. */
export interface ProbeSighting {
  readonly id: string;
  /** Its clock less that of the hub, in milliseconds; null where it does not say. */
  readonly clockOffsetMs: number | null;
  readonly version: string | null;
  readonly region: string | null;
  readonly name: string | null;
}

/** What is remembered of a probe. Times are UTC milliseconds. */
export interface ProbeState {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly version: string;
  /** null before it has ever come. */
  readonly lastSeenAt: number | null;
  readonly clockOffsetMs: number | null;
  /** Since when it has been silent for too long; null while it is not. */
  readonly staleSince: number | null;
}

/** A probe as it is after it has come. */
export function sightedProbe(before: ProbeState | undefined, sighting: ProbeSighting, now: number): ProbeState {
  return {
    id: sighting.id,
    name: sighting.name ?? before?.name ?? sighting.id,
    region: sighting.region ?? before?.region ?? '',
    version: sighting.version ?? before?.version ?? '',
    lastSeenAt: Math.max(now, before?.lastSeenAt ?? 0),
    clockOffsetMs: sighting.clockOffsetMs ?? before?.clockOffsetMs ?? null,
    staleSince: null,
  };
}
