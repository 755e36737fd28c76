import { loadSettings } from '../config/load.ts';
import { type CommandModule, Exit, type Terminal } from './contract.ts';
import { eventLine, followEvents } from './events/follow.ts';
import { untilSignal } from './signals.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly kind?: readonly string[];
  readonly subject?: readonly string[];
  readonly matcher?: readonly string[];
  readonly after?: string;
}

const EXAMPLES = `
Examples:
  monitor events --follow
  monitor events --follow --subject incident --matcher team=db
  monitor events --follow --json | jq 'select(.kind == "opened")'
  monitor events --follow --after 48213            what came behind that event, and then on`;

/** `monitor events --follow`: the history as it is written. */
export const command: CommandModule = {
  define(program, terminal) {
    const several = (value: string, before: readonly string[] = []) => [...before, value];
    program
      .requiredOption('--follow', 'go on until it is stopped; a connection that was lost is taken up where it ended')
      .option('--subject <subject>', 'alert, incident, silence, instance', several)
      .option('--kind <kind>', 'of this kind, such as opened or resolved', several)
      .option('--matcher <matcher>', 'about what has such labels, as team=db or name=~"Disk.*"', several)
      .option('--after <id>', 'begin behind this event; else with the next one')
      .option('--json', 'print one JSON document a line')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action((flags: Flags) => follow(flags, terminal));
  },
};

async function follow({ json, config, kind, subject, matcher, after }: Flags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: config });
  const query = { kind, subject, matcher };
  await untilSignal((signal) =>
    followEvents(settings, query, after, signal, {
      event: (text) => terminal.out(json ? text : eventLine(text)),
      gap: () => {
        // Whoever keeps what he reads must know that something is missing.
        terminal.err('monitor: what came meanwhile is not kept any more; from now on it is whole again');
      },
      lost: (reason) => terminal.err(`monitor: ${reason}; trying again`),
    }),
  ).catch((error: unknown) => {
    throw new Exit(1, (error as Error).message);
  });
}
