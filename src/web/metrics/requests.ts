import type { RequestReport } from '../webhook/handler.ts';
import type { RequestCount } from './families.ts';

/** Counts requests by source and outcome. Sources that are not known have one name, for anybody can make up more. */
export function createRequestCounter(known: ReadonlySet<string>) {
  const counts = new Map<string, RequestCount>();
  return {
    count: ({ source: given, outcome }: Pick<RequestReport, 'source' | 'outcome'>): void => {
      const source = known.has(given) ? given : 'other';
      const what = outcome.outcome === 'accepted' ? 'accepted' : outcome.cause;
      const key = `${what} ${source}`;
      counts.set(key, { source, outcome: what, count: (counts.get(key)?.count ?? 0) + 1 });
    },
    read: (): readonly RequestCount[] => [...counts.values()],
  };
}
