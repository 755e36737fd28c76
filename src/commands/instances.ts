import { loadSettings } from '../config/load.ts';
import { type CommandModule, showOptionsOf } from './contract.ts';
import { askHub } from './hub-client.ts';
import { defineForget } from './instances/forget.ts';
import { COLUMNS, type InstanceJson } from './instances/page.ts';
import { LIMIT, limitOf, moreLines, type Page } from './screen/pages.ts';
import { screenOf } from './screen/screen.ts';
import { table } from './screen/table.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly limit: string;
  readonly cursor?: string;
}

const EXAMPLES = `
Examples:
  monitor instances
  monitor instances forget web-server-03
  monitor instances forget --silent-for 30d --yes
  monitor instances --json | jq '.items[] | select(.status == "silent")'`;

/** `monitor instances`: who pushes to the hub, and since when nothing is heard of whom. */
export const command: CommandModule = {
  define(program, terminal) {
    const list = program
      .command('list', { isDefault: true })
      .description('list instances (also without this word)')
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
    showOptionsOf(list, program);
    program.addHelpText('after', EXAMPLES);
    defineForget(program, terminal, EXAMPLES);
  },
};
