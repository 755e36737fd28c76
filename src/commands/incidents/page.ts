import type { Muted } from '../../web/api/muting.ts';
import type { incidentJson } from '../../web/api/views.ts';
import { type AlertJson, alertTable, mutedText, severityWord } from '../alerts/page.ts';
import { fields } from '../columns.ts';
import { historyLines } from '../history.ts';
import { agoText, idText, type Screen, spanText } from '../screen/screen.ts';
import { type Column, table } from '../screen/table.ts';

/** An incident as a hub gives it, alone with its alerts and their history. */
export type IncidentJson = ReturnType<typeof incidentJson> & {
  readonly alerts?: readonly AlertJson[];
  /** Left out by hubs of former versions. */
  readonly muted?: Muted | null;
  readonly events?: NonNullable<AlertJson['events']>;
};

function isLive({ status }: IncidentJson): boolean {
  return status === 'open' || status === 'acknowledged';
}

/** Whether nothing is known of it but that its instances are silent. */
function isUnknown(incident: IncidentJson): boolean {
  return isLive(incident) && incident.firing_count === 0 && incident.unknown_count > 0;
}

/** Of how many alerts how many fire, and of how many that is not known. */
function countText({ firing_count, unknown_count, alert_count }: IncidentJson): string {
  return `${firing_count} of ${alert_count}${unknown_count > 0 ? `, ${unknown_count} unknown` : ''}`;
}

/** How it stands, and with whom. */
function stateText({ status, acknowledged_by, assignee, muted }: IncidentJson): string {
  if (status !== 'acknowledged') return muted ? `${status}, muted` : status;
  const who = assignee ?? acknowledged_by ?? '';
  return who === '' ? 'ack' : `ack ${who}`;
}

/** The columns of every list of incidents. */
export const INCIDENT_COLUMNS: readonly Column<IncidentJson>[] = [
  {
    header: 'SEV',
    cell: (one) => severityWord(isUnknown(one) ? 'unknown' : one.severity),
    tone: (one) => (isLive(one) ? (isUnknown(one) ? 'unknown' : one.severity) : null),
  },
  { header: 'AGE', cell: ({ opened_at }, screen) => agoText(opened_at, screen) },
  { header: 'INCIDENT', cell: ({ title }) => title, least: 30 },
  { header: 'FIRING', cell: countText },
  { header: 'STATE', cell: stateText, least: 10, tone: ({ status }) => (status === 'open' ? 'open' : null) },
  { header: 'ID', cell: ({ id }, screen) => idText(id, screen) },
];

/** Incidents, a line each. */
export function incidentTable(incidents: readonly IncidentJson[], screen: Screen): string[] {
  return table(INCIDENT_COLUMNS, incidents, screen);
}

/** One incident with its alerts and its history. */
export function incidentPage(incident: IncidentJson, screen: Screen): string[] {
  return [
    ...incidentFields(incident, screen),
    '',
    ...alertTable(incident.alerts ?? [], screen),
    '',
    ...historyLines(incident.events ?? [], screen),
  ];
}

function incidentFields(incident: IncidentJson, { now }: Screen): string[] {
  const by = (time: string | null, who: string | null) => (time !== null && who ? `${time} by ${who}` : time);
  const isShelved = incident.shelved_until !== null && Date.parse(incident.shelved_until) > now;
  return fields([
    ['title', incident.title],
    ['status', `${incident.status} (${incident.severity})`],
    ['opened', `${incident.opened_at} (${spanText(now - Date.parse(incident.opened_at ?? ''))} ago)`],
    ['acknowledged', by(incident.acknowledged_at, incident.acknowledged_by)],
    ['assigned to', incident.assignee],
    ['shelved until', isShelved ? by(incident.shelved_until, incident.shelved_by) : null],
    ['muted', mutedText(incident.muted)],
    ['resolved', incident.resolved_at],
    ['firing', countText(incident)],
    ['key', incident.key],
    ['id', incident.id],
  ]);
}
