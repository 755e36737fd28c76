import { notToldToday } from '../agent/told-once.ts';
import { createAgent, logOutcome } from '../app/agent.ts';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { systemClock } from '../lib/clock.ts';
import { createLateLog, type LateLog } from '../lib/log/late-log.ts';
import { namesOf } from './check/options.ts';
import { type CommandModule, Exit, type Terminal, UsageError } from './contract.ts';
import { pushDocument, pushLine } from './push/text.ts';
import { untilSignal } from './signals.ts';

interface Flags {
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly json?: boolean;
  readonly checkers?: string;
  readonly config?: string;
}

const EXAMPLES = `
Examples:
  monitor push-to-hub --dry-run                what would be sent to the hub?
  monitor push-to-hub --verify                 are address, key and clock right?
  HUB_URL=https://hub.example.com monitor push-to-hub --checkers cpu,memory
  * * * * *  monitor push-to-hub >/dev/null    a line of cron: only what goes wrong is mailed

Exit codes: 0 the hub has committed everything; 1 it has not, and the log says what waits for the next run, what the hub
rejected, and what is lost; 2 wrong usage. With --verify: 0 the hub would accept a push; 1 it would not, or no hub answers.`;

/** `monitor push-to-hub`: one run of the agent. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--dry-run', 'print the payload; send nothing and change nothing')
      .option('--verify', 'ask the hub whether it would accept a push; check and send nothing')
      .option('--json', 'print one JSON document on one line')
      .option('--checkers <names>', 'checkers to run, separated by commas')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async (flags: Flags) => {
        const settings = loadSettings({ configFile: flags.config });
        const given = namesOf([], flags.checkers);
        const names = given.length > 0 ? given : settings.checkersEnabled;
        const late = createLateLog(() => openLog(settings, terminal));
        try {
          await runOf(flags)(settings, names, flags, terminal, late);
        } finally {
          await late.flush();
        }
      });
  },
};

type Run = (
  settings: Settings,
  names: readonly string[] | undefined,
  flags: Flags,
  terminal: Terminal,
  late: LateLog,
) => Promise<void>;

function runOf({ dryRun: isDry, verify: asks }: Flags): Run {
  if (isDry && asks) throw new UsageError('--dry-run and --verify are two questions: ask one at a time');
  if (asks) return ask;
  return isDry ? dryRun : push;
}

const ask: Run = async (settings, _names, flags, terminal, { log }) => {
  const { verify } = await import('./push/verify.ts');
  await verify({ ...settings, hubUrl: hubOf(settings) }, flags.json === true, terminal, log);
};

const push: Run = async (settings, names, flags, terminal, { log }) => {
  hubOf(settings);
  const agent = createAgent(settings, systemClock, log, names);
  // By cron it would be mailed every minute.
  if (terminal.interactive) {
    for (const warning of settings.warnings)
      log.warn({ warning }, 'a secret is not safe from other users of this machine');
  }
  const warnings = terminal.interactive
    ? agent.warnings
    : await notToldToday(settings.stateDir, agent.warnings, systemClock.now());
  for (const warning of warnings) log.warn({ warning }, 'the connection to the hub is not secure');
  const stopSpinner = await spin(`checking and pushing to ${agent.hubUrl}`, flags, terminal);
  const outcome = await untilSignal((signal) => agent.push(signal)).finally(stopSpinner);
  if (flags.json) terminal.out(JSON.stringify(pushDocument(outcome, { ...agent, instanceId: settings.instanceId })));
  else if (outcome.status === 'delivered')
    terminal.out(pushLine(outcome, { ...agent, instanceId: settings.instanceId }));
  if (outcome.status === 'delivered') return;
  logOutcome(outcome, log);
  throw new Exit(1);
};

function hubOf({ hubUrl }: Settings): string {
  if (hubUrl !== undefined) return hubUrl;
  throw new UsageError('there is no hub to push to', [
    'HUB_URL: set it to the base address of the hub, such as https://hub.example.com; --dry-run works without it',
  ]);
}

const dryRun: Run = async (settings, names, flags, terminal, { log }) => {
  const { dryRun: show } = await import('./push/dry-run.ts');
  await show(settings, names, flags.json === true, terminal, log);
};

async function openLog(settings: Settings, terminal: Terminal) {
  const { createLogger } = await import('../lib/log/logger.ts');
  const { logLevel: level, logFormat: format, version, instanceId } = settings;
  return createLogger({ level, format, version, instanceId, colour: terminal.errColour });
}

async function spin(text: string, flags: Flags, terminal: Terminal): Promise<() => void> {
  if (flags.json || !terminal.interactive) return () => {};
  const { default: ora } = await import('ora');
  const spinner = ora(text).start();
  return () => spinner.stop();
}
