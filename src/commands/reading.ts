import type { Command } from 'commander';
import { loadSettings } from '../config/load.ts';
import { showOptionsOf, type Terminal } from './contract.ts';
import { askHub } from './hub-client.ts';
import { FILTERS, type Flags, refuseWrong, several } from './reading/flags.ts';
import { OUTPUTS, printList } from './screen/output.ts';
import { LIMIT, moreLines, type Page } from './screen/pages.ts';
import { type Screen, screenOf } from './screen/screen.ts';

/** What a list of a hub is called and how it is shown. */
export interface Listing<Item extends object> {
  /** `alerts` or `incidents`: the command and the last part of its path. */
  readonly noun: string;
  readonly statuses: readonly string[];
  /** Filters that not every list has. */
  readonly filters?: readonly (keyof typeof FILTERS)[];
  table(items: readonly Item[], screen: Screen): string[];
  /** One thing with its history. */
  page(item: Item, screen: Screen): string[];
  readonly none: string;
  readonly examples: string;
}

/** Gives a command its two ways of reading: `list` (also without a word) and `show <id>`. */
export function defineReading<Item extends object>(program: Command, terminal: Terminal, listing: Listing<Item>): void {
  const { noun } = listing;
  program.addHelpText('after', listing.examples);
  const list = program
    .command('list', { isDefault: true })
    .description(`list ${noun}, what needs attention first (also without this word)`)
    .option('--status <status>', listing.statuses.join(', '), several)
    .option('--severity <severity>', 'critical, warning, info; several as critical,warning', several)
    .option('--instance <id>', 'of one instance or host', several);
  for (const name of listing.filters ?? []) {
    const [flags, about] = FILTERS[name];
    list.option(flags, about, several);
  }
  list
    .option('--search <text>', 'with these words, in names, labels or texts')
    .option('--since <time>', 'opened or changed since: 30m, 2h, 7d or 2026-03-29T14:00:00Z')
    .option('--sort <order>', 'attention, or id for the newest first', 'attention')
    .option('--limit <number>', 'how many, 1 to 500', LIMIT)
    .option('--cursor <cursor>', 'the next_cursor of the previous page')
    .option('--watch', 'draw it again and again, until q')
    .option('--output <form>', OUTPUTS.join(', '))
    .option('--json', 'print the answer of the hub, one JSON document')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', listing.examples)
    .action(async ({ json, output, watch: isWatched, config, instance, search, ...query }: Flags) => {
      refuseWrong(query, listing.statuses);
      const settings = loadSettings({ configFile: config });
      const filters = { ...query, instance_id: instance, q: search, count: 'true' };
      const { sort, ...others } = query;
      const given = { ...others, instance, search, ...(sort !== 'attention' && { sort }), config };
      await printList<Item>(
        terminal,
        { json, output, watch: isWatched },
        {
          ask: async () => (await askHub(settings, `/api/v1/${noun}`, filters)) as Page<Item>,
          lines: (page) =>
            page.items.length === 0
              ? [listing.none]
              : [...listing.table(page.items, screenOf(terminal)), ...moreLines(noun, given, page)],
        },
      );
    });
  showOptionsOf(list, program);
  program
    .command('show')
    .description('show one of them with its history')
    .argument('<id>', 'its id, or the part of it that the list shows')
    .option('--json', 'print the answer of the hub, one JSON document')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', listing.examples)
    .action(async (id: string, { json, config }: Flags) => {
      const settings = loadSettings({ configFile: config });
      const item = (await askHub(settings, `/api/v1/${noun}/${encodeURIComponent(id)}`)) as Item;
      if (json) terminal.out(JSON.stringify(item));
      else for (const line of listing.page(item, screenOf(terminal))) terminal.out(line);
    });
}
