import { loadSettings } from '../config/load.ts';
import type { instanceJson } from '../web/api/views.ts';
import type { CommandModule } from './contract.ts';
import { askHub } from './hub-client.ts';
import { LIMIT, limitOf, moreLines, type Page } from './screen/pages.ts';
import { agoText, screenOf } from './screen/screen.ts';
import { type Column, table } from './screen/table.ts';

type InstanceJson = ReturnType<typeof instanceJson>;

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly limit: string;
  readonly cursor?: string;
}

const EXAMPLES = `
Examples:
  monitor instances
  monitor instances --json | jq '.items[] | select(.status == "silent")'`;

/** `monitor instances`: who pushes to the hub, and since when nothing is heard of whom. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--limit <number>', 'how many, 1 to 500', LIMIT)
      .option('--cursor <cursor>', 'the next_cursor of the previous page')
      .option('--json', 'print the answer of the hub, one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async ({ json, config, ...query }: Flags) => {
        const settings = loadSettings({ configFile: config });
        const filters = { ...query, limit: limitOf(query.limit) };
        const page = (await askHub(settings, '/api/v1/instances', filters)) as Page<InstanceJson>;
        if (json) return terminal.out(JSON.stringify(page));
        if (page.items.length === 0) return terminal.out('No instances: no agent has pushed to this hub yet.');
        for (const line of table(COLUMNS, page.items, screenOf(terminal))) terminal.out(line);
        for (const line of moreLines('instances', { ...query, config }, page)) terminal.out(line);
      });
  },
};

const COLUMNS: readonly Column<InstanceJson>[] = [
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
