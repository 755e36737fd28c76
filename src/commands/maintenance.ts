import { loadSettings } from '../config/load.ts';
import { type CommandModule, subcommands } from './contract.ts';
import { defineRun } from './maintenance/run.ts';
import { type AddFlags, addFlags, addSilence } from './silences/add.ts';
import { readMatchers } from './silences/matchers.ts';
import { defineSilenceReading } from './silences/reading.ts';

const EXAMPLES = `
A window holds back notices of an instance, by default this one, or of the alerts that match.

Examples:
  monitor maintenance add --instance web-server-03 --for 30m --comment 'new kernel'
  monitor maintenance add 'rack=7' --for 2h --comment 'patching'
  monitor maintenance run --for 1h -- apt-get -y upgrade
  monitor maintenance list
  monitor maintenance end 019c0b7e-4a3f`;

/** `monitor maintenance`: windows in which work on machines tells nobody. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    addFlags(add('add [matcher...]', 'open a window; prints its id'))
      .option('--instance <id>', 'of this instance (default, without matchers: INSTANCE_ID)')
      .action(async (given: readonly string[], { instance, ...flags }: AddFlags & { instance?: string }) => {
        const isOwn = given.length === 0 && instance === undefined;
        const id = isOwn ? loadSettings({ configFile: flags.config }).instanceId : instance;
        const own = id === undefined ? [] : [{ name: 'instance_id', value: id, isRegex: false, isEqual: true }];
        await addSilence('maintenance', [...own, ...readMatchers(given)], flags, terminal);
      });
    const none = 'No maintenance window is open.';
    defineSilenceReading(add, { noun: 'maintenance', many: 'maintenance windows', none, ending: 'end' }, terminal);
    defineRun(program, terminal, EXAMPLES);
  },
};
