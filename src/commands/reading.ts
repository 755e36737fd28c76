import type { Command } from 'commander';
import { loadSettings } from '../config/load.ts';
import { SEVERITIES } from '../core/alert/alert.ts';
import { showOptionsOf, type Terminal, UsageError } from './contract.ts';
import { askHub } from './hub-client.ts';
import { OUTPUTS, printList } from './screen/output.ts';
import { LIMIT, limitOf, moreLines, type Page, type Values } from './screen/pages.ts';
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

interface Flags {
  readonly json?: boolean;
  readonly output?: string;
  readonly watch?: boolean;
  readonly config?: string;
  readonly status?: Values;
  readonly severity?: Values;
  readonly instance?: Values;
  readonly source?: Values;
  readonly name?: Values;
  readonly label?: Values;
  readonly since?: string;
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

const FILTERS = {
  source: ['--source <name>', 'of one source: a driver, local, or monitor (the hub itself)'],
  name: ['--name <name>', 'of this name; * stands for any characters'],
  label: ['--label <name=value>', 'with this label; name!=value: without it'],
} as const;

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
    .option('--since <time>', 'opened or changed since: 30m, 2h, 7d or 2026-03-29T14:00:00Z')
    .option('--sort <order>', 'attention, or id for the newest first', 'attention')
    .option('--limit <number>', 'how many, 1 to 500', LIMIT)
    .option('--cursor <cursor>', 'the next_cursor of the previous page')
    .option('--watch', 'draw it again and again, until q')
    .option('--output <form>', OUTPUTS.join(', '))
    .option('--json', 'print the answer of the hub, one JSON document')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', listing.examples)
    .action(async ({ json, output, watch: isWatched, config, instance, ...query }: Flags) => {
      refuseWrong(query, listing.statuses);
      const settings = loadSettings({ configFile: config });
      const filters = { ...query, instance_id: instance, count: 'true' };
      const { sort, ...others } = query;
      const given = { ...others, instance, ...(sort !== 'attention' && { sort }), config };
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

function several(value: string, before: Values = []): Values {
  return [...before, value];
}

/** What the hub would refuse is a wrong call, and told as one before anything is asked. */
function refuseWrong({ status, severity, sort, limit }: Flags, statuses: readonly string[]): void {
  const oneOf = (flag: string, given: Values | undefined, words: readonly string[]) => {
    for (const word of (given ?? []).flatMap((one) => one.split(',').map((part) => part.trim()))) {
      if (!words.includes(word)) throw new UsageError(`${flag} must be one of ${words.join(', ')}, not "${word}"`);
    }
  };
  oneOf('--status', status, statuses);
  oneOf('--severity', severity, SEVERITIES);
  oneOf('--sort', sort === undefined ? undefined : [sort], ['attention', 'id']);
  if (limit !== undefined) limitOf(limit);
}
