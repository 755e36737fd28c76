import type { Command } from 'commander';
import { loadSettings } from '../../config/load.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { tellHub } from '../hub-client.ts';
import { userName } from '../user-name.ts';
import { actOnFilter, filterOf, withFilters } from './act-on-all.ts';
import { ACTION_COMMANDS, type ActedJson, type ActionCommand, type Flags } from './words.ts';

/** Gives `monitor incidents` its actions: each takes one id or several, whole or their beginnings, or filters. */
export function defineActions(program: Command, terminal: Terminal, examples: string): void {
  for (const { word, path, about, done, options, body } of ACTION_COMMANDS) {
    const command = program
      .command(word)
      .description(about)
      .argument('[id...]', 'ids, or as much of their beginning or end as no other has; none with filters')
      .option('--by <name>', 'who you are, for the history (default: your user name)')
      .option('--comment <text>', 'what you say about it')
      .option('--json', 'print one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', examples);
    withFilters(options?.(command) ?? command).action(async (ids: readonly string[], flags: Flags) => {
      if (path === 'note' && !flags.comment?.trim()) throw new UsageError('--comment TEXT: a note needs words');
      const said = { by: flags.by ?? userName(), ...(flags.comment !== undefined && { comment: flags.comment }) };
      const filter = filterOf(ids, flags);
      const asked = { ...said, ...body?.(flags) };
      if (filter !== undefined) await actOnFilter(path, filter, asked, flags, terminal);
      else await actOnEach(ids, path, asked, flags, terminal, done);
    });
  }
}

/** Each by itself: one that is refused keeps no other from it, and the exit code says so. */
async function actOnEach(
  ids: readonly string[],
  path: string,
  body: Readonly<Record<string, unknown>>,
  { json, config }: Flags,
  terminal: Terminal,
  done: ActionCommand['done'],
): Promise<void> {
  const settings = loadSettings({ configFile: config });
  const items: unknown[] = [];
  let refused = 0;
  for (const id of ids) {
    const answer = await tellHub(settings, `/api/v1/incidents/${encodeURIComponent(id)}/${path}`, body);
    items.push(answer.ok ? answer.value : { id, error: answer.reason });
    if (!answer.ok) {
      refused += 1;
      terminal.err(`${id}: ${answer.reason}`);
    } else if (!json) {
      const incident = answer.value as ActedJson;
      const { outcome, message } = incident.action;
      terminal.out(`${incident.title}: ${outcome === 'unchanged' ? message : done(incident)}`);
    }
  }
  if (json) terminal.out(JSON.stringify({ items }));
  if (refused > 0) throw new Exit(1);
}
