import { ConfigError } from '../config/error.ts';
import { loadExplained } from '../config/load.ts';
import { configSchema } from '../config/reference.ts';
import { type ShownSetting, shownSettings } from '../config/shown.ts';
import { spanText } from '../core/figures.ts';
import { type ApplyFlags, apply, diff } from './config/apply.ts';
import { checkConfig } from './config/check.ts';
import { type CommandModule, Exit, subcommands, type Terminal } from './contract.ts';
import { screenOf } from './screen/screen.ts';
import { type Column, table } from './screen/table.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly all?: boolean;
  readonly secrets?: boolean;
}

const EXAMPLES = `
Examples:
  monitor config check                             every problem at once, each with its line and the fix
  monitor config check --config new/monitor.yaml   before it is put in place
  monitor config show                              what is set, and where
  monitor config diff                              what would change, and which incidents would change hands
  monitor config apply --yes                       the running hub goes by it from now on
  monitor config schema > monitor.schema.json      for editors that check while one types`;

/** `monitor config`: what the configuration says, what is wrong with it, what it would change, and applying it. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    add('check', 'read the whole configuration, and name every problem')
      .option('--no-secrets', 'on a machine that does not hold the secrets of the channels')
      .action((flags: Flags) => check(flags, terminal));
    add('show', 'print every setting that is set, and where it comes from; never a secret')
      .option('--all', 'defaults, too')
      .action((flags: Flags) => show(flags, terminal));
    add('diff', 'show what would change if the hub read its configuration now').action((flags: ApplyFlags) =>
      diff(flags, terminal),
    );
    add('apply', 'have the hub read its configuration again, without a restart')
      .option('--yes', 'apply what is shown')
      .action((flags: ApplyFlags) => apply(flags, terminal));
    program
      .command('schema')
      .description('print the JSON Schema of monitor.yaml')
      .action(async () => terminal.out(JSON.stringify(await configSchema(), null, 2)));
  },
};

async function check({ json, config, secrets }: Flags, terminal: Terminal): Promise<void> {
  const { files, notifies, problems, warnings } = await checkConfig(config, secrets !== false);
  if (json) {
    terminal.out(JSON.stringify({ ok: problems.length === 0, files, notifies, problems, warnings }));
    if (problems.length > 0) throw new Exit(2);
    return;
  }
  for (const warning of warnings) terminal.err(`warning: ${warning}`);
  if (problems.length > 0) throw new ConfigError(problems);
  terminal.out(
    `The configuration is sound: ${files.length === 0 ? 'no file, only the environment' : files.join(', ')}`,
  );
  if (notifies === false) terminal.out('Nobody is notified: add notify.channels, or set MONITOR_NOTIFY_URL.');
}

const COLUMNS: readonly Column<ShownSetting>[] = [
  { header: 'SETTING', cell: ({ name }) => name },
  { header: 'VALUE', cell: valueText, least: 20 },
  { header: 'FROM', cell: ({ from }) => from },
];

function valueText({ value, unit }: ShownSetting): string {
  if (value === null) return '-';
  if (typeof value === 'number' && unit === 'ms') return value === 0 ? 'forever' : spanText(value);
  if (typeof value === 'number' && unit === 'bytes') return `${value} bytes`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function show({ json, config, all }: Flags, terminal: Terminal): void {
  const { explained, problems } = loadExplained({ configFile: config });
  if (problems.length > 0) throw new ConfigError(problems);
  const rows = shownSettings(explained).filter(({ value, from }) => all || (value !== null && from !== 'default'));
  if (json) terminal.out(JSON.stringify({ settings: rows }));
  else if (rows.length === 0) terminal.out('Nothing is set: everything is as by default (--all shows it).');
  else for (const line of table(COLUMNS, rows, screenOf(terminal))) terminal.out(line);
}
