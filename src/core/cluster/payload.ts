import type { AlertStatus, Severity } from '../alert/alert.ts';
import { alertOfStatus, type CheckResult, type CheckStatus, type Metrics } from '../check.ts';

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
export interface Envelope {
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

/** What an agent remembers of a check from run to run. Times are UTC milliseconds. */
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
}

/** The state of a check after a result. A problem goes on, and keeps its start, until a check is ok. */
export function nextState(previous: CheckState | undefined, result: CheckResult): Omit<CheckState, 'title'> {
  const { status, checkedAt: seenAt } = result;
  if (status === 'ok') {
    return { status, problemSince: previous?.problemSince ?? null, okSince: previous?.okSince ?? seenAt, seenAt };
  }
  const isNew = previous === undefined || previous.status === 'ok' || previous.problemSince === null;
  return { status, problemSince: isNew ? seenAt : previous.problemSince, okSince: null, seenAt };
}

/** A check result as an alert. `title` is the check's own, stable one; `state` is the check's after this result. */
export function wireAlert(result: CheckResult, title: string, state: CheckState, sender: Sender): WireAlert {
  const { status, severity } = alertOfStatus(result.status);
  const endedAt = state.okSince ?? result.checkedAt;
  return {
    fingerprint: `${result.checker}-check-${sender.instanceId}`,
    name: title,
    status,
    severity,
    started_at: iso(state.problemSince ?? endedAt),
    ...(status === 'resolved' && { ended_at: iso(endedAt) }),
    observed_at: iso(result.checkedAt),
    labels: {
      checker: result.checker,
      hostname: sender.hostname,
      instance_id: sender.instanceId,
      ...(result.status === 'unknown' && { check_status: 'unknown' }),
    },
    ...figures(result),
  };
}

/** Figures beyond this many characters of JSON stay at home: they would only make the push too large to be taken. */
const METRICS_LIMIT = 64 * 1024;

function figures({ message, metrics }: CheckResult): Pick<WireAlert, 'annotations' | 'metrics'> {
  const size = JSON.stringify(metrics).length;
  if (size <= METRICS_LIMIT) return { annotations: { message }, metrics };
  return { annotations: { message, metrics_left_out: `${size} characters of JSON` }, metrics: {} };
}

/** The body that carries alerts of one sender. */
export function envelope(sender: Sender, alerts: readonly WireAlert[]): Envelope {
  return { source: 'cluster', instance_id: sender.instanceId, hostname: sender.hostname, version: '1.0', alerts };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
