/** What a span of time counts as: down and up are charged, what is unknown is in neither. */
export type Standing = 'up' | 'down' | 'unknown';

/** A span of time, UTC milliseconds, its end not in it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A span that is charged. */
export interface ChargedSpan extends Span {
  readonly standing: 'up' | 'down';
}

/** How far the time of an endpoint is counted. */
export interface UptimeCount {
  /** Everything before it is charged, waits in `pending`, or is unknown; null before the first look. */
  readonly at: number | null;
  /** What the last looks say, whatever the thresholds. */
  readonly standing: Standing;
  /** What the thresholds have confirmed. */
  readonly confirmed: Standing;
  /** Since when the looks say other than what is confirmed; null while they agree. */
  readonly divergedAt: number | null;
  /** Time since then: it counts as what comes of it. */
  readonly pending: readonly Span[];
  /** When the outage began that goes on; null for none. */
  readonly outageAt: number | null;
}

/** Before the first look. */
export const NO_UPTIME: UptimeCount = {
  ...{ at: null, standing: 'unknown', confirmed: 'unknown', divergedAt: null, pending: [], outageAt: null },
};

/** An outage that has begun, or ended. */
export interface Outage {
  readonly startedAt: number;
  /** null while it goes on. */
  readonly endedAt: number | null;
}

/** What is known once more was looked at. */
export interface Counted {
  readonly count: UptimeCount;
  /** What is charged now. */
  readonly charged: readonly ChargedSpan[];
  /** An outage that began or ended now; null for none. */
  readonly outage: Outage | null;
}

/** What the looks say at a moment. */
export interface Seen {
  readonly at: number;
  readonly standing: Standing;
  readonly confirmed: Standing;
}

// Gaps part them; a run below its thresholds has few.
const MOST_PENDING = 100;

/**
 * Counts the time up to a look. The time between two looks belongs to the earlier one, for two intervals at most; the rest
 * is unknown. What is not confirmed yet waits, and counts as what comes of it: an outage begins at the first failing look
 * of the run that crossed the threshold, and ends at the first good one of the run that ended it. `chargeable` gives the
 * parts of a span that are no maintenance.
 */
export function countUptime(
  before: UptimeCount,
  seen: Seen,
  intervalMs: number,
  chargeable: (span: Span) => readonly Span[] = (span) => [span],
): Counted {
  const at = Math.max(seen.at, before.at ?? seen.at);
  const passed =
    before.at === null || before.standing === 'unknown'
      ? []
      : chargeable({ from: before.at, to: Math.min(at, before.at + 2 * intervalMs) });
  const isOn = before.divergedAt !== null;
  const waiting = isOn ? joined([...before.pending, ...passed]) : [];
  const agreed = isOn || before.confirmed === 'unknown' ? [] : charge(passed, before.confirmed);
  // Where too few testify, what was confirmed holds.
  const confirmed = seen.confirmed === 'unknown' ? before.confirmed : seen.confirmed;
  if (confirmed === 'unknown') {
    const divergedAt = divergedSince(before, seen, at);
    const count = { ...before, at, standing: seen.standing, divergedAt, pending: waiting.slice(-MOST_PENDING) };
    return { count, charged: [], outage: null };
  }
  const hasTurned = confirmed !== before.confirmed;
  const isAgreed = seen.standing === confirmed;
  const isSettled = hasTurned || isAgreed;
  const since = before.divergedAt ?? at;
  return {
    count: {
      ...{ at, standing: seen.standing, confirmed },
      outageAt: confirmed === 'up' ? null : (before.outageAt ?? since),
      divergedAt: isSettled
        ? divergedSince({ divergedAt: null }, isAgreed ? UNSEEN : seen, at)
        : divergedSince(before, seen, at),
      pending: isSettled ? [] : waiting.slice(-MOST_PENDING),
    },
    charged: [...agreed, ...charge(isSettled ? waiting : [], confirmed)],
    outage: hasTurned ? turned(before, confirmed, since) : null,
  };
}

const UNSEEN = { standing: 'unknown' } as const;

/** Since when the looks disagree with what is confirmed: those that say nothing do not. */
function divergedSince(
  { divergedAt }: Pick<UptimeCount, 'divergedAt'>,
  { standing }: Pick<Seen, 'standing'>,
  at: number,
): number | null {
  return divergedAt ?? (standing === 'unknown' ? null : at);
}

function turned({ outageAt }: UptimeCount, confirmed: 'up' | 'down', since: number): Outage | null {
  if (confirmed === 'down') return { startedAt: since, endedAt: null };
  return outageAt === null ? null : { startedAt: outageAt, endedAt: since };
}

function charge(spans: readonly Span[], standing: 'up' | 'down'): readonly ChargedSpan[] {
  return spans.filter(({ from, to }) => to > from).map((span) => ({ ...span, standing }));
}

/** Spans in their order, those that touch as one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last !== undefined && last.to === span.from) all[all.length - 1] = { from: last.from, to: span.to };
    else if (span.to > span.from) all.push(span);
  }
  return all;
}
