import type { NoticeAlert, NoticeMessage } from '../../core/notice/message.ts';
import type { incidentJson } from '../../web/api/views.ts';
import type { AlertJson } from '../alerts/page.ts';
import { askHub, type ClientSettings } from '../hub-client.ts';

type IncidentJson = ReturnType<typeof incidentJson> & { readonly alerts?: readonly AlertJson[] };

/** The message about the incident of an alert that a hub has; what it does not tell is as in the example. */
export async function messageOfHub(
  id: string,
  example: NoticeMessage,
  settings: ClientSettings,
): Promise<NoticeMessage> {
  const alert = (await askHub(settings, `/api/v1/alerts/${encodeURIComponent(id)}`)) as AlertJson;
  const incident =
    alert.incident_id === null
      ? null
      : ((await askHub(settings, `/api/v1/incidents/${alert.incident_id}`)) as IncidentJson);
  const alerts = (incident?.alerts ?? [alert]).map(alertOf);
  const isOver = example.phase === 'resolved';
  return {
    ...example,
    incident: {
      ...example.incident,
      ...{ id: incident?.id ?? alert.id, key: incident?.key ?? alert.id, title: incident?.title ?? alert.name },
      severity: alert.severity,
      startedAt: Math.min(...alerts.map(({ startedAt }) => startedAt)),
      endedAt: isOver ? example.at : null,
      total: alerts.length,
    },
    alerts: alerts.map((one) => ({ ...one, status: isOver ? 'resolved' : one.status })),
    ...{ evidence: [], groupLabels: {}, runbook: runbookOf(alerts) },
  };
}

function alertOf(alert: AlertJson): NoticeAlert {
  const { id, source, origin, fingerprint, name, status, severity, labels, annotations, metrics } = alert;
  const { metrics: _, ...texts } = annotations;
  return {
    ...{ id, source, origin, fingerprint, name, severity, labels, annotations: texts, metrics },
    status: status === 'resolved' ? 'resolved' : 'firing',
    startedAt: Date.parse(alert.started_at ?? ''),
    endedAt: alert.ended_at === null ? null : Date.parse(alert.ended_at),
  };
}

function runbookOf(alerts: readonly NoticeAlert[]): string | null {
  const given = alerts.flatMap(({ annotations }) => annotations.runbook_url ?? annotations.runbook ?? []);
  return given.find((text) => /^https?:\/\/\S+$/i.test(text)) ?? null;
}
