import { runPass } from '../app/pass.ts';
import { duration } from '../config/kinds.ts';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { pluginExitCode, worst } from '../core/check.ts';
import { roleOf } from '../core/role.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/log/logger.ts';
import { type CommandModule, Exit, type Terminal, UsageError } from './contract.ts';
import { passDocument, passLines } from './run/text.ts';
import { untilSignal } from './signals.ts';

interface Flags {
  readonly json?: boolean;
  readonly timeout: string;
  readonly config?: string;
}

const EXAMPLES = `
For a machine without a hub and without a process that runs on: checks it, keeps its alerts, tells people by
MONITOR_NOTIFY_URL or notify in monitor.yaml what is due, tries again what failed before, and ends.

Examples:
  monitor run
  * * * * *  monitor run >/dev/null    a line of cron: only what goes wrong is mailed

Exit codes, as of monitor check: 0 ok, 1 warning, 2 critical, 3 unknown, wrong usage, or another run is at work.`;

const HOUR_S = 3600;

/** `monitor run`: one whole pass of a standalone machine, for cron. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--timeout <time>', 'the pass ends after this time, whatever is still to do', '30s')
      .option('--json', 'print one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action((flags: Flags) => pass(flags, terminal));
  },
};

async function pass(flags: Flags, terminal: Terminal): Promise<void> {
  const timeoutMs = timeOf(flags.timeout);
  const settings = loadSettings({ configFile: flags.config, insteadOfFile: { MONITOR_LOG_LEVEL: 'warn' } });
  refuseOthers(settings);
  const { logLevel: level, logFormat: format, version, instanceId } = settings;
  const logger = createLogger({ level, format, version, instanceId, colour: terminal.errColour });
  const outcome = await untilSignal((signal) => runPass(settings, systemClock, logger, { signal, timeoutMs }));
  if (outcome.status === 'locked') {
    throw new Exit(3, `another monitor run is at work (${outcome.reason}); this one has done nothing`);
  }
  if (outcome.telling === 'nobody')
    logger.warn({}, 'nobody is told: set MONITOR_NOTIFY_URL, or notify in monitor.yaml');
  if (outcome.telling === 'elsewhere') logger.info({}, 'another process on the same store tells people');
  for (const failure of outcome.failures) logger.error(failure, 'a message could not be delivered');
  if (flags.json) terminal.out(JSON.stringify(passDocument(outcome, instanceId)));
  else for (const line of passLines(outcome)) terminal.out(line);
  const { results, status } = outcome.push;
  const isKept = status === 'delivered' || status === 'refused';
  const code = isKept ? pluginExitCode(worst(results.map((result) => result.status))) : 3;
  if (code !== 0) throw new Exit(code);
}

/** A machine that is something else has its own way to tell people. */
function refuseOthers({ hubUrl, clusterEnabled }: Settings): void {
  const { role } = roleOf(hubUrl, clusterEnabled);
  if (role === 'standalone') return;
  const fix =
    role === 'agent'
      ? 'HUB_URL: is set, so the hub tells people: use monitor push-to-hub, or unset it'
      : 'CLUSTER_ENABLED: is 1, so this machine is a hub: use monitor serve, or unset it';
  throw new UsageError('monitor run is for a machine that stands alone', [fix]);
}

function timeOf(text: string): number {
  const kind = duration(1, HOUR_S);
  const read = kind.schema.safeParse(kind.fromText(text));
  if (read.success) return read.data;
  throw new UsageError(`--timeout ${read.error.issues[0]?.message}`);
}
