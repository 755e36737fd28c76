import type { ProbeReport } from '../../endpoints/commit.ts';

/** What a look came to; a call of a push endpoint is a look, too. */
export type LookOutcome = 'success' | 'failure' | 'abstained';

/** Looks of one probe at one endpoint since the start, by what they came to. */
export interface LookCount {
  readonly endpoint: string;
  /** Id of the probe; '' where the endpoint called. */
  readonly probe: string;
  readonly outcome: LookOutcome;
  readonly count: number;
}

/** Counts looks at endpoints that are watched: a probe cannot make up more. */
export function createLookCounter(isWatched: (endpoint: string) => boolean) {
  const counts = new Map<string, LookCount>();
  const add = (endpoint: string, probe: string, outcome: LookOutcome) => {
    const key = `${endpoint} ${probe} ${outcome}`;
    counts.set(key, { endpoint, probe, outcome, count: (counts.get(key)?.count ?? 0) + 1 });
  };
  return {
    count: ({ looks, pings = [] }: Pick<ProbeReport, 'looks' | 'pings'>): void => {
      for (const { key, probe, success, abstains } of looks)
        if (isWatched(key)) add(key, probe, abstains ? 'abstained' : success ? 'success' : 'failure');
      for (const { key, kind } of pings) {
        if (kind === 'success') add(key, '', 'success');
        else if (kind === 'fail') add(key, '', 'failure');
      }
    },
    read: (): readonly LookCount[] => [...counts.values()],
  };
}
