import type { Command } from 'commander';
import { loadSettings } from '../../config/load.ts';
import { systemClock } from '../../lib/clock.ts';
import { type Terminal, UsageError } from '../contract.ts';
import { allOf, counted, isConfirmed, removeAll, spanOf } from '../removal.ts';
import { screenOf } from '../screen/screen.ts';
import { table } from '../screen/table.ts';
import { COLUMNS, type InstanceJson } from './page.ts';

interface ForgetFlags {
  readonly silentFor?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly config?: string;
}

/** `monitor instances forget`: removes instances that will not be heard again. */
export function defineForget(program: Command, terminal: Terminal, examples: string): void {
  program
    .command('forget')
    .description('remove instances that will not be heard again; what fires of them ends')
    .argument('[name...]', 'their names')
    .option('--silent-for <time>', 'all that have been silent for so long, such as 30d')
    .option('--yes', 'remove them; without it, the command shows which these are')
    .option('--json', 'print one JSON document')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', examples)
    .action(async (names: readonly string[], flags: ForgetFlags) => {
      if (names.length === 0 && flags.silentFor === undefined)
        throw new UsageError('name the instances to forget, or give --silent-for TIME');
      const settings = loadSettings({ configFile: flags.config });
      const before = flags.silentFor === undefined ? 0 : systemClock.now() - spanOf('--silent-for', flags.silentFor);
      const all = await allOf<InstanceJson>(settings, '/api/v1/instances', {});
      const strangers = names.filter((name) => !all.some(({ instance_id }) => instance_id === name));
      if (strangers.length > 0) throw new UsageError(`there is no instance ${strangers.join(', ')}`);
      const isOld = (one: InstanceJson) => one.status === 'silent' && Date.parse(one.last_seen_at ?? '') < before;
      const found = all.filter(
        (one) => names.includes(one.instance_id) || (flags.silentFor !== undefined && isOld(one)),
      );
      const preview = table(COLUMNS, found, screenOf(terminal));
      // Names were given one by one: they say what is meant.
      const given = flags.silentFor === undefined ? { ...flags, yes: true } : flags;
      if (!isConfirmed(given, `${counted(found.length, 'instance')} would be forgotten`, preview, terminal)) {
        if (flags.json) terminal.out(JSON.stringify({ removed: 0, ended: 0, items: found }));
        return;
      }
      const ids = found.map(({ instance_id }) => instance_id);
      const done = await removeAll(settings, { path: '/api/v1/instances/forget', field: 'instance_ids', ids });
      if (flags.json) terminal.out(JSON.stringify(done));
      else terminal.out(`Forgotten: ${counted(done.removed, 'instance')}; ended: ${counted(done.ended, 'alert')}.`);
    });
}
