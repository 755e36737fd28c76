import type { Severity } from './alert/alert.ts';

/** What one check found, worst last for `worst()`. */
export type CheckStatus = 'ok' | 'warning' | 'critical' | 'unknown';

/** Figures of a check: numbers, text, booleans, or maps of them one level deep (a mount, a host, a process). */
export type Metrics = Record<string, MetricValue>;
/** One figure. */
export type MetricValue = number | string | boolean | null | MetricValue[] | { [key: string]: MetricValue };

/** What was found of one of several things that a check looks at: a mount, an interface, a sensor. */
export interface ItemResult {
  /** The check's name, a colon, and the item's: `disk:/var`. Stable: it is the alert's identity. */
  readonly name: string;
  /** Stable title, without live figures: the alert's name. */
  readonly title: string;
  readonly status: CheckStatus;
  /** One line for a person, with the live figures. */
  readonly message: string;
  readonly metrics: Metrics;
  /** What it is, for filters and routes: `{ mount: '/var' }`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** When a problem counts: after so many results in a row that are not ok, and when it has lasted so long. */
export interface Confirmation {
  readonly attempts: number;
  readonly forMs: number;
}

/** One run of one checker. */
export interface CheckResult {
  readonly checker: string;
  readonly status: CheckStatus;
  /** One line for a person, with the live figures. */
  readonly message: string;
  readonly metrics: Metrics;
  /** When the check ended, UTC milliseconds. */
  readonly checkedAt: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Each is an alert of its own, and the check then tells only figures; left out by checks that look at one thing. */
  readonly items?: readonly ItemResult[];
  /** More than a line, as a plugin printed it. */
  readonly details?: string;
}

const BADNESS: Record<CheckStatus, number> = { ok: 0, unknown: 1, warning: 2, critical: 3 };

/** The worst of several states: critical, then warning, then unknown, then ok; ok for none. */
export function worst(statuses: readonly CheckStatus[]): CheckStatus {
  return statuses.reduce<CheckStatus>((a, b) => (BADNESS[b] > BADNESS[a] ? b : a), 'ok');
}

const EXIT: Record<CheckStatus, number> = { ok: 0, warning: 1, critical: 2, unknown: 3 };

/** Exit code of the monitoring-plugins convention: 0 ok, 1 warning, 2 critical, 3 unknown. */
export function pluginExitCode(status: CheckStatus): number {
  return EXIT[status];
}

/** State of an exit code of the monitoring-plugins convention; anything but 0, 1 and 2 is unknown. */
export function statusOfExitCode(code: number): CheckStatus {
  return code === 0 ? 'ok' : code === 1 ? 'warning' : code === 2 ? 'critical' : 'unknown';
}

/** A figure against its thresholds: bad at or over them; a threshold of null is not applied. */
export function judge(
  value: number,
  thresholds: { readonly warning: number | null; readonly critical: number | null },
): 'ok' | 'warning' | 'critical' {
  const reached = (limit: number | null) => limit !== null && value >= limit;
  return reached(thresholds.critical) ? 'critical' : reached(thresholds.warning) ? 'warning' : 'ok';
}

/** How a check result is told on the wire: ok as resolved/info, unknown as firing/warning. */
export function alertOfStatus(status: CheckStatus): { status: 'firing' | 'resolved'; severity: Severity } {
  if (status === 'ok') return { status: 'resolved', severity: 'info' };
  return { status: 'firing', severity: status === 'critical' ? 'critical' : 'warning' };
}
