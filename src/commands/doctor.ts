import { loadExplained } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { systemClock } from '../lib/clock.ts';
import { checkConfig } from './config/check.ts';
import { type CommandModule, Exit } from './contract.ts';
import { type Finding, worstOf } from './doctor/finding.ts';
import { examineProgram, examineState } from './doctor/machine.ts';
import { examineHub, examineOwnHub } from './doctor/network.ts';
import { examineProbe, isProbe } from './doctor/probe.ts';
import { examineProof } from './doctor/proof.ts';
import { examineRole, examineSecrets, isHub } from './doctor/role.ts';
import { examineSchedule } from './doctor/schedule.ts';
import { screenOf } from './screen/screen.ts';
import { type Column, table } from './screen/table.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
}

const EXAMPLES = `
Examples:
  monitor doctor
  sudo -u monitor monitor doctor --config /etc/monitor/monitor.yaml    as the user that runs it
  monitor doctor --json | jq '.findings[] | select(.status == "problem")'

Exit codes: 0 nothing is wrong; 1 something is; 2 wrong usage.`;

const COLUMNS: readonly Column<Finding>[] = [
  {
    header: 'STATUS',
    cell: ({ status }) => status,
    tone: ({ status }) => (status === 'problem' ? 'critical' : status === 'warning' ? 'warning' : null),
  },
  { header: 'PART', cell: ({ part }) => part },
  {
    header: 'FOUND',
    cell: ({ message, fix }) => (fix === undefined ? message : `${message}. Fix: ${fix}`),
    wraps: true,
    least: 20,
  },
];

/** `monitor doctor`: what is wrong with this installation, and what mends it. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--json', 'print one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async ({ json, config }: Flags) => {
        const findings = await examine(config);
        const status = worstOf(findings);
        if (json) terminal.out(JSON.stringify({ status, findings }));
        else for (const line of table(COLUMNS, findings, screenOf(terminal))) terminal.out(line);
        if (status === 'problem') throw new Exit(1);
      });
  },
};

async function examine(configFile: string | undefined): Promise<Finding[]> {
  const { settings } = loadExplained({ configFile });
  const { files, notifies, problems, warnings } = await checkConfig(configFile, true);
  const part = 'configuration';
  return [
    examineProgram(settings.version, process.version),
    ...problems.map((message): Finding => ({ part, status: 'problem', message })),
    ...warnings.map((message): Finding => ({ part, status: 'warning', message })),
    ...(problems.length > 0
      ? []
      : [{ part, status: 'ok' as const, message: files.length === 0 ? 'the environment alone' : files.join(', ') }]),
    examineRole(settings),
    // It keeps nothing, and nobody else has a part in it.
    ...(isProbe(settings) ? await examineProbe(settings, systemClock.now) : await examineOthers(settings, notifies)),
  ];
}

/** The hub that this machine pushes to, and whether it would accept a push. */
async function examineWayToHub(settings: Settings, hubUrl: string): Promise<Finding[]> {
  const found = await examineHub(settings, hubUrl, systemClock.now);
  return found.some(({ status }) => status === 'problem') ? found : [...found, await examineProof(settings)];
}

/** What holds alerts or pushes them. */
async function examineOthers(settings: Settings, notifies: boolean | null): Promise<Finding[]> {
  const { hubUrl } = settings;
  return [
    ...(settings.stateDir === '' ? [] : [examineState(settings.stateDir)]),
    ...examineSecrets(settings),
    ...(hubUrl === undefined ? [] : await examineWayToHub(settings, hubUrl)),
    ...(isHub(settings) ? [channels(notifies), ...(await examineOwnHub(settings, notifies))] : []),
    examineSchedule(settings, '/'),
  ];
}

function channels(notifies: boolean | null): Finding {
  if (notifies === null) {
    return {
      ...{ part: 'channels', status: 'warning', message: 'the configuration has problems, so nobody may be notified' },
      fix: 'solve the problems of the configuration that stand above',
    };
  }
  return notifies
    ? { part: 'channels', status: 'ok', message: 'people are notified; monitor notify test --all sends them a message' }
    : {
        ...{ part: 'channels', status: 'warning', message: 'nobody is notified' },
        fix: 'add notify.channels to monitor.yaml, or set MONITOR_NOTIFY_URL (docs/notify.md)',
      };
}
