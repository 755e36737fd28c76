import type { Severity } from '../alert/alert.ts';
import { isOver, type NoticeMessage } from './message.ts';
import type { Wording } from './wording.ts';

const SEVERITIES: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  warning: 'warning',
  info: 'informational',
};

/** An incident as one alert of Alerta (`POST /api/alert`): its severity says whether it is over. */
export function alertaBody(message: NoticeMessage, wording: Wording, environment: string) {
  const { incident, alerts, hub, links } = message;
  const [first] = alerts;
  const over = isOver(message);
  return {
    resource: first?.origin || first?.labels.instance || first?.labels.hostname || hub.name || 'monitor',
    event: incident.title,
    environment,
    severity: over ? 'normal' : SEVERITIES[incident.severity],
    service: [first?.labels.service ?? first?.labels.job ?? 'monitor'],
    group: first?.source ?? 'monitor',
    value: over ? 'resolved' : `${incident.total}`,
    text: [wording.headline, ...wording.remarks, ...wording.items].join('\n'),
    tags: Object.entries(first?.labels ?? {}).map(([name, value]) => `${name}=${value}`),
    attributes: {
      monitorIncident: incident.id,
      monitorKey: incident.dedupKey,
      ...(hub.marker !== '' && { monitorHub: hub.marker }),
      ...(links.incident !== null && { moreInfo: links.incident }),
      ...(message.runbook !== null && { runbook: message.runbook }),
    },
    origin: `monitor/${hub.name}`,
    type: 'monitorAlert',
    createTime: new Date(message.at).toISOString(),
  };
}
