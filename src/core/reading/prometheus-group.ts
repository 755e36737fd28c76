import { type IncomingAlert, LIMITS } from '../alert/alert.ts';
import { type AlertDraft, incomingAlert, tooManyAlerts, unreadable } from './incoming.ts';
import { type PrometheusAlert, readPrometheusAlert } from './prometheus-alert.ts';
import { envelopeOf } from './prometheus-envelope.ts';
import type { FieldError, JsonObject } from './read.ts';

/**
 * Reads `alerts[]` of a group in the form of Alertmanager; `complete` gives each alert its identity and what else is the
 * vendor's own. Alerts that are not in the list are not resolved by that: senders may cut it (`max_alerts`), which
 * becomes a remark.
 */
export function readPrometheusGroup(
  body: JsonObject,
  receivedAt: number,
  complete: (alert: PrometheusAlert, value: JsonObject) => AlertDraft,
) {
  if (!Array.isArray(body.alerts)) return unreadable('alerts', 'alerts must be a list');
  const tooMany = tooManyAlerts('alerts', body.alerts.length);
  if (tooMany !== null) return tooMany;
  const envelope = envelopeOf(body);
  const alerts: IncomingAlert[] = [];
  const errors: FieldError[] = [];
  for (const [index, value] of body.alerts.entries()) {
    const read = readPrometheusAlert(value, envelope, receivedAt);
    if ('message' in read) errors.push({ path: `alerts[${index}]${read.path}`, message: read.message });
    else alerts.push(incomingAlert(complete(read, value), receivedAt));
  }
  if (alerts.length === 0 && errors.length > 0)
    return { ok: false, message: 'no alert of this request is valid', errors } as const;
  return { ok: true, origin: '', alerts, errors, remarks: remarksOf(body) } as const;
}

function remarksOf(body: JsonObject): readonly string[] {
  const left = typeof body.truncatedAlerts === 'number' ? Math.floor(body.truncatedAlerts) : 0;
  if (!(left > 0)) return [];
  const fix = `set max_alerts of its webhook to 0, for up to ${LIMITS.groupAlerts} alerts of a group are taken`;
  return [`the sender left ${left} more alerts of this group out: ${fix}`];
}
