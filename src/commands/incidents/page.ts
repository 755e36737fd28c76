import type { incidentJson } from '../../web/api/views.ts';
import { type AlertJson, alertTable, historyLines } from '../alerts.ts';
import { ago, columns, fields } from '../columns.ts';

/** An incident as a hub gives it, alone with its alerts and their history. */
export type IncidentJson = ReturnType<typeof incidentJson> & {
  readonly alerts?: readonly AlertJson[];
  readonly events?: NonNullable<AlertJson['events']>;
};

/** Incidents, a line each. */
export function incidentTable(incidents: readonly IncidentJson[], now: number): string[] {
  const rows = incidents.map((incident) => [
    incident.status,
    incident.severity,
    `${incident.firing_count} of ${incident.alert_count}`,
    ago(incident.opened_at ?? '', now),
    incident.id,
    incident.title,
  ]);
  return columns(['STATUS', 'SEVERITY', 'FIRING', 'OPENED', 'ID', 'TITLE'], rows);
}

/** One incident with its alerts and its history. */
export function incidentPage(incident: IncidentJson, now: number): string[] {
  return [
    ...incidentFields(incident, now),
    '',
    ...alertTable(incident.alerts ?? [], now),
    '',
    ...historyLines(incident.events ?? []),
  ];
}

function incidentFields(incident: IncidentJson, now: number): string[] {
  const by = (time: string | null, who: string | null) => (time !== null && who ? `${time} by ${who}` : time);
  const isShelved = incident.shelved_until !== null && Date.parse(incident.shelved_until) > now;
  return fields([
    ['title', incident.title],
    ['status', `${incident.status} (${incident.severity})`],
    ['opened', `${incident.opened_at} (${ago(incident.opened_at ?? '', now)} ago)`],
    ['acknowledged', by(incident.acknowledged_at, incident.acknowledged_by)],
    ['assigned to', incident.assignee],
    ['shelved until', isShelved ? by(incident.shelved_until, incident.shelved_by) : null],
    ['resolved', incident.resolved_at],
    ['alerts', `${incident.firing_count} of ${incident.alert_count} firing`],
    ['key', incident.key],
    ['id', incident.id],
  ]);
}
