import type { EndpointsDocument } from '../../config/endpoints/document.ts';
import { alertFingerprint, ENDPOINT_SOURCE } from '../../core/endpoint/alert.ts';
import { endpointTitle } from '../../core/endpoint/watched.ts';
import { type TermsByAlert, termsKey } from '../../core/policy/terms.ts';

/** What alerts of endpoints say themselves of reminders and ends; those that say nothing are left out. */
export function endpointTerms({
  endpoints,
  pushEndpoints,
}: Pick<EndpointsDocument, 'endpoints' | 'pushEndpoints'>): TermsByAlert {
  const terms = [...endpoints, ...pushEndpoints].flatMap((entry) =>
    entry.alerts.flatMap(({ reminderMs, sendOnResolved }, index) => {
      if (reminderMs === 0 && sendOnResolved) return [];
      const key = termsKey({ source: ENDPOINT_SOURCE, fingerprint: alertFingerprint(entry.key, index) });
      const place = `alerts[${index}] of the endpoint ${endpointTitle(entry)}`;
      return [[key, { repeatMs: reminderMs === 0 ? null : reminderMs, tellsEnd: sendOnResolved, place }] as const];
    }),
  );
  return Object.fromEntries(terms);
}
