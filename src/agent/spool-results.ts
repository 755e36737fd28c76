import type { CheckResult, Confirmation } from '../core/check.ts';
import {
  type CheckState,
  isReportedProblem,
  nextState,
  type Reported,
  type Sender,
  type WireAlert,
  wireAlert,
} from '../core/cluster/payload.ts';
import { append, bound, type SpoolEntry, type SpoolLimits } from '../core/cluster/spool.ts';
import type { Clock } from '../lib/clock.ts';
import type { AgentState } from './state.ts';

/** What was found on this machine. */
export interface Findings {
  readonly results: readonly CheckResult[];
  /** The alert's name of each check, by check name. */
  readonly titles: ReadonlyMap<string, string>;
  /** By check name, when a problem of it counts; at once where left out. */
  readonly confirmations?: ReadonlyMap<string, Confirmation>;
  /** Whether all checks ran that the configuration wants, not only some that were asked for. */
  readonly whole: boolean;
  /** By check name, what it wants to be given at its next run. */
  readonly remember: Record<string, unknown>;
}

type States = AgentState['states'];
/** What of a state does not change from run to run. */
type About = Pick<CheckState, 'title' | 'check' | 'labels'>;

/** A check that has not run for this long is forgotten. */
const FORGET_MS = 30 * 86_400_000;
/** A problem ends when nobody has looked at it for this long: configurations that share a folder take turns. */
const GONE_MS = 3_600_000;

/**
 * The alerts of findings: one for each check, one for each item of a check that has news, and an end for each problem
 * whose check or item was taken away; `states` is brought up to them. Decision 0014 says which items are told.
 */
export function alertsOf(found: Findings, states: States, sender: Sender): WireAlert[] {
  const alertOf = (result: Reported, about: About, rule?: Confirmation) => {
    const state = { ...nextState(states[result.checker], result, rule), ...about };
    states[result.checker] = state;
    return wireAlert(result, about.title ?? result.checker, state, sender);
  };
  const alerts: WireAlert[] = [];
  for (const result of found.results) {
    const { checker, checkedAt, items } = result;
    const rule = found.confirmations?.get(checker);
    const title = found.titles.get(checker) ?? checker;
    alerts.push(
      alertOf(items === undefined || items.length === 0 ? result : summaryOf(result, items), { title }, rule),
    );
    for (const { name, title, labels, ...item } of items ?? []) {
      const isNews = item.status !== 'ok' || mayBeOpen(states[name], checkedAt);
      const alert = alertOf({ ...item, checker: name, checkedAt }, { title, labels, check: checker }, rule);
      if (isNews) alerts.push(alert);
    }
    for (const [name, state] of itemsOf(checker, states)) {
      if (items === undefined) states[name] = { ...state, seenAt: checkedAt };
      else if (!items.some((item) => item.name === name)) {
        if (isReportedProblem(state))
          alerts.push(alertOf(ending(name, 'no longer on this machine', checkedAt), aboutOf(state)));
        delete states[name];
      }
    }
  }
  for (const [name, at] of abandoned(found, states)) {
    alerts.push(alertOf(ending(name, 'no longer checked on this machine', at), aboutOf(states[name])));
    delete states[name];
  }
  return alerts;
}

/** Ends, under the name that this machine had, what was told under it. */
export function farewells(state: AgentState, sender: Sender, now: number): Omit<SpoolEntry, 'seq'>[] {
  const { sender: before } = state;
  if (before === undefined || before.instanceId === sender.instanceId) return [];
  return Object.entries(state.states)
    .filter(([, one]) => isReportedProblem(one))
    .map(([name, one]) => {
      const end = ending(name, `this machine is called ${sender.instanceId} now`, Math.max(now, one.seenAt));
      const ended: CheckState = { ...one, ...nextState(one, end) };
      return { ...before, alert: wireAlert(end, one.title ?? name, ended, before) };
    });
}

/** A check that told its items apart is well itself: what is wrong with one of them is said by that one's alert. */
function summaryOf(result: CheckResult, items: NonNullable<CheckResult['items']>): CheckResult {
  const bad = items.filter((item) => item.status !== 'ok').map((item) => item.name);
  const named = bad.slice(0, 5).join(', ') + (bad.length > 5 ? ` and ${bad.length - 5} more` : '');
  const message = `${items.length} looked at, each an alert of its own; ${bad.length === 0 ? 'all ok' : `not ok: ${named}`}`;
  return { ...result, status: 'ok', message };
}

/** Whether a hub may still hold a problem of an item that is ok: one never seen before, or with a problem lately. */
function mayBeOpen(state: CheckState | undefined, now: number): boolean {
  if (state === undefined || isReportedProblem(state)) return true;
  return state.problemSince !== null && now - (state.okSince ?? now) < FORGET_MS;
}

function aboutOf({ title, check, labels }: About = {}): About {
  return {
    ...(title !== undefined && { title }),
    ...(check !== undefined && { check }),
    ...(labels !== undefined && { labels }),
  };
}

function itemsOf(check: string, states: States): [string, CheckState][] {
  return Object.entries(states).filter(([, state]) => state.check === check);
}

function ending(checker: string, message: string, checkedAt: number): Reported {
  return { checker, status: 'ok', message, metrics: {}, checkedAt };
}

/** Nobody looks any more whether these problems last: told so once, or they would stand at the hub for ever. */
function abandoned({ results, whole }: Findings, states: States): [name: string, at: number][] {
  if (!whole || results.length === 0) return [];
  const now = Math.max(...results.map((result) => result.checkedAt));
  return Object.entries(states).flatMap(([name, state]): [string, number][] =>
    isReportedProblem(state) && now - state.seenAt >= GONE_MS ? [[name, now]] : [],
  );
}

/** Puts findings into the state of an agent; tells how many entries had to be folded away for it, see `bound`. */
export function spoolResults(
  state: AgentState,
  found: Findings,
  parts: { readonly sender: Sender; readonly spool: SpoolLimits; readonly clock: Clock },
): { folded: number; isOver: boolean } {
  const now = parts.clock.now();
  const last = farewells(state, parts.sender, now);
  const news = alertsOf(found, state.states, parts.sender).map((alert) => ({ ...parts.sender, alert }));
  const entries = [...last, ...news].map((entry): SpoolEntry => {
    state.seq += 1;
    return { seq: state.seq, ...entry };
  });
  const { instanceId, hostname } = parts.sender;
  state.sender = { instanceId, hostname };
  const oldest = now - FORGET_MS;
  state.states = Object.fromEntries(Object.entries(state.states).filter(([, { seenAt }]) => seenAt > oldest));
  state.remembered = found.remember;
  const { spool, folded, isOver } = bound(append(state.spool, entries), parts.spool);
  state.spool = spool;
  return { folded, isOver };
}
