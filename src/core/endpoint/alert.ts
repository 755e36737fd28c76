import type { IncomingAlert } from '../alert/alert.ts';
import { freshMs } from './judge.ts';
import type { AlertWord, EndpointState } from './state.ts';
import { endpointTitle, type WatchedEndpoint } from './watched.ts';

/** Source of the alerts about endpoints. */
export const ENDPOINT_SOURCE = 'endpoint';

/** What tells the alerts of an endpoint apart: its key, and behind it the number of each but the first. */
export function alertFingerprint(key: string, index: number): string {
  return index === 0 ? key : `${key}#${index + 1}`;
}

/** The alert of an endpoint as ingest takes it, with its witnesses as evidence. */
export function endpointAlert(
  endpoint: WatchedEndpoint,
  state: EndpointState,
  word: AlertWord,
  now: number,
): IncomingAlert {
  const { key, name, group, target } = endpoint;
  const { index, kind, verdict, since } = word;
  const alert = endpoint.alerts[index];
  const isFiring = kind !== 'resolve';
  const { up, down, needed } = verdict;
  const title = endpointTitle(endpoint);
  const errors = [...new Set(Object.values(state.runs).flatMap((run) => (run.success ? [] : run.errors)))];
  const counts = `${down} of ${up + down} ${up + down === 1 ? 'probe' : 'probes'}`;
  // Of one that is called there is one witness, and that is itself.
  const found = [
    ...(endpoint.push === undefined ? [counts] : []),
    ...(errors.length > 0 ? [errors.slice(0, 3).join('; ')] : []),
  ];
  const message = isFiring ? [`${title} is down`, ...found].join(': ') : `${title} is up again`;
  return {
    fingerprint: alertFingerprint(key, index),
    name: title,
    status: isFiring ? 'firing' : 'resolved',
    severity: alert?.severity ?? 'critical',
    labels: { ...endpoint.labels, endpoint: name, group, key },
    annotations: {
      message,
      witnesses: witnessText(endpoint, state, now),
      ...(target !== '' && { url: target }),
      ...(alert !== undefined && alert.description !== '' && { description: alert.description }),
    },
    metrics: { probes_down: down, probes_up: up, probes_needed: needed, ...timings(state) },
    startedAt: since,
    endedAt: isFiring ? null : since,
    observedAt: now,
    groupKey: `endpoint:${key}`,
    incidentTitle: title,
  };
}

/** The end of an alert whose endpoint, or which itself, is not configured any more. */
export function removedAlert(state: EndpointState, index: number, now: number): IncomingAlert {
  const { key } = state;
  return {
    ...{ fingerprint: alertFingerprint(key, index), name: key, status: 'resolved', severity: 'critical' },
    ...{ labels: {}, annotations: {}, metrics: {}, startedAt: state.since, endedAt: now, observedAt: now },
    ...{ groupKey: `endpoint:${key}`, resolution: 'endpoint_removed', statusOnly: true },
  };
}

/** `p1 down (connection refused); p2 up; p3 stale; p4 silent`: who says what, in the order of their ids. */
function witnessText({ probes, intervalMs, silent }: WatchedEndpoint, { runs }: EndpointState, now: number): string {
  return probes
    .toSorted()
    .map((probe) => {
      const run = runs[probe];
      if (run === undefined) return `${probe} has not looked`;
      if (silent?.has(probe)) return `${probe} silent`;
      if (now - run.at > freshMs(intervalMs)) return `${probe} stale`;
      if (run.abstains) return `${probe} abstains`;
      return run.success ? `${probe} up` : `${probe} down${run.errors[0] === undefined ? '' : ` (${run.errors[0]})`}`;
    })
    .join('; ');
}

function timings({ runs }: EndpointState): Record<string, number> {
  return Object.fromEntries(
    Object.entries(runs).map(([probe, { durationMs }]) => [`duration_ms_${probe}`, durationMs]),
  );
}
