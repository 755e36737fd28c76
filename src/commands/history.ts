import type { eventJson } from '../web/api/views.ts';
import { isShort, type Screen } from './screen/screen.ts';
import { type Column, table } from './screen/table.ts';

/** An event as the API gives it. */
export type EventJson = ReturnType<typeof eventJson>;

const COLUMNS: readonly Column<EventJson>[] = [
  {
    header: 'AT',
    cell: ({ at }, screen) => (isShort(screen) ? (at ?? '').slice(0, 19).replace('T', ' ') : (at ?? '')),
  },
  { header: 'SUBJECT', cell: ({ subject }) => subject, leaves: 1 },
  { header: 'EVENT', cell: ({ kind }) => kind },
  { header: 'REASON', cell: ({ reason }) => reason },
  {
    header: 'BY',
    cell: ({ actor, data }) => (typeof data.by === 'string' && data.by !== '' ? data.by : actor),
    least: 12,
  },
  { header: 'DETAIL', cell: ({ data }) => String(data.message ?? data.comment ?? data.severity ?? ''), least: 12 },
];

/** The history for people: when, what, why and by whom. */
export function historyLines(events: readonly EventJson[], screen: Screen): string[] {
  return table(COLUMNS, events, screen);
}
