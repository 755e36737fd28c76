import { freshMs, type Verdict } from './judge.ts';
import type { ProbeRun } from './run.ts';
import type { EndpointState } from './state.ts';
import type { WatchedEndpoint } from './watched.ts';

/** The last looks of those that testify at a moment, by the id of the probe. */
function testimony({ runs }: EndpointState, { probes, intervalMs, silent }: WatchedEndpoint, now: number) {
  return Object.entries(runs).filter(
    ([probe, { at, abstains }]) =>
      !abstains && now - at <= freshMs(intervalMs) && probes.includes(probe) && silent?.has(probe) !== true,
  );
}

/**
 * A verdict where an endpoint asks for confirmation: it does not become down by one probe alone while another testifies.
 * The last look of the other counts, whatever its thresholds. What is down already stays so by the rule.
 */
export function confirmedVerdict(
  verdict: Verdict,
  wasDown: boolean,
  state: EndpointState,
  endpoint: WatchedEndpoint,
  now: number,
): Verdict {
  if (endpoint.confirm !== true || verdict.state !== 'down' || wasDown) return verdict;
  const all = testimony(state, endpoint, now);
  const failing = all.filter(([, { success }]) => !success).length;
  return all.length > 1 && failing < 2 ? { ...verdict, state: 'up', reason: 'unconfirmed' } : verdict;
}

/**
 * Which probes are asked to look at once, by their ids, each with the moment that its next look has to follow (UTC
 * milliseconds): one alone says that the endpoint fails, and they have not looked since it began to say so.
 */
export function askedProbes(state: EndpointState, endpoint: WatchedEndpoint, now: number): ReadonlyMap<string, number> {
  const asked = new Map<string, number>();
  if (endpoint.confirm !== true || state.verdict === 'down') return asked;
  const failing = testimony(state, endpoint, now).filter(([, { success }]) => !success);
  const [only] = failing;
  if (only === undefined || failing.length > 1) return asked;
  const [witness, run] = only;
  const since = beganToFail(run, endpoint);
  for (const probe of endpoint.probes) {
    if (probe !== witness && (state.runs[probe]?.at ?? 0) < since) asked.set(probe, since);
  }
  return asked;
}

/** When a run of failures began, by the interval: each look of it is not kept. */
function beganToFail({ at, failures }: ProbeRun, { intervalMs }: WatchedEndpoint): number {
  return at - Math.max(0, failures - 1) * intervalMs;
}
