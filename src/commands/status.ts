import { loadSettings } from '../config/load.ts';
import { type CommandModule, Exit } from './contract.ts';
import { askHub } from './hub-client.ts';
import { screenOf } from './screen/screen.ts';
import { watch } from './screen/watch.ts';
import { type StatusJson, statusLines } from './status/text.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly watch?: boolean;
  readonly exitCode?: boolean;
}

const EXAMPLES = `
Examples:
  monitor status
  monitor status --watch
  monitor status --json | jq .stuck
  monitor status --exit-code >/dev/null || echo "something is wrong"`;

/** `monitor status`: what is wrong, what is silent and what is stuck, on one screen. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--watch', 'draw it again and again, until q')
      .option('--exit-code', 'exit with 1 when anything is wrong, silent or stuck')
      .option('--json', 'print the answer of the hub, one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async ({ json, config, watch: isWatched, exitCode }: Flags) => {
        const settings = loadSettings({ configFile: config });
        const ask = async () => (await askHub(settings, '/api/v1/status')) as StatusJson;
        if (isWatched) return watch(terminal, async () => statusLines(await ask(), screenOf(terminal)));
        const status = await ask();
        if (json) terminal.out(JSON.stringify(status));
        else for (const line of statusLines(status, screenOf(terminal))) terminal.out(line);
        const { open, fleet, stuck, hub } = status;
        if (exitCode && (open > 0 || fleet.silent > 0 || stuck.length > 0 || !hub.ready)) throw new Exit(1);
      });
  },
};
