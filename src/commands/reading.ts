import type { Command } from 'commander';
import { loadSettings } from '../config/load.ts';
import { SEVERITIES } from '../core/alert/alert.ts';
import { systemClock } from '../lib/clock.ts';
import { type Terminal, UsageError } from './contract.ts';
import { askHub } from './hub-client.ts';

/** What a list of a hub is called and how it is shown. */
export interface Listing<Item> {
  /** `alerts` or `incidents`: the command and the last part of its path. */
  readonly noun: string;
  readonly statuses: readonly string[];
  table(items: readonly Item[], now: number): string[];
  /** One thing with its history. */
  page(item: Item, now: number): string[];
  readonly none: string;
  readonly examples: string;
}

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly status?: string;
  readonly severity?: string;
  readonly instance?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

/** How many a list shows unless it is told. */
export const LIMIT = '50';

/** Gives a command its two ways of reading: `list` (also without a word) and `show <id>`. */
export function defineReading<Item>(program: Command, terminal: Terminal, listing: Listing<Item>): void {
  const { noun } = listing;
  program.addHelpText('after', listing.examples);
  const print = (json: boolean | undefined, document: unknown, lines: () => string[]) => {
    if (json) terminal.out(JSON.stringify(document));
    else for (const line of lines()) terminal.out(line);
  };
  program
    .command('list', { isDefault: true })
    .description(`list ${noun}, newest first`)
    .option('--status <status>', listing.statuses.join(', '))
    .option('--severity <severity>', 'critical, warning or info')
    .option('--instance <id>', 'of one instance')
    .option('--limit <number>', 'how many, 1 to 500', LIMIT)
    .option('--cursor <cursor>', 'the next_cursor of the previous page')
    .option('--json', 'print the answer of the hub, one JSON document')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', listing.examples)
    .action(async ({ json, config, instance, ...query }: Flags) => {
      refuseWrong(query, listing.statuses);
      const settings = loadSettings({ configFile: config });
      const filters = { ...query, instance_id: instance };
      const page = (await askHub(settings, `/api/v1/${noun}`, filters)) as {
        items: Item[];
        next_cursor: string | null;
      };
      print(json, page, () => {
        if (page.items.length === 0) return [listing.none];
        const given = { ...query, instance, config };
        return [...listing.table(page.items, systemClock.now()), ...moreLines(noun, given, page.next_cursor)];
      });
    });
  program
    .command('show')
    .description('show one of them with its history')
    .argument('<id>', 'its id, as the list shows it')
    .option('--json', 'print the answer of the hub, one JSON document')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', listing.examples)
    .action(async (id: string, { json, config }: Flags) => {
      const settings = loadSettings({ configFile: config });
      const item = (await askHub(settings, `/api/v1/${noun}/${encodeURIComponent(id)}`)) as Item;
      print(json, item, () => listing.page(item, systemClock.now()));
    });
}

/** The call that shows the next page of the same list, with the flags that were given; nothing after the last page. */
export function moreLines(
  noun: string,
  { limit, ...given }: Readonly<Record<string, string | undefined>>,
  cursor: string | null,
): string[] {
  if (cursor === null) return [];
  const flags = Object.entries({ ...given, ...(limit !== LIMIT && { limit }), cursor });
  const words = flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, quoted(value)]));
  return ['', `More: monitor ${noun} ${words.join(' ')}`];
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What the hub would refuse is a wrong call, and told as one before anything is asked. */
function refuseWrong({ status, severity, limit }: Flags, statuses: readonly string[]): void {
  const oneOf = (flag: string, word: string | undefined, words: readonly string[]) => {
    if (word === undefined || words.includes(word)) return;
    throw new UsageError(`${flag} must be one of ${words.join(', ')}, not "${word}"`);
  };
  oneOf('--status', status, statuses);
  oneOf('--severity', severity, SEVERITIES);
  if (limit !== undefined) limitOf(limit);
}

/** The value of --limit. Throws UsageError on what the hub would refuse. */
export function limitOf(limit: string): string {
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 500) return limit;
  throw new UsageError(`--limit must be a whole number from 1 to 500, not "${limit}"`);
}
