import { firingTotal } from '../incident/incident.ts';
import { iso } from '../iso-time.ts';
import type { NoticeAlert, NoticeMessage } from './message.ts';
import type { Wording } from './wording.ts';

/** A message as JSON of our own, version 1: times in ISO 8601, names in snake_case, plus the words for people. */
export function genericBody(message: NoticeMessage, wording: Wording) {
  const { phase, step, key, at, hub, channel, incident, digest, alerts, more, runbook, links } = message;
  const listed = digest?.listed ?? alerts;
  return {
    version: 1,
    ...{ phase, step, key, at: iso(at), hub: hub.marker === '' ? { name: hub.name, url: hub.url } : hub, channel },
    title: wording.title,
    headline: wording.headline,
    remarks: wording.remarks,
    incident: {
      ...{ id: incident.id, key: incident.key, dedup_key: incident.dedupKey, title: incident.title },
      ...{ status: incident.status, severity: incident.severity },
      started_at: iso(incident.startedAt),
      ended_at: incident.endedAt === null ? null : iso(incident.endedAt),
      acknowledged_by: incident.acknowledgedBy,
      alert_count: incident.total,
      firing_count: firingTotal(incident.firing),
    },
    ...(digest !== null && {
      digest: {
        ...{ incidents: digest.incidents, firing: digest.firing, resolved: digest.resolved, alerts: digest.alerts },
        lines: wording.items,
        more: digest.more,
      },
    }),
    group_labels: message.groupLabels,
    alerts: listed.map(alertOf),
    more_alerts: digest === null ? more : Math.max(0, digest.alerts - listed.length),
    evidence: message.evidence,
    runbook,
    links,
  };
}

function alertOf(alert: NoticeAlert) {
  const { id, source, origin, fingerprint, name, status, severity, labels, annotations, metrics } = alert;
  return {
    ...{ id, source, origin, fingerprint, name, status, severity, labels, annotations, metrics },
    started_at: iso(alert.startedAt),
    ended_at: alert.endedAt === null ? null : iso(alert.endedAt),
  };
}
