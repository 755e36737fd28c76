import {
  afterAbsence,
  afterPing,
  afterSilence,
  dueAt,
  type HeartbeatRule,
  type HeartbeatWord,
} from '../core/endpoint/push/heartbeat.ts';
import type { Ping } from '../core/endpoint/push/ping.ts';
import type { LookResult } from '../core/endpoint/result.ts';
import type { EndpointState } from '../core/endpoint/state.ts';
import type { Span } from '../core/endpoint/uptime.ts';
import type { StoredPing } from '../stores/contract/endpoints.ts';

/** The only witness of a push endpoint: whoever calls. */
export const PUSH_WITNESS = 'push';

/** A call of a push endpoint, by its key. */
export interface KeyedPing extends Ping {
  readonly key: string;
}

/** An endpoint after what was called, or was not: its looks are still to be counted. */
export interface Heard {
  readonly after: EndpointState;
  readonly looks: readonly LookResult[];
}

/** An endpoint after a call, and the call as it is kept. */
export function afterStoredPing(
  state: EndpointState,
  { key, ...ping }: KeyedPing,
): Heard & { readonly stored: StoredPing } {
  const step = afterPing(state.heartbeat, ping);
  const { error: _, ...kept } = ping;
  return {
    after: { ...state, heartbeat: step.state },
    looks: looksOf(state, step.words),
    stored: { endpoint: key, ...kept, durationMs: step.tookMs },
  };
}

/** An endpoint at a moment: what was to call until then and did not has failed, but not where it could not. */
export function afterSilentTime(
  state: EndpointState,
  rule: HeartbeatRule | undefined,
  now: number,
  absence: Span | null,
): Heard {
  if (rule === undefined || state.heartbeat === undefined) return { after: state, looks: [] };
  const known = absence === null ? state.heartbeat : afterAbsence(state.heartbeat, rule, absence);
  const step = afterSilence(known, rule, now);
  return { after: { ...state, heartbeat: step.state }, looks: looksOf(state, step.words) };
}

/** Whether something was to be called by then and was not. */
export function isOverdue({ heartbeat }: EndpointState, rule: HeartbeatRule | undefined, now: number): boolean {
  if (heartbeat === undefined || rule === undefined) return false;
  const due = dueAt(heartbeat, rule);
  return due !== null && due <= now;
}

/** Each later than the one before it, for of two at one moment only one would count. */
function looksOf({ runs }: EndpointState, words: readonly HeartbeatWord[]): readonly LookResult[] {
  let last = runs[PUSH_WITNESS]?.at ?? 0;
  return words.map(({ at, success, durationMs, error }) => {
    last = Math.max(last + 1, at);
    return {
      ...{ probe: PUSH_WITNESS, at: last, success, durationMs, errors: error === '' ? [] : [error] },
      ...{ conditions: [], abstains: false, certificateMs: null },
    };
  });
}
