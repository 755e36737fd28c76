import { loadSettings } from '../config/load.ts';
import { systemClock } from '../lib/clock.ts';
import type { instanceJson } from '../web/api/views.ts';
import { ago, columns } from './columns.ts';
import type { CommandModule } from './contract.ts';
import { askHub } from './hub-client.ts';
import { LIMIT, limitOf, moreLines } from './reading.ts';

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
        const page = (await askHub(settings, '/api/v1/instances', filters)) as {
          items: InstanceJson[];
          next_cursor: string | null;
        };
        if (json) return terminal.out(JSON.stringify(page));
        if (page.items.length === 0) return terminal.out('No instances: no agent has pushed to this hub yet.');
        for (const line of instanceTable(page.items, systemClock.now())) terminal.out(line);
        for (const line of moreLines('instances', { ...query, config }, page.next_cursor)) terminal.out(line);
      });
  },
};

function instanceTable(instances: readonly InstanceJson[], now: number): string[] {
  const rows = instances.map((instance) => [
    instance.status,
    instance.instance_id,
    instance.hostname,
    instance.version,
    ago(instance.last_seen_at ?? '', now),
    ago(instance.first_seen_at ?? '', now),
    instance.clock_offset_ms === null ? '' : `${(instance.clock_offset_ms / 1000).toFixed(1)}s`,
  ]);
  return columns(['STATUS', 'INSTANCE', 'HOSTNAME', 'VERSION', 'SEEN', 'FIRST SEEN', 'CLOCK OFF BY'], rows);
}
