import type { CheckState, WireAlert } from '../core/cluster/payload.ts';
import type { AgentState, Clocks } from './state.ts';

/** Smaller differences are the drift of a clock, and the time between two readings. */
const STEP_MS = 30_000;
/** No agent of this program ran before: a time from before is that of a machine without a battery for its clock. */
const EARLIEST = Date.UTC(2024, 0, 1);

/** By how much the clock was set since then, in milliseconds; 0 where it was not, or where nobody can tell. */
export function clockStep(before: Clocks | undefined, now: Clocks): number {
  if (before === undefined || before.boot === '' || before.boot !== now.boot) return 0;
  const passed = now.uptimeMs - before.uptimeMs;
  const step = now.at - before.at - passed;
  return passed >= 0 && Math.abs(step) >= STEP_MS ? Math.round(step) : 0;
}

/**
 * Takes what a wrong clock left behind out of a state, in place: within one start of the machine, times move with the
 * clock; of an earlier start, those that cannot be become now. So a problem does not begin in the future or before this
 * program, and what waits in the spool is not later than what is found now.
 */
export function correctTimes(state: AgentState, now: Clocks): void {
  const step = clockStep(state.clocks, now);
  const right = (time: number) => {
    const moved = time + step;
    return moved > now.at || (moved < EARLIEST && now.at >= EARLIEST) ? now.at : moved;
  };
  state.states = Object.fromEntries(Object.entries(state.states).map(([name, one]) => [name, stateAt(one, right)]));
  state.spool = state.spool.map((entry) => ({ ...entry, alert: alertAt(entry.alert, right) }));
  state.clocks = now;
}

type Right = (time: number) => number;

function stateAt(state: CheckState, right: Right): CheckState {
  const { problemSince, okSince, pending } = state;
  return {
    ...state,
    problemSince: problemSince === null ? null : right(problemSince),
    okSince: okSince === null ? null : right(okSince),
    seenAt: right(state.seenAt),
    ...(pending !== undefined && { pending: { ...pending, since: right(pending.since) } }),
  };
}

function alertAt(alert: WireAlert, right: Right): WireAlert {
  const at = (text: string) => {
    const time = Date.parse(text);
    return Number.isNaN(time) ? text : new Date(right(time)).toISOString();
  };
  const { ended_at: endedAt } = alert;
  return {
    ...alert,
    started_at: at(alert.started_at),
    ...(endedAt !== undefined && { ended_at: at(endedAt) }),
    observed_at: at(alert.observed_at),
  };
}
