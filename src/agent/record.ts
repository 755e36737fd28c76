import type { CheckResult } from '../core/check.ts';
import { nextState, type Sender, type WireAlert, wireAlert } from '../core/cluster/payload.ts';
import { append, bound, type SpoolLimits } from '../core/cluster/spool.ts';
import type { Clock } from '../lib/clock.ts';
import type { AgentState } from './state.ts';

/** What was found on this machine. */
export interface Findings {
  readonly results: readonly CheckResult[];
  /** The alert's name of each check, by check name. */
  readonly titles: ReadonlyMap<string, string>;
  /** Whether all checks ran that the configuration wants, not only some that were asked for. */
  readonly whole: boolean;
  /** By check name, what it wants to be given at its next run. */
  readonly remember: Record<string, unknown>;
}

/** A check that has not run for this long is forgotten. */
const FORGET_MS = 30 * 86_400_000;
/** A problem ends when nobody has looked at it for this long: configurations that share a folder take turns. */
const GONE_MS = 3_600_000;

/** The alerts of findings, and an end for each problem whose check was taken away; `states` is brought up to them. */
export function alertsOf(found: Findings, states: AgentState['states'], sender: Sender): WireAlert[] {
  const alertOf = (result: CheckResult, title: string) => {
    const state = { ...nextState(states[result.checker], result), title };
    states[result.checker] = state;
    return wireAlert(result, title, state, sender);
  };
  const alerts = found.results.map((result) => alertOf(result, found.titles.get(result.checker) ?? result.checker));
  for (const result of endings(found, states)) {
    alerts.push(alertOf(result, states[result.checker]?.title ?? result.checker));
    delete states[result.checker];
  }
  return alerts;
}

/** Nobody looks any more whether these problems last: told so once, or they would stand at the hub for ever. */
function endings({ results, whole }: Findings, states: AgentState['states']): CheckResult[] {
  if (!whole || results.length === 0) return [];
  const checkedAt = Math.max(...results.map((result) => result.checkedAt));
  return Object.entries(states).flatMap(([checker, { status, seenAt }]) =>
    status === 'ok' || checkedAt - seenAt < GONE_MS
      ? []
      : [
          {
            checker,
            status: 'ok',
            message: 'no longer checked on this machine',
            metrics: {},
            checkedAt,
            durationMs: 0,
          },
        ],
  );
}

/** Puts findings into the state of an agent; tells how many entries had to be folded away for it, see `bound`. */
export function record(
  state: AgentState,
  found: Findings,
  parts: { readonly sender: Sender; readonly spool: SpoolLimits; readonly clock: Clock },
): { folded: number; isOver: boolean } {
  const entries = alertsOf(found, state.states, parts.sender).map((alert) => {
    state.seq += 1;
    return { seq: state.seq, ...parts.sender, alert };
  });
  const oldest = parts.clock.now() - FORGET_MS;
  state.states = Object.fromEntries(Object.entries(state.states).filter(([, { seenAt }]) => seenAt > oldest));
  state.remembered = found.remember;
  const { spool, folded, isOver } = bound(append(state.spool, entries), parts.spool);
  state.spool = spool;
  return { folded, isOver };
}
