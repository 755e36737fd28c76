import { hostOf, messageOf } from '../../core/alert/host.ts';
import type { Muted } from '../../web/api/muting.ts';
import type { alertJson } from '../../web/api/views.ts';
import { fields, mapText } from '../columns.ts';
import type { EventJson } from '../history.ts';
import { agoText, idText, type Screen, spanText, type Tone } from '../screen/screen.ts';
import { type Column, table } from '../screen/table.ts';

/** An alert as the API gives it, with its history where it is shown alone. */
export type AlertJson = ReturnType<typeof alertJson> & {
  readonly events?: readonly EventJson[];
  /** Left out by hubs of former versions. */
  readonly muted?: Muted | null;
};

const WORDS: Readonly<Record<string, string>> = { critical: 'CRIT', warning: 'WARN', info: 'INFO', unknown: 'UNKN' };

/** A severity in four letters, as lists show it. */
export function severityWord(severity: string): string {
  return WORDS[severity] ?? severity.toUpperCase().slice(0, 4);
}

/** What is known of an alert: nothing while its instance is silent, else how bad it is. */
function weightOf({ status, severity }: AlertJson): Tone {
  return status === 'unknown' ? 'unknown' : severity;
}

/** When it began; of one that has ended, when that was. */
function sinceOf({ status, started_at, ended_at, received_at }: AlertJson): string | null {
  return (status === 'resolved' ? ended_at : started_at) ?? received_at;
}

/** The columns of every list of alerts. */
export const ALERT_COLUMNS: readonly Column<AlertJson>[] = [
  {
    header: 'SEV',
    cell: (alert) => severityWord(weightOf(alert)),
    tone: (alert) => (alert.status === 'resolved' ? null : weightOf(alert)),
  },
  { header: 'SINCE', cell: (alert, screen) => agoText(sinceOf(alert), screen) },
  { header: 'ALERT', cell: ({ name }) => name, least: 16 },
  { header: 'INSTANCE', cell: (alert) => hostOf(alert) || '-', least: 12 },
  { header: 'STATE', cell: ({ status, muted }) => (muted ? `${status}, muted` : status) },
  { header: 'LAST', cell: ({ last_seen_at }, screen) => agoText(last_seen_at, screen), leaves: 3 },
  { header: 'COUNT', cell: ({ occurrences }) => String(occurrences), leaves: 2, align: 'right' },
  { header: 'SOURCE', cell: ({ source }) => source, leaves: 1 },
  { header: 'ID', cell: ({ id }, screen) => idText(id, screen) },
  { header: 'MESSAGE', cell: (alert) => messageOf(alert), least: 20 },
];

/** What holds notices back, in words; null for nothing. */
export function mutedText(muted: Muted | null | undefined): string | null {
  if (!muted) return null;
  return `${muted.kind} by ${muted.id}${muted.until === null ? '' : ` until ${muted.until}`}`;
}

/** Alerts for people, a line each. */
export function alertTable(alerts: readonly AlertJson[], screen: Screen): string[] {
  return table(ALERT_COLUMNS, alerts, screen);
}

/** All that is known of one. */
export function alertFields(alert: AlertJson, { now }: Screen): string[] {
  const { metrics: _, ...annotations } = alert.annotations;
  const withAge = (time: string | null) => (time === null ? null : `${time} (${spanText(now - Date.parse(time))} ago)`);
  return fields([
    ['name', alert.name],
    ['status', `${alert.status} (${alert.severity})`],
    ['instance', hostOf(alert)],
    ['message', messageOf(alert)],
    ['muted', mutedText(alert.muted)],
    ['started', withAge(alert.started_at)],
    ['ended', alert.ended_at],
    ['last seen', withAge(alert.last_seen_at)],
    ['occurrences', String(alert.occurrences)],
    ['labels', mapText(alert.labels)],
    ['annotations', mapText(annotations)],
    ['metrics', mapText(alert.metrics)],
    ['incident', alert.incident_id],
    ['identity', `${alert.source} / ${alert.origin} / ${alert.fingerprint}`],
    ['id', alert.id],
  ]);
}
