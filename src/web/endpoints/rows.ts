import type * as z from 'zod';
import type { EndpointEntry, EndpointsDocument, PushEndpointEntry } from '../../config/endpoints/document.ts';
import { isWithin } from '../../core/access/confinement.ts';
import { ENDPOINT_SOURCE } from '../../core/endpoint/alert.ts';
import { LOCAL_PROBE } from '../../core/endpoint/endpoint.ts';
import { responseMs, uptimeOf } from '../../core/endpoint/report.ts';
import { NO_SUMS, type Sums } from '../../core/endpoint/rollup.ts';
import type { ProbeRun } from '../../core/endpoint/run.ts';
import { type EndpointState, isFresh, newState, verdictAt } from '../../core/endpoint/state.ts';
import { endpointTitle, type WatchedEndpoint } from '../../core/endpoint/watched.ts';
import { iso } from '../../core/iso-time.ts';
import { matchLabels } from '../../core/policy/labels.ts';
import { searchWords } from '../../core/search/words.ts';
import type { EndpointLook } from '../../endpoints/look.ts';
import { lookDocument } from '../../endpoints/look-document.ts';
import { phasesJson } from '../../endpoints/probe/wire.ts';
import { redactedText } from '../../endpoints/redacted.ts';
import type { StoredLook } from '../../stores/contract/endpoints.ts';
import type { Within } from '../api/confined.ts';
import type { ENDPOINT, PROBE_STATES, TRIED, WHOLE_ENDPOINT } from './schemas.ts';

/** An endpoint with what is configured of it and what is found of it now. */
export interface FoundEndpoint {
  readonly watched: WatchedEndpoint;
  readonly entry: EndpointEntry | PushEndpointEntry;
  readonly state: EndpointState;
  readonly verdict: ReturnType<typeof verdictAt>;
}

/** What a row shows beside what is found now. */
export interface RowParts {
  readonly looks: readonly StoredLook[];
  /** Sums of 24 hours, 7 days and 30 days; left out where nothing is known. */
  readonly sums: Readonly<Partial<Record<'24h' | '7d' | '30d', Sums>>>;
  readonly probes: EndpointsDocument['probes'];
  readonly isMaintained: boolean;
  readonly now: number;
}

type Row = z.infer<typeof ENDPOINT>;

/** All endpoints that are looked at, by their keys. */
export function foundEndpoints(
  { endpoints, pushEndpoints }: EndpointsDocument,
  watched: readonly WatchedEndpoint[],
  states: readonly EndpointState[],
  now: number,
): readonly FoundEndpoint[] {
  const entries = new Map([...endpoints, ...pushEndpoints].map((entry) => [entry.key, entry]));
  const known = new Map(states.map((state) => [state.key, state]));
  return watched
    .flatMap((one): FoundEndpoint[] => {
      const entry = entries.get(one.key);
      const state = known.get(one.key) ?? newState(one.key);
      return entry === undefined ? [] : [{ watched: one, entry, state, verdict: verdictAt(state, one, now) }];
    })
    .sort((a, b) => (a.watched.key < b.watched.key ? -1 : 1));
}

/** Whether an endpoint is within what somebody is confined to: as the alert about it would be. */
export function isTheirEndpoint({ watched }: Pick<FoundEndpoint, 'watched'>, confinement: Within): boolean {
  const { key, name, group, labels, alerts } = watched;
  const alert = { name: endpointTitle(watched), severity: alerts[0]?.severity ?? 'critical', source: ENDPOINT_SOURCE };
  const own = { ...labels, endpoint: name, group, key };
  return isWithin(matchLabels({ ...alert, origin: '', labels: own }), confinement ?? null);
}

/** Whether each of these words begins one of an endpoint's: of its name, group, labels and URL. */
export function hasWords({ watched }: Pick<FoundEndpoint, 'watched'>, words: readonly string[]): boolean {
  const { key, name, group, target, labels } = watched;
  const own = searchWords([name, group, key, target, ...Object.entries(labels).flat()].join(' '));
  return words.every((word) => own.some((one) => one.startsWith(word)));
}

/** An endpoint as a row of a list. */
export function endpointRow(found: FoundEndpoint, { looks, sums, probes, isMaintained, now }: RowParts): Row {
  const { watched, entry, state, verdict } = found;
  const { key, name, group, target, labels, intervalMs } = watched;
  const isPush = isPushed(entry);
  const hidesErrors = 'ui' in entry && entry.ui.hideErrors;
  const redacted = redactedBy(entry);
  const runs = Object.entries(state.runs).filter(([id]) => watched.probes.includes(id));
  const ends = runs.flatMap(([, { at, certificateMs }]) => (certificateMs === null ? [] : at + certificateMs));
  const share = (span: keyof RowParts['sums']) => uptimeOf(sums[span] ?? NO_SUMS);
  return {
    ...{ key, name, group, kind: isPush ? 'push' : 'active', url: target, labels },
    interval_ms: isPush ? null : intervalMs,
    ...{ state: verdict.state, since: iso(sinceOf(found)), reason: verdict.reason },
    votes: { up: verdict.up, down: verdict.down, needed: verdict.needed, of: watched.probes.length },
    outage_since: iso(state.uptime.outageAt),
    maintenance: isMaintained,
    probes: isPush
      ? []
      : watched.probes.map((id) => {
          const known = probes.find((one) => one.id === id);
          const run = state.runs[id];
          return {
            ...{ id, name: known?.name ?? (id === LOCAL_PROBE ? 'This hub' : id), region: known?.region ?? '' },
            ...{ state: probeState(id, run, watched, now), seen_at: run === undefined ? null : iso(run.at) },
            ...{ duration_ms: run?.durationMs ?? null, failures: run?.failures ?? 0 },
            error: hidesErrors ? '' : redacted(run?.errors[0] ?? ''),
          };
        }),
    last_look_at: runs.length === 0 ? null : iso(Math.max(...runs.map(([, { at }]) => at))),
    response_ms: responseMs(sums['24h'] ?? NO_SUMS),
    certificate_ends_at: ends.length === 0 ? null : iso(Math.min(...ends)),
    uptime: { '24h': share('24h'), '7d': share('7d'), '30d': share('30d') },
    results: looks.map((look) => ({ ...lookJson(look, hidesErrors ? 0 : 1, redacted) })).reverse(),
  };
}

/** What is shown of one beside its row. */
export function endpointDetails(
  { watched, entry, state }: FoundEndpoint,
  looks: readonly StoredLook[],
): Omit<z.infer<typeof WHOLE_ENDPOINT>, keyof Row> {
  const ui = 'ui' in entry ? entry.ui : null;
  const { rule } = watched;
  return {
    description: entry.description,
    conditions: 'conditions' in entry && !ui?.hideConditions ? [...entry.conditions] : [],
    timeout_ms: 'timeoutMs' in entry ? entry.timeoutMs : null,
    strategy: rule.kind === 'quorum' ? `${rule.down} of ${watched.probes.length}` : rule.strategy,
    depends_on: [...entry.dependsOn],
    alerts: entry.alerts.map(({ severity, failureThreshold, successThreshold, quorum }, index) => ({
      ...{ severity, failure_threshold: failureThreshold, success_threshold: successThreshold, quorum },
      firing: state.alerts[index]?.isFiring ?? false,
    })),
    looks: looks.map((look) => ({
      ...lookJson(look, ui?.hideErrors ? 0 : look.errors.length, redactedBy(entry)),
      conditions: ui?.hideConditions ? [] : [...look.conditions],
      phases: look.phases === undefined ? null : phasesJson(look.phases),
    })),
  };
}

function isPushed(entry: FoundEndpoint['entry']): entry is PushEndpointEntry {
  return !('url' in entry);
}

/** Since when it is as it is now; null before anybody has looked, and where only time has changed it. */
function sinceOf({ state, verdict }: FoundEndpoint): number | null {
  return state.since === 0 || state.verdict !== verdict.state ? null : state.since;
}

function probeState(
  id: string,
  run: ProbeRun | undefined,
  watched: WatchedEndpoint,
  now: number,
): (typeof PROBE_STATES)[number] {
  if (run === undefined) return 'waiting';
  if (watched.silent?.has(id) || !isFresh(run, watched, now)) return 'stale';
  if (run.abstains) return 'abstains';
  return run.success ? 'up' : 'down';
}

/** A look that somebody asked for, as far as the `ui` of its endpoint lets it be seen. */
export function triedJson(entry: EndpointEntry, found: EndpointLook): z.infer<typeof TRIED> {
  const { success, at, conditions, error, connected, status, version, dns_rcode, certificate, timings } = lookDocument(
    '',
    found,
  );
  return {
    ...{
      success,
      at: at ?? '',
      connected,
      status,
      version,
      dns_rcode,
      timings: { ...timings, total_ms: timings.total_ms ?? 0 },
    },
    conditions: entry.ui.hideConditions ? [] : [...conditions],
    error: error === null || entry.ui.hideErrors ? null : redactedText(entry, error.message),
    certificate_ends_at: certificate?.expires_at ?? null,
  };
}

/** Errors as the `ui` of an endpoint lets them be seen. */
function redactedBy(entry: FoundEndpoint['entry']): (text: string) => string {
  return (text) => ('ui' in entry ? redactedText(entry, text) : text);
}

function lookJson(
  { at, probe, success, abstains, durationMs, errors }: StoredLook,
  most: number,
  redacted: (text: string) => string,
) {
  const told = errors.slice(0, most).map(redacted);
  return { at: iso(at), probe, success, abstains, duration_ms: durationMs, errors: told };
}
