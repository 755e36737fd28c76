import type { silenceJson } from '../../web/api/silence-views.ts';
import { type AlertJson, alertTable } from '../alerts/page.ts';
import { fields } from '../columns.ts';
import { type EventJson, historyLines } from '../history.ts';
import { idText, isShort, type Screen, spanText } from '../screen/screen.ts';
import { type Column, table } from '../screen/table.ts';

/** A silence or window as a hub gives it; alone with what it holds back and its history. */
export type SilenceJson = ReturnType<typeof silenceJson> &
  Partial<PreviewJson> & { readonly events?: readonly EventJson[] };

/** What matchers hold of now. */
export interface PreviewJson {
  readonly firing_count: number;
  readonly alert_count: number;
  readonly incident_count: number;
  /** The newest of them. */
  readonly alerts: readonly AlertJson[];
}

const COLUMNS: readonly Column<SilenceJson>[] = [
  { header: 'STATUS', cell: ({ status }) => status },
  {
    header: 'ENDS',
    cell: (silence, screen) => (isShort(screen) ? timeLeft(silence, screen) : silence.ends_at),
  },
  { header: 'MATCHERS', cell: matcherTexts, least: 20 },
  { header: 'BY', cell: ({ created_by: by }) => by, least: 8, leaves: 1 },
  { header: 'ID', cell: ({ id }, screen) => idText(id, screen) },
  { header: 'COMMENT', cell: ({ comment }) => comment, least: 12 },
];

/** Silences or windows, a line each. */
export function silenceTable(silences: readonly SilenceJson[], screen: Screen): string[] {
  return table(COLUMNS, silences, screen);
}

/** One of them with what it holds back, and its history. */
export function silencePage(silence: SilenceJson, screen: Screen): string[] {
  const { alert_count: count, firing_count: firing, alerts = [] } = silence;
  return [
    ...fields([
      ['matchers', matcherTexts(silence)],
      ['status', silence.status],
      ['from', silence.starts_at],
      ['until', silence.status === 'expired' ? silence.ends_at : `${silence.ends_at} (${timeLeft(silence, screen)})`],
      ['by', silence.created_by],
      ['comment', silence.comment],
      ['ended by', silence.ended_by],
      ['replaces', silence.replaces],
      ['matches', count === undefined ? null : `${count} of ${firing} firing ${firing === 1 ? 'alert' : 'alerts'}`],
      ['id', silence.id],
    ]),
    ...(alerts.length === 0 ? [] : ['', ...alertTable(alerts, screen)]),
    '',
    ...historyLines(silence.events ?? [], screen),
  ];
}

/** What matchers would hold back now, for who is about to say so. */
export function previewLines(preview: PreviewJson, screen: Screen): string[] {
  const { firing_count: firing, alert_count: count, incident_count: incidents, alerts } = preview;
  const of = `${count} of ${firing} firing ${firing === 1 ? 'alert' : 'alerts'}`;
  if (count === 0) return [`Matches ${of}.`];
  const more = count > alerts.length ? [`… and ${count - alerts.length} more`] : [];
  const where = ` (${incidents} ${incidents === 1 ? 'incident' : 'incidents'})`;
  return [`Matches ${of}${where}:`, ...alertTable(alerts, screen), ...more];
}

function matcherTexts({ matchers }: SilenceJson): string {
  return matchers.map(({ text }) => text).join(' ');
}

/** When it ends, or before that begins, seen from now. */
function timeLeft({ status, starts_at: start, ends_at: end }: SilenceJson, { now }: Screen): string {
  if (status === 'expired') return `${spanText(now - Date.parse(end))} ago`;
  if (status === 'pending') return `begins in ${spanText(Date.parse(start) - now)}`;
  return `in ${spanText(Date.parse(end) - now)}`;
}
