import { presentText } from '../core/reading/absent.ts';
import { isPush, unreadable } from '../core/reading/incoming.ts';
import { readPrometheusGroup } from '../core/reading/prometheus-group.ts';
import { isObject } from '../core/reading/read.ts';
import { identityByLabels, keyOf } from '../lib/crypto/digest.ts';
import type { Driver } from './contract.ts';

/**
 * Prometheus Alertmanager, webhook version 4 (prometheus/alertmanager `notify/webhook/webhook.go`,
 * `template/template.go`).
 *
 * | Alertmanager | here |
 * |---|---|
 * | `alerts[].status` | status; without one, an `endsAt` that has passed, else the group's `status` |
 * | `alerts[].fingerprint` | identity; without one the hash of the labels |
 * | label `alertname`, else annotation `summary` | name; `DatasourceNoData` and `DatasourceError` as grafana.md says |
 * | label `severity` | severity |
 * | `startsAt`, `endsAt` | times of start and end, order (`toldTime`) |
 * | `groupKey` | incident, as `alertmanager:<groupKey>` |
 * | `generatorURL`, `externalURL`, `receiver` | annotations `generator_url`, `external_url`, `receiver` |
 * | `truncatedAlerts` | remark |
 */
export const alertmanager: Driver = {
  name: 'alertmanager',
  summary: 'Groups of alerts of Prometheus Alertmanager, webhook version 4',
  schemes: ['bearer', 'basic', 'header', 'path'],
  // It gives a flush up after 429, and tries again after 5xx.
  statuses: { 429: 503 },
  claims: (body) =>
    isObject(body) &&
    Array.isArray(body.alerts) &&
    typeof body.version === 'string' &&
    body.version !== '1' &&
    ('groupKey' in body || 'groupLabels' in body) &&
    !isPush(body),
  parse(body, { receivedAt }) {
    if (!isObject(body)) return unreadable('', 'the body must be a JSON object');
    const version = presentText(body.version);
    if (version !== undefined && version !== '4') return unreadable('version', wrongVersion(version));
    const key = presentText(body.groupKey);
    const groupKey = key === undefined ? undefined : `alertmanager:${keyOf(key)}`;
    return readPrometheusGroup(body, receivedAt, ({ given, identity, ...alert }) => {
      return { ...alert, ...identityByLabels(given, alert.name, identity), groupKey };
    });
  },
};

function wrongVersion(version: string): string {
  const fix =
    version === '1' ? 'this looks like Grafana, whose route is /alerts/webhook/grafana/' : 'upgrade Alertmanager';
  return `version must be "4", not "${version.slice(0, 20)}": ${fix}`;
}
