import { loadSettings } from '../config/load.ts';
import { printable } from './columns.ts';
import { type CommandModule, Exit, UsageError } from './contract.ts';
import { tellHub } from './hub-client.ts';
import { append, pairsOf } from './pairs.ts';

interface Flags {
  readonly tag?: readonly string[];
  readonly source?: string;
  readonly environment?: string;
  readonly id?: string;
  readonly time?: string;
  readonly json?: boolean;
  readonly config?: string;
}

const EXAMPLES = `
The hub keeps it as a figure of the source, for charts and rules. It is on disk when the command ends with 0; with 1 the
hub could not be reached, or would not keep it.

Examples:
  monitor emit backup.seconds 312
  monitor emit queue.length "$(mailq | grep -c '^[A-F0-9]')" --tag queue=mail --source web1
  monitor emit orders.open 17 --id "orders-$(date +%s)"     counts once, however often it is sent
  monitor emit water.degrees -- -4.5                          a figure below 0 stands behind --`;

/** `monitor emit`: a figure of a script, as an event. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .argument('<metric>', 'what was measured, such as queue.length')
      .argument('<value>', 'how much it was')
      .option('--tag <name=value>', 'label of the figure; may be repeated', append)
      .option('--source <name>', 'who tells it; INSTANCE_ID unless told')
      .option('--environment <name>', 'label environment')
      .option('--id <name>', 'name of the event: a second one of the source with the same id changes nothing')
      .option('--time <time>', 'when it was so, such as 2026-03-29T14:00:00Z; now unless told')
      .option('--json', 'print the answer of the hub, one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async (metric: string, given: string, flags: Flags) => {
        const { tag = [], environment, id, time, json, config } = flags;
        const value = Number(given);
        if (given.trim() === '' || !Number.isFinite(value))
          throw new UsageError(`the value must be a number, not "${given}"`);
        const tags = pairsOf('--tag', tag);
        const settings = loadSettings({ configFile: config });
        const source = flags.source ?? settings.instanceId;
        const event = { source, metric, value, tags, environment, id, timestamp: time };
        const told = await tellHub(settings, '/api/v1/events', event);
        if (!told.ok) throw new Exit(1, told.reason);
        const { rejected } = told.value as { readonly rejected: readonly { readonly message: string }[] };
        if (json) terminal.out(JSON.stringify(told.value));
        const [wrong] = rejected;
        if (wrong !== undefined) throw new Exit(1, printable(`the hub does not keep it: ${wrong.message}`));
        if (!json) terminal.out(printable(`The hub keeps ${metric} of ${source}: ${value}.`));
      });
  },
};
