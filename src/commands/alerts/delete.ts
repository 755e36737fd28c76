import type { Command } from 'commander';
import { loadSettings } from '../../config/load.ts';
import { type Terminal, UsageError } from '../contract.ts';
import { type Filters, several } from '../reading/flags.ts';
import { allOf, counted, isConfirmed, removeAll } from '../removal.ts';
import { screenOf } from '../screen/screen.ts';
import { type AlertJson, alertTable } from './page.ts';

interface Flags extends Omit<Filters, 'search'> {
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly config?: string;
}

/** `monitor alerts delete`: removes what a list with the same filters shows. */
export function defineDelete(program: Command, terminal: Terminal, examples: string): void {
  program
    .command('delete')
    .description('remove alerts by the filters of the list; what fires of them is ended first')
    .option('--status <status>', 'firing, resolved, unknown', several)
    .option('--severity <severity>', 'critical, warning, info', several)
    .option('--instance <id>', 'of one instance or host', several)
    .option('--source <name>', 'of one source', several)
    .option('--name <name>', 'of this name; * stands for any characters', several)
    .option('--label <name=value>', 'with this label; name!=value: without it', several)
    .option('--since <time>', 'opened or changed since: 30m, 2h, 7d or 2026-03-29T14:00:00Z')
    .option('--yes', 'remove them; without it, the command shows which these are')
    .option('--json', 'print one JSON document')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', examples)
    .action(async ({ yes, json, config, instance, ...query }: Flags) => {
      if (instance === undefined && Object.keys(query).length === 0)
        throw new UsageError('give at least one filter, such as --source NAME: all alerts would be removed');
      const settings = loadSettings({ configFile: config });
      const found = await allOf<AlertJson>(settings, '/api/v1/alerts', { ...query, instance_id: instance });
      const preview = alertTable(found, screenOf(terminal));
      if (!isConfirmed({ yes, json }, `${counted(found.length, 'alert')} would be removed`, preview, terminal)) {
        if (json) terminal.out(JSON.stringify({ removed: 0, ended: 0, items: found }));
        return;
      }
      const ids = found.map(({ id }) => id);
      const done = await removeAll(settings, { path: '/api/v1/alerts/delete', field: 'ids', ids });
      if (json) terminal.out(JSON.stringify(done));
      else
        terminal.out(`Removed: ${counted(done.removed, 'alert')}, of which ${done.ended} fired and were ended first.`);
    });
}
