import { hostname } from 'node:os';
import { join } from 'node:path';
import { readState } from '../agent/preview.ts';
import { CHECKERS, selectChecks } from '../checkers/registry.ts';
import { availability, runChecks } from '../checkers/run.ts';
import { loadYaml } from '../config/file.ts';
import { loadSettings } from '../config/load.ts';
import { type CheckStatus, pluginExitCode, worst } from '../core/check.ts';
import { systemClock } from '../lib/clock.ts';
import { createExec } from '../lib/exec.ts';
import { AGENT_STATE, heldBack } from './check/held-back.ts';
import { listEntry, listText } from './check/list.ts';
import { type CheckFlags, namesOf, withFlags } from './check/options.ts';
import { onlyNamed } from './check/single.ts';
import { checkDocument, checkTable, type TableStyle } from './check/table.ts';
import { type CommandModule, Exit, type Terminal, UsageError } from './contract.ts';
import { append } from './pairs.ts';
import { untilSignal } from './signals.ts';

interface Flags extends CheckFlags {
  readonly json?: boolean;
  readonly list?: boolean;
  readonly config?: string;
  readonly perfdata?: boolean;
}

/** Where a machine that keeps its own alerts keeps what it saw. */
const LOCAL = 'local.json';

const EXAMPLES = `
Examples:
  monitor check                                  everything that fits this machine
  monitor check cpu --warning 60 --critical 80   one checker, with thresholds of its own
  monitor check disk:/var network:eth0           single things of a check
  monitor check disk --set 'disk.mounts=[/, /var]'
  monitor check --list network                   what can be set

Exit codes, as of monitoring plugins: 0 ok, 1 warning, 2 critical, 3 unknown and wrong usage.`;

/** `monitor check`: runs checks once and tells what they found. Of what an agent remembers it only shows what is held back. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .argument('[names...]', 'checkers, single checks such as plugin:raid, or single things such as disk:/var')
      .option('--checkers <names>', 'the same as names, separated by commas')
      .option('--json', 'print one JSON document')
      .option('--list', 'list the checkers; with names, also their options')
      .option('--warning <number>', 'warning threshold of the named checkers')
      .option('--critical <number>', 'critical threshold of the named checkers')
      .option('--set <checker.option=value>', 'set one option, the value as YAML or JSON; may be repeated', append)
      .option('--perfdata', 'end the first line with performance data, as when stdout is no terminal')
      .option('--no-perfdata', 'never do')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action((args: string[], flags: Flags) =>
        flags.list ? list(args, flags, terminal) : check(args, flags, terminal),
      );
  },
};

async function check(args: readonly string[], flags: Flags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: flags.config });
  const given = namesOf(args, flags.checkers);
  const names = given.length > 0 ? given : settings.checkersEnabled;
  const parse = flags.set === undefined ? JSON.parse : loadYaml().parse;
  const options = withFlags(settings.checkers, given, flags, CHECKERS, parse);
  const checks = selectChecks({ names, options, withItems: true });
  const run = { checks, clock: systemClock, exec: createExec(), remembered: {} };
  const { states } = await readState(join(settings.stateDir, settings.hubUrl === undefined ? LOCAL : AGENT_STATE));
  const { results: all } = await untilSignal((signal) => runChecks({ ...run, signal }));
  const results = onlyNamed(all, names ?? [], CHECKERS);
  if (results.length === 0)
    throw new UsageError('no checker is enabled: name one, or remove a "false" from checkers in monitor.yaml');
  const held = heldBack(all, checks, states);
  if (flags.json) terminal.out(JSON.stringify(checkDocument(results, settings.instanceId, hostname(), held)));
  else
    for (const line of checkTable(results, hostname(), await styleOf(terminal, flags.perfdata), held))
      terminal.out(line);
  const code = pluginExitCode(worst(results.map((result) => result.status)));
  if (code !== 0) throw new Exit(code);
}

/** How a table is set on this terminal. */
export async function styleOf(terminal: Terminal, perfdata = terminal.isTerminal !== true): Promise<TableStyle> {
  // What another program reads stays one line a check.
  const columns = terminal.width ?? Number.POSITIVE_INFINITY;
  if (!terminal.colour) return { columns, perfdata, paint: (_, text) => text };
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const colours: Record<CheckStatus, (text: string) => string> = {
    critical: chalk.red.bold,
    warning: chalk.yellow,
    unknown: chalk.magenta,
    ok: chalk.green,
  };
  return { columns, perfdata, paint: (status, text) => colours[status](text) };
}

async function list(args: readonly string[], flags: Flags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: flags.config });
  const names = namesOf(args, flags.checkers);
  selectChecks({ names, options: settings.checkers });
  const chosen = CHECKERS.filter((one) => names.length === 0 || names.some((name) => name.split(':')[0] === one.name));
  const checks = selectChecks({ names: chosen.map((one) => one.name), options: settings.checkers });
  const lacking = await availability({ checks, clock: systemClock, exec: createExec(), remembered: {} });
  const entries = chosen.map((checker) => {
    const own = [...lacking].filter(([name]) => name.split(':')[0] === checker.name).map(([, reason]) => reason);
    return listEntry(checker, own.includes(null) ? null : (own[0] ?? null));
  });
  if (flags.json) terminal.out(JSON.stringify({ checkers: entries }));
  else for (const line of listText(entries, names.length > 0)) terminal.out(line);
}
