import { confirmedVerdict } from './confirm.ts';
import { freshMs, judge, type Verdict, type Witness } from './judge.ts';
import type { HeartbeatState } from './push/heartbeat.ts';
import type { LookResult } from './result.ts';
import { countLook, type ProbeRun } from './run.ts';
import {
  type ChargedSpan,
  countUptime,
  NO_UPTIME,
  type Outage,
  type Span,
  type Standing,
  type UptimeCount,
} from './uptime.ts';
import { DEFAULT_THRESHOLDS, type QuorumRule, type Thresholds, type WatchedEndpoint } from './watched.ts';

/** Whether one of the alerts of an endpoint fires. */
export interface AlertState {
  readonly isFiring: boolean;
  /** When people's tools were last told that it fires, UTC milliseconds; null while it does not. */
  readonly saidAt: number | null;
}

/** All that is remembered of an endpoint between two looks. */
export interface EndpointState {
  readonly key: string;
  /** By the id of the probe. */
  readonly runs: Readonly<Record<string, ProbeRun>>;
  /** What was found last, and since when that is so. */
  readonly verdict: Verdict['state'];
  readonly since: number;
  /** In the order of the endpoint's alerts. */
  readonly alerts: readonly AlertState[];
  readonly uptime: UptimeCount;
  /** Of one that is called, once it was. */
  readonly heartbeat?: HeartbeatState;
}

/** What an endpoint's alert comes to say. */
export interface AlertWord {
  /** Which of the endpoint's alerts. */
  readonly index: number;
  readonly kind: 'fire' | 'repeat' | 'resolve';
  readonly verdict: Verdict;
  /** When what it says began, UTC milliseconds. */
  readonly since: number;
}

/** An endpoint after a look, or after time has passed. */
export interface Step {
  readonly state: EndpointState;
  readonly words: readonly AlertWord[];
  readonly charged: readonly ChargedSpan[];
  readonly outage: Outage | null;
  /** Whether the look counts; false for what is older than the newest of its probe. */
  readonly isCounted: boolean;
}

/** The parts of a span that are no maintenance of an endpoint. */
export type Chargeable = (span: Span) => readonly Span[];

// A firing alert is said again so often: what its evidence says stays fresh, and nobody takes it for abandoned.
const REPEAT_MS = 60_000;

/** An endpoint that nobody has looked at yet. */
export function newState(key: string): EndpointState {
  return { key, runs: {}, verdict: 'unknown', since: 0, alerts: [], uptime: NO_UPTIME };
}

/** What the verdict and each alert count by, in this order. */
function tracksOf(endpoint: WatchedEndpoint): readonly (Thresholds & { readonly rule: QuorumRule })[] {
  const { alerts, rule } = endpoint;
  const [first = DEFAULT_THRESHOLDS] = alerts;
  const own = alerts.map(({ quorum, ...one }) => ({
    ...one,
    rule: quorum === null ? rule : ({ kind: 'quorum', down: quorum } as const),
  }));
  return [{ ...first, rule }, ...own];
}

/** What is known of a moment at which an endpoint is judged. */
export interface MomentParts {
  readonly chargeable?: Chargeable | undefined;
  /** When the look was that is counted in, UTC milliseconds; without one no time is charged. */
  readonly lookedAt?: number;
  /** Whether what it depends on may be the reason, by how it stands itself. */
  readonly isHeld?: ((state: EndpointState) => boolean) | undefined;
}

/** An endpoint after one more look at it. */
export function afterLook(
  state: EndpointState,
  endpoint: WatchedEndpoint,
  result: LookResult,
  now: number,
  chargeable?: Chargeable,
  isHeld?: MomentParts['isHeld'],
): Step {
  const counted = countLook(state.runs[result.probe], result, tracksOf(endpoint));
  if (counted.outcome === 'history' || !endpoint.probes.includes(result.probe))
    return { state, words: [], charged: [], outage: null, isCounted: false };
  const runs = { ...state.runs, [result.probe]: counted.run };
  return afterTime({ ...state, runs }, endpoint, now, { chargeable, isHeld, lookedAt: Math.min(result.at, now) });
}

/**
 * An endpoint at a moment, by what its probes said until then: a witness that has become stale testifies no more.
 * In maintenance, and while something that it depends on may be the reason, nothing begins to fire: what is still down
 * when that ends fires then.
 */
export function afterTime(
  given: EndpointState,
  endpoint: WatchedEndpoint,
  now: number,
  { chargeable, lookedAt, isHeld }: MomentParts = {},
): Step {
  const state = withoutStrangers(given, endpoint);
  const tracks = tracksOf(endpoint);
  const verdicts = tracks.map(({ rule }, index) => {
    const wasDown = index === 0 ? state.verdict === 'down' : state.alerts[index - 1]?.isFiring === true;
    return confirmedVerdict(judge(votes(state, index), { ...endpoint, rule }, now), wasDown, state, endpoint, now);
  });
  const [verdict] = verdicts;
  if (verdict === undefined) throw new Error('an endpoint without a verdict');
  // Uptime counts by what was known when it was looked, however late that is told; what is said of it, by now.
  const counted =
    lookedAt === undefined
      ? undefined
      : countUptime(state.uptime, seenAt(state, endpoint, lookedAt), endpoint.intervalMs, chargeable);
  const uptime = counted?.count ?? state.uptime;
  const hasTurned = state.verdict !== verdict.state;
  const turnedAt = verdict.state === 'down' ? (uptime.outageAt ?? now) : (lookedAt ?? now);
  const since = hasTurned ? turnedAt : state.since;
  const isMaintained = chargeable?.({ from: now, to: now + 1 }).length === 0;
  const isQuiet = isMaintained || isHeld?.({ ...state, uptime }) === true;
  const alerts: AlertState[] = [];
  const words: AlertWord[] = [];
  endpoint.alerts.forEach((_, index) => {
    const one = verdicts[index + 1] ?? verdict;
    const before = state.alerts[index] ?? { isFiring: false, saidAt: null };
    const kind = wordOf(before, one, now, isQuiet);
    alerts.push(kind === null ? before : { isFiring: kind !== 'resolve', saidAt: kind === 'resolve' ? null : now });
    if (kind !== null) words.push({ index, kind, verdict: one, since });
  });
  return {
    state: { ...state, verdict: verdict.state, since, alerts, uptime },
    ...{ words, charged: counted?.charged ?? [], outage: counted?.outage ?? null, isCounted: true },
  };
}

/** What is found of an endpoint at a moment, by what its probes said until then. */
export function verdictAt(given: EndpointState, endpoint: WatchedEndpoint, now: number): Verdict {
  const state = withoutStrangers(given, endpoint);
  const verdict = judge(votes(state, 0), endpoint, now);
  return confirmedVerdict(verdict, state.verdict === 'down', state, endpoint, now);
}

/** What is said of an alert: where too few testify nothing, so what fires goes on and nothing begins. */
function wordOf(before: AlertState, { state }: Verdict, now: number, isQuiet: boolean): AlertWord['kind'] | null {
  if (state === 'unknown') return null;
  if (!before.isFiring) return state === 'down' && !isQuiet ? 'fire' : null;
  if (state === 'up') return 'resolve';
  return now - (before.saidAt ?? 0) >= REPEAT_MS ? 'repeat' : null;
}

/** What the probes say under the thresholds of a track. */
function votes({ runs }: EndpointState, track: number): readonly Witness[] {
  return Object.entries(runs).map(([probe, { at, abstains, votes: cast }]) => {
    const vote = cast[track] ?? cast[0] ?? 'undecided';
    return { probe, at, says: abstains || vote === 'undecided' ? 'abstain' : vote };
  });
}

/** What the last looks say, whatever the thresholds, and by them. */
function seenAt(state: EndpointState, endpoint: WatchedEndpoint, at: number) {
  const witnesses = Object.entries(state.runs).map(
    ([probe, run]): Witness => ({ probe, at: run.at, says: run.abstains ? 'abstain' : run.success ? 'up' : 'down' }),
  );
  const standing: Standing = judge(witnesses, endpoint, at).state;
  const voted = judge(votes(state, 0), endpoint, at);
  const wasDown = state.uptime.confirmed === 'down';
  return { at, standing, confirmed: confirmedVerdict(voted, wasDown, state, endpoint, at).state };
}

/** A probe that looks at it no more is forgotten at once, with what it said. */
function withoutStrangers(state: EndpointState, { probes }: WatchedEndpoint): EndpointState {
  if (Object.keys(state.runs).every((probe) => probes.includes(probe))) return state;
  return { ...state, runs: Object.fromEntries(Object.entries(state.runs).filter(([probe]) => probes.includes(probe))) };
}

/** Whether what a probe said of it still testifies. */
export function isFresh({ at }: ProbeRun, { intervalMs }: WatchedEndpoint, now: number): boolean {
  return now - at <= freshMs(intervalMs);
}
