import { failureText, type Ping } from './ping.ts';

/** When the calls of a push endpoint are expected. Times are UTC milliseconds. */
export interface HeartbeatRule {
  /** Of the call that is expected behind one that came at that time, or behind none; null where nothing is expected. */
  readonly next: (since: number) => number | null;
  /** Of the one behind a call that was expected at that time and did not come. */
  readonly afterMissed: (expected: number) => number | null;
  /** How long before its time a call may come without being worth a word, in milliseconds. */
  readonly earlyMs: number;
  readonly graceMs: number;
  /** Time that a run may take. */
  readonly maxRunMs: number;
  /** How the schedule reads: `every 1h`, `0 3 * * * (Europe/Berlin)`; '' for none. */
  readonly words: string;
}

/** A run that has begun and has not ended. */
export interface OpenRun {
  /** '' for one that has no name. */
  readonly run: string;
  readonly startedAt: number;
}

/** What is remembered of the calls of a push endpoint. Times are UTC milliseconds. */
export interface HeartbeatState {
  readonly lastCallAt: number;
  /** When the last run ended, or one began that never did: from then the next call is counted; null before the first. */
  readonly since: number | null;
  /** The last time since then at which one was expected and did not come, or could not; null for none. */
  readonly missed: number | null;
  /** Nothing is late before: the hub was away for a moment, and who calls tries again; null where it was not. */
  readonly notBefore: number | null;
  /** Oldest first. */
  readonly runs: readonly OpenRun[];
  /** Names of runs that have ended, newest last: their start may come late. */
  readonly ended: readonly string[];
}

/** What is said of a push endpoint by a call, or by silence. */
export interface HeartbeatWord {
  readonly at: number;
  readonly success: boolean;
  readonly durationMs: number;
  readonly error: string;
}

/** A push endpoint after a call, or after time has passed. */
export interface HeartbeatStep {
  readonly state: HeartbeatState;
  readonly words: readonly HeartbeatWord[];
  /** How long the run took that the call ended, in milliseconds; null where no start of it is known. */
  readonly tookMs: number | null;
}

/** What is due of a push endpoint. */
interface Due {
  /** When it is late enough to be told. */
  readonly at: number;
  /** The time at which the call was expected; null for a run that takes too long. */
  readonly expected: number | null;
  readonly run: OpenRun | null;
}

/** How a push endpoint stands, in a word. */
export type HeartbeatStanding = 'new' | 'started' | 'on_time' | 'late';

// So long do those who call try again, or their next call comes.
const SHORT_MS = 60_000;
const LONGEST_PUT_OFF_MS = 600_000;
const MOST_RUNS = 50;
const ENDED_KEPT = 50;
// What was missed while nobody looked is told so many times at once.
const MOST_AT_ONCE = 20;

/** A push endpoint after a call. */
export function afterPing(before: HeartbeatState | undefined, ping: Ping): HeartbeatStep {
  const known = before ?? { lastCallAt: ping.at, since: null, missed: null, notBefore: null, runs: [], ended: [] };
  const state = { ...known, lastCallAt: Math.max(known.lastCallAt, ping.at) };
  if (ping.kind === 'log') return { state, words: [], tookMs: null };
  const { run, at } = ping;
  const open = state.runs.find((one) => one.run === run);
  if (ping.kind === 'start') {
    const isLate = run !== '' && state.ended.includes(run);
    if (open !== undefined || isLate || state.runs.length >= MOST_RUNS) return { state, words: [], tookMs: null };
    return { state: { ...state, runs: [...state.runs, { run, startedAt: at }] }, words: [], tookMs: null };
  }
  const tookMs = ping.durationMs ?? (open === undefined ? null : Math.max(0, at - open.startedAt));
  const success = ping.kind === 'success';
  const word = { at, success, durationMs: tookMs ?? 0, error: success ? '' : failureText(ping) };
  return { state: withoutRun({ ...state, since: at, missed: null, notBefore: null }, run), words: [word], tookMs };
}

function withoutRun(state: HeartbeatState, run: string): HeartbeatState {
  const ended = run === '' ? state.ended : [...state.ended.filter((one) => one !== run), run].slice(-ENDED_KEPT);
  return { ...state, runs: state.runs.filter((one) => one.run !== run), ended };
}

/**
 * A push endpoint at a moment: what was to come until then and did not is a failure, at the time at which it was late
 * enough. While a run is open only its own time counts: it has come.
 */
export function afterSilence(before: HeartbeatState, rule: HeartbeatRule, now: number): HeartbeatStep {
  let state = before;
  const words: HeartbeatWord[] = [];
  for (let due = dueOf(state, rule); due !== null && due.at <= now; due = dueOf(state, rule)) {
    const { at, expected, run } = due;
    const error = run === null ? lateText(state, rule, expected) : longText(run, rule);
    words.push({ at, success: false, durationMs: 0, error });
    if (run === null) state = { ...state, missed: expected, notBefore: null };
    else
      state = {
        ...withoutRun(state, run.run),
        since: Math.max(state.since ?? 0, run.startedAt),
        missed: null,
        notBefore: null,
      };
    if (words.length === MOST_AT_ONCE) break;
  }
  return { state, words, tookMs: null };
}

/** When the next thing is due, UTC milliseconds; null for nothing. */
export function dueAt(state: HeartbeatState, rule: HeartbeatRule): number | null {
  return dueOf(state, rule)?.at ?? null;
}

function dueOf(state: HeartbeatState, rule: HeartbeatRule): Due | null {
  const due = plannedOf(state, rule);
  return due === null ? null : { ...due, at: Math.max(due.at, state.notBefore ?? 0) };
}

function plannedOf(state: HeartbeatState, { next, afterMissed, graceMs, maxRunMs }: HeartbeatRule): Due | null {
  const [run] = state.runs.toSorted((a, b) => a.startedAt - b.startedAt);
  if (run !== undefined) return { at: run.startedAt + maxRunMs, expected: null, run };
  if (state.since === null) return null;
  const expected = state.missed === null ? next(state.since) : afterMissed(state.missed);
  return expected === null ? null : { at: expected + graceMs, expected, run: null };
}

/**
 * After a time in which no hub could be called (`from` to `to`). Who calls tries again for a moment: so after a short one
 * nothing is late before that may have come, put off by ten minutes at most however often that happens. What was expected
 * in a longer one, or was under way, may have come and told nobody: it is not held against the endpoint, and the next one
 * is counted from when it could call again.
 */
export function afterAbsence(
  before: HeartbeatState,
  rule: HeartbeatRule,
  { from, to }: { readonly from: number; readonly to: number },
): HeartbeatState {
  const planned = plannedOf(before, rule);
  if (planned === null || Math.max(planned.at, before.notBefore ?? 0) <= from) return before;
  if (to - from <= SHORT_MS) {
    const notBefore = Math.min(to + Math.max(rule.graceMs, SHORT_MS), planned.at + LONGEST_PUT_OFF_MS);
    return { ...before, notBefore: Math.max(notBefore, before.notBefore ?? 0) };
  }
  const lost = before.runs.filter(({ startedAt }) => startedAt < to && startedAt + rule.maxRunMs > from);
  let state = before;
  for (const { run } of lost) state = withoutRun(state, run);
  const due = plannedOf(state, rule);
  const isIn = due !== null && due.expected !== null && due.expected - rule.earlyMs < to && due.at > from;
  if (lost.length === 0 && !isIn) return before;
  return { ...state, missed: to, notBefore: null };
}

/** How it stands. */
export function heartbeatStanding(
  state: HeartbeatState | undefined,
  rule: HeartbeatRule,
  now: number,
): HeartbeatStanding {
  if (state === undefined) return 'new';
  if (state.runs.length > 0) return 'started';
  const due = dueOf(state, rule);
  return due !== null && (due.expected ?? due.at) < now ? 'late' : 'on_time';
}

function lateText({ lastCallAt }: HeartbeatState, { words }: HeartbeatRule, expected: number | null): string {
  const wanted = expected === null ? '' : ` (expected at ${new Date(expected).toISOString()})`;
  return `no call since ${new Date(lastCallAt).toISOString()}: it is expected ${words}${wanted}`;
}

function longText({ startedAt }: OpenRun, { maxRunMs }: HeartbeatRule): string {
  return `began at ${new Date(startedAt).toISOString()}, and did not end within ${maxRunMs / 1000} s`;
}
