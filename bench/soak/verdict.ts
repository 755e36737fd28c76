import type { Interval } from './pace.ts';

/** One look at a hub under load. */
export interface Sample extends Interval {
  /** Seconds since the start. */
  readonly at: number;
  /** Resident memory of the hub, in MB. */
  readonly rss: number;
  /** Database and log, in MB. */
  readonly files: number;
}

/** What memory may differ by without being called growth: the heap breathes. */
const SLACK_MB = 15;
const SLACK_PART = 0.1;

/** What a soak came to. */
export interface Verdict {
  /** Empty when memory is flat once the hub is warm, nothing failed and the rate was kept. */
  readonly problems: string[];
  /** The figures on memory, in one line. */
  readonly text: string;
}

/** Judges a soak at so many pushes a second. */
export function judge(samples: readonly Sample[], rate: number): Verdict {
  const problems: string[] = [];
  const errors = samples.reduce((sum, sample) => sum + sample.errors, 0);
  if (errors > 0) problems.push(`${errors} pushes were not answered 200`);
  // Of the whole, for another program of the machine may take a moment's time; what is late is sent as soon as it can be.
  const kept = samples.reduce((sum, sample) => sum + sample.perSecond, 0) / Math.max(1, samples.length);
  if (kept < rate * 0.95) problems.push(`${kept.toFixed(0)} pushes a second could be sent of ${rate}`);
  // The first half warms it up: caches fill until they are full.
  const warm = samples.slice(Math.floor(samples.length / 2));
  if (warm.length < 4) return { problems: [...problems, 'too short to say anything about memory'], text: '' };
  const middle = Math.floor(warm.length / 2);
  const [before, after] = [median(warm.slice(0, middle)), median(warm.slice(middle))];
  if (after > before + Math.max(SLACK_MB, before * SLACK_PART)) {
    problems.push(`memory grew from ${before} MB to ${after} MB while the hub was warm`);
  }
  const text = `memory of the warm hub: ${before} MB, then ${after} MB; slope ${slope(warm).toFixed(1)} MB an hour`;
  return { problems, text };
}

function median(samples: readonly Sample[]): number {
  const sorted = samples.map((sample) => sample.rss).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Least squares, in MB an hour. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [at, rss] = [mean((one) => one.at), mean((one) => one.rss)];
  const covariance = mean((one) => (one.at - at) * (one.rss - rss));
  const variance = mean((one) => (one.at - at) ** 2);
  return variance === 0 ? 0 : (covariance / variance) * 3600;
}
