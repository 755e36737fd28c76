import { loadSettings } from '../config/load.ts';
import { type CommandModule, showOptionsOf } from './contract.ts';
import { askHub } from './hub-client.ts';
import { defineForget } from './instances/forget.ts';
import { COLUMNS, type InstanceJson } from './instances/page.ts';
import { OUTPUTS, printList } from './screen/output.ts';
import { LIMIT, limitOf, moreLines, type Page } from './screen/pages.ts';
import { screenOf } from './screen/screen.ts';
import { table } from './screen/table.ts';

interface Flags {
  readonly json?: boolean;
  readonly output?: string;
  readonly watch?: boolean;
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
      .option('--watch', 'draw it again and again, until q')
      .option('--output <form>', OUTPUTS.join(', '))
      .option('--json', 'print the answer of the hub, one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async ({ json, output, watch, config, ...query }: Flags) => {
        const settings = loadSettings({ configFile: config });
        const filters = { ...query, limit: limitOf(query.limit) };
        await printList<InstanceJson>(
          terminal,
          { json, output, watch },
          {
            ask: async () => (await askHub(settings, '/api/v1/instances', filters)) as Page<InstanceJson>,
            lines: (page) =>
              page.items.length === 0
                ? ['No instances: no agent has pushed to this hub yet.']
                : [
                    ...table(COLUMNS, page.items, screenOf(terminal)),
                    ...moreLines('instances', { ...query, config }, page),
                  ],
          },
        );
      });
    showOptionsOf(list, program);
    program.addHelpText('after', EXAMPLES);
    defineForget(program, terminal, EXAMPLES);
  },
};
