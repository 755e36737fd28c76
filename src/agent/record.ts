import type { CheckResult } from '../core/check.ts';
import { nextState, type Sender, type WireAlert, wireAlert } from '../core/cluster-payload.ts';
import { append, bound, type SpoolLimits } from '../core/spool.ts';
import type { Clock } from '../lib/clock.ts';
import type { AgentState } from './state.ts';

/** What was found on this machine. */
export interface Findings {
  readonly results: readonly CheckResult[];
  /** The alert's name of each check, by check name. */
  readonly titles: ReadonlyMap<string, string>;
  /** By check name, what it wants to be given at its next run. */
  readonly remember: Record<string, unknown>;
}

/** A check that has not run for this long is forgotten. */
const FORGET_MS = 30 * 86_400_000;

/** The alerts of findings; `states` is brought up to them. */
export function alertsOf(found: Findings, states: AgentState['states'], sender: Sender): WireAlert[] {
  return found.results.map((result) => {
    const state = nextState(states[result.checker], result);
    states[result.checker] = state;
    return wireAlert(result, found.titles.get(result.checker) ?? result.checker, state, sender);
  });
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
