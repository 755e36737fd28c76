import type { Alert, Labels } from '../alert/alert.ts';

/** What a matcher sees of an alert. */
export type Matchable = Pick<Alert, 'name' | 'severity' | 'source' | 'origin' | 'labels'>;

/**
 * The labels by which routes, silences, inhibition and Alertmanager's API see an alert: those that it has, and below them
 * `alertname`, `severity` and `source`, and `instance_id` for what an instance pushed. One function for all of them, so
 * that a preview never differs from what is held back.
 */
export function matchLabels({ name, severity, source, origin, labels }: Matchable): Labels {
  const own = origin === '' ? {} : { instance_id: origin };
  return { alertname: name, severity, source, ...own, ...labels };
}
