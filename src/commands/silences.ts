import { type CommandModule, subcommands, UsageError } from './contract.ts';
import { type AddFlags, addFlags, addSilence } from './silences/add.ts';
import { readMatchers } from './silences/matchers.ts';
import { defineSilenceReading } from './silences/reading.ts';

const EXAMPLES = `
Matchers are those of Alertmanager: name=value, name!=value, name=~regex, name!~regex; all must hold. A bare word is the
name of alerts.

Examples:
  monitor silences add service=checkout 'severity!=critical' --for 2h --comment 'load test'
  monitor silences add 'host=~"db-.*"' --until 2026-11-28T18:00:00Z --dry-run
  monitor silences list
  monitor silences expire 019c0b7e-4a3f`;

/** `monitor silences`: hold back notices of what is known. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    addFlags(add('add <matcher...>', 'hold back notices of the alerts that match, for a time; prints its id')).action(
      async (given: readonly string[], flags: AddFlags) => {
        const matchers = readMatchers(given);
        if (matchers.length === 0) throw new UsageError('name at least one matcher, such as severity=warning');
        await addSilence('silences', matchers, flags, terminal);
      },
    );
    const noun = { noun: 'silences', many: 'silences', none: 'Nothing is silenced.', ending: 'expire' } as const;
    defineSilenceReading(add, noun, terminal);
  },
};
