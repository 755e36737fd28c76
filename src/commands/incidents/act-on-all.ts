import type { Command } from 'commander';
import { loadSettings } from '../../config/load.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { tellHub } from '../hub-client.ts';
import { several } from '../reading/flags.ts';
import type { Filters, Flags } from './words.ts';

interface AnswerJson {
  readonly matched: number;
  readonly matched_is_more: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly title: string;
    readonly outcome: string;
    readonly message: string;
  }[];
  readonly next_cursor: string | null;
}

/** Adds the filters that stand in place of ids. */
export function withFilters(command: Command): Command {
  return command
    .option('--status <status>', 'all of this status, instead of ids: open, acknowledged, resolved, closed', several)
    .option('--severity <severity>', 'all of this severity', several)
    .option('--instance <id>', 'all with an alert of this instance or host', several)
    .option('--source <name>', 'all with an alert of this source', several)
    .option('--name <name>', 'all with an alert of this name; * stands for any characters', several)
    .option('--label <name=value>', 'all with an alert that has this label; name!=value: lacks it', several)
    .option('--search <text>', 'all with an alert that has these words')
    .option('--since <time>', 'all that opened or changed since: 30m, 2h, or a time')
    .option('--dry-run', 'say which ones these are, and do nothing');
}

/** The filters that are given, as the hub names them; undefined for none. Throws UsageError for ids beside them. */
export function filterOf(ids: readonly string[], flags: Filters): object | undefined {
  const { status, severity, instance, source, name, label, search, since, dryRun } = flags;
  const given = { status, severity, instance_id: instance, source, name, label, q: search, since };
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const isFiltered = Object.keys(filter).length > 0;
  if (isFiltered && ids.length > 0) throw new UsageError('ids or filters: one of the two');
  if (!isFiltered && ids.length === 0)
    throw new UsageError('ids, or filters such as --label team=web or --status open');
  if (!isFiltered && dryRun) throw new UsageError('--dry-run is for filters');
  return isFiltered ? filter : undefined;
}

/** Does an action to all that filters find, some hundred at a time, and prints what came of each. */
export async function actOnFilter(
  action: string,
  filter: object,
  body: Readonly<Record<string, unknown>>,
  { json, config, dryRun = false }: Flags,
  terminal: Terminal,
): Promise<void> {
  const settings = loadSettings({ configFile: config });
  const items: AnswerJson['items'][number][] = [];
  let cursor: string | null = null;
  do {
    const asked = { action, filter, dry_run: dryRun, ...body, ...(cursor !== null && { cursor }) };
    const answer = await tellHub(settings, '/api/v1/incidents/actions', asked);
    if (!answer.ok) throw new UsageError(answer.reason);
    const { items: own, next_cursor } = answer.value as AnswerJson;
    if (!json) for (const { id, title, outcome, message } of own) terminal.out(line(id, title, outcome, message));
    items.push(...own);
    cursor = next_cursor;
  } while (cursor !== null);
  const count = (outcome: string) => items.filter((one) => one.outcome === outcome).length;
  const counts = { done: count('done'), unchanged: count('unchanged'), refused: count('refused') };
  if (json) terminal.out(JSON.stringify({ action, dry_run: dryRun, matched: items.length, ...counts, items }));
  else if (dryRun) terminal.out(`${items.length} found, nothing was done`);
  else terminal.out(`${counts.done} done, ${counts.unchanged} unchanged, ${counts.refused} refused`);
  if (counts.refused > 0) throw new Exit(1);
}

function line(id: string, title: string, outcome: string, message: string): string {
  return outcome === 'planned' ? `${id}  ${title}` : `${id}  ${title}: ${message}`;
}
