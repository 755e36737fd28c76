import type { instanceJson } from '../../web/api/views.ts';
import { agoText } from '../screen/screen.ts';
import type { Column } from '../screen/table.ts';

/** An instance as the API gives it. */
export type InstanceJson = ReturnType<typeof instanceJson>;

/** Columns of instances, for people. */
export const COLUMNS: readonly Column<InstanceJson>[] = [
  { header: 'STATUS', cell: ({ status }) => status, tone: ({ status }) => (status === 'silent' ? 'unknown' : null) },
  { header: 'INSTANCE', cell: ({ instance_id }) => instance_id, least: 20 },
  { header: 'HOSTNAME', cell: ({ hostname }) => hostname, least: 16, leaves: 2 },
  { header: 'VERSION', cell: ({ version }) => version, leaves: 3 },
  { header: 'SEEN', cell: ({ last_seen_at }, screen) => agoText(last_seen_at, screen) },
  { header: 'FIRST SEEN', cell: ({ first_seen_at }, screen) => agoText(first_seen_at, screen), leaves: 1 },
  { header: 'CLOCK OFF BY', cell: clockText },
];

// The way to the hub and the turn of a commit take that long; it says nothing of a clock.
const UNNOTICED_MS = 2000;

function clockText({ clock_offset_ms: offset }: InstanceJson): string {
  return offset === null || Math.abs(offset) < UNNOTICED_MS ? '' : `${(offset / 1000).toFixed(1)}s`;
}
