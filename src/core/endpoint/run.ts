import type { LookResult } from './result.ts';
import type { Thresholds } from './watched.ts';

/** What a probe says of an endpoint, once its thresholds are reached. */
export type Vote = 'up' | 'down' | 'undecided';

/** What is remembered of the looks of one probe at one endpoint. */
export interface ProbeRun {
  /** When it last looked, UTC milliseconds. */
  readonly at: number;
  readonly success: boolean;
  readonly abstains: boolean;
  /** Failures in a row; 0 after a success. */
  readonly failures: number;
  /** Successes in a row; 0 after a failure. */
  readonly successes: number;
  /** What it says under each pair of thresholds, in their order. */
  readonly votes: readonly Vote[];
  readonly durationMs: number;
  readonly errors: readonly string[];
  readonly certificateMs: number | null;
}

/** Why a result changed nothing of the run of its probe. */
export type RunVerdict =
  | { readonly outcome: 'counted'; readonly run: ProbeRun }
  /** Older than the newest of that probe: it is history. */
  | { readonly outcome: 'history' };

/**
 * The run of a probe after one more look. A look from which the probe abstains keeps the counts: it says nothing of the
 * endpoint. The first success decides for up at once, for there is nothing it would recover from.
 */
export function countLook(
  before: ProbeRun | undefined,
  result: LookResult,
  thresholds: readonly Thresholds[],
): RunVerdict {
  if (before !== undefined && result.at <= before.at) return { outcome: 'history' };
  const { at, success, abstains, durationMs, errors, certificateMs } = result;
  const seen = { at, success, abstains, durationMs, errors, certificateMs };
  const { failures = 0, successes = 0, votes = [] } = before ?? {};
  if (abstains) {
    const isUp = before?.success ?? success;
    return { outcome: 'counted', run: { ...seen, success: isUp, failures, successes, votes } };
  }
  const run = success ? { failures: 0, successes: successes + 1 } : { failures: failures + 1, successes: 0 };
  return {
    outcome: 'counted',
    run: { ...seen, ...run, votes: thresholds.map((one, index) => voteAfter(votes[index] ?? 'undecided', run, one)) },
  };
}

function voteAfter(
  before: Vote,
  { failures, successes }: Pick<ProbeRun, 'failures' | 'successes'>,
  thresholds: Thresholds,
): Vote {
  if (failures >= thresholds.failureThreshold) return 'down';
  if (successes >= thresholds.successThreshold || (successes > 0 && before === 'undecided')) return 'up';
  return before;
}
