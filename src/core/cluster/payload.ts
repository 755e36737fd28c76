import type { AlertStatus, Severity } from '../alert/alert.ts';
import { alertOfStatus, type CheckResult, type CheckStatus, type Confirmation, type Metrics } from '../check.ts';
import { iso } from '../iso-time.ts';

/** One alert of the cluster wire format 1.0 (docs/protocol.md); times are ISO 8601 with milliseconds. */
export interface WireAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly status: AlertStatus;
  readonly severity: Severity;
  /** Start of the problem: of the present one, or of the last one when resolved. */
  readonly started_at: string;
  /** Only of a resolved alert: when its problem was seen to be over. */
  readonly ended_at?: string;
  /** When the check ran. */
  readonly observed_at: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
}

/** Body of a push. */
export interface PushBody {
  readonly source: 'cluster';
  readonly instance_id: string;
  readonly hostname: string;
  readonly version: '1.0';
  readonly alerts: readonly WireAlert[];
}

/** Who pushes. */
export interface Sender {
  readonly instanceId: string;
  readonly hostname: string;
}

/** Whether two were seen under one name. */
export function isSameSender(a: Sender, b: Sender): boolean {
  return a.instanceId === b.instanceId && a.hostname === b.hostname;
}

/** What an agent remembers of a check, or of one item of it, from run to run. Times are UTC milliseconds. */
export interface CheckState {
  readonly status: CheckStatus;
  /** Start of the present problem, or of the last one while all is well; null when none was ever seen. */
  readonly problemSince: number | null;
  /** Since when all is well; null during a problem. */
  readonly okSince: number | null;
  /** When it last ran. */
  readonly seenAt: number;
  /** Name of its alert; left out by older versions of this program. */
  readonly title?: string;
  /** Of an item, the check that told it. */
  readonly check?: string;
  /** Of an item, what it is: labels of its alert. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A problem that is not confirmed yet, and so not told: its start, and how often in a row it was seen. */
  readonly pending?: { readonly since: number; readonly failures: number };
}

/** Whether this is a problem that was told. */
export function isReportedProblem({ status, pending }: CheckState): boolean {
  return status !== 'ok' && pending === undefined;
}

/** A problem counts at once. */
export const AT_ONCE: Confirmation = { attempts: 1, forMs: 0 };

/**
 * The state of a check after a result. A problem goes on, and keeps its start, until a check is ok; one that is new
 * waits until it is confirmed. No time is later than the result's: a clock may have been set back.
 */
export function nextState(
  previous: CheckState | undefined,
  result: Pick<CheckResult, 'status' | 'checkedAt'>,
  confirmation: Confirmation = AT_ONCE,
): Omit<CheckState, 'title'> {
  const { status, checkedAt: seenAt } = result;
  const notLater = (time: number | null | undefined) => (typeof time === 'number' ? Math.min(time, seenAt) : null);
  const problemSince = notLater(previous?.problemSince);
  const okSince = notLater(previous?.okSince) ?? seenAt;
  if (status === 'ok') return { status, problemSince, okSince, seenAt };
  if (previous !== undefined && isReportedProblem(previous) && problemSince !== null) {
    return { status, problemSince, okSince: null, seenAt };
  }
  const failures = (previous?.pending?.failures ?? 0) + 1;
  const since = notLater(previous?.pending?.since) ?? seenAt;
  if (failures >= confirmation.attempts && seenAt - since >= confirmation.forMs) {
    return { status, problemSince: since, okSince: null, seenAt };
  }
  return { status, problemSince, okSince, seenAt, pending: { since, failures } };
}

/** What of a check result its alert is made of; `checker` may be the name of an item. */
export type Reported = Pick<CheckResult, 'checker' | 'status' | 'message' | 'metrics' | 'checkedAt' | 'details'>;

/**
 * A check result as an alert. `title` is the check's own, stable one; `state` is the check's after this result. A
 * problem that is not confirmed is still told as resolved.
 */
export function wireAlert(result: Reported, title: string, state: CheckState, sender: Sender): WireAlert {
  const { pending } = state;
  const { status, severity } = alertOfStatus(pending === undefined ? result.status : 'ok');
  const endedAt = state.okSince ?? result.checkedAt;
  const startedAt = state.problemSince ?? endedAt;
  return {
    fingerprint: `${result.checker}-check-${sender.instanceId}`,
    name: title,
    status,
    severity,
    started_at: iso(status === 'resolved' ? Math.min(startedAt, endedAt) : startedAt),
    ...(status === 'resolved' && { ended_at: iso(endedAt) }),
    observed_at: iso(result.checkedAt),
    labels: {
      ...state.labels,
      checker: result.checker,
      hostname: sender.hostname,
      instance_id: sender.instanceId,
      ...(status === 'firing' && result.status === 'unknown' && { check_status: 'unknown' }),
    },
    ...contentOf(result, pending),
  };
}

/** Figures beyond this many characters of JSON stay at home: they would only make the push too large to be taken. */
const METRICS_LIMIT = 32 * 1024;

function contentOf(
  { message, metrics, details, status }: Reported,
  pending: CheckState['pending'],
): Pick<WireAlert, 'annotations' | 'metrics'> {
  const size = JSON.stringify(metrics).length;
  const annotations = {
    message,
    ...(details !== undefined && { details }),
    ...(pending !== undefined && { unconfirmed: `${status}, seen ${pending.failures} times in a row` }),
  };
  if (size <= METRICS_LIMIT) return { annotations, metrics };
  return { annotations: { ...annotations, metrics_left_out: `${size} characters of JSON` }, metrics: {} };
}

/** The body that carries alerts of one sender. */
export function pushBody(sender: Sender, alerts: readonly WireAlert[]): PushBody {
  return { source: 'cluster', instance_id: sender.instanceId, hostname: sender.hostname, version: '1.0', alerts };
}
