import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { relative } from 'node:path';
import type { PushOutcome } from '../agent/push.ts';
import { createAgentPart } from '../app/agent.ts';
import { type Serving, startServing } from '../app/serving.ts';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/log/logger.ts';
import { type AlertJson, alertTable } from './alerts.ts';
import { checkTable } from './check/table.ts';
import { styleOf } from './check.ts';
import { columns } from './columns.ts';
import { type CommandModule, Exit, type Terminal } from './contract.ts';
import { askHub } from './hub-client.ts';
import { pushLine } from './push/text.ts';
import { firstSignal } from './signals.ts';

const EXAMPLES = `
It is a trial of its own, also where a real agent or hub is set up: it listens on 127.0.0.1 only, keeps its store in
./.monitor unless MONITOR_STATE_DIR is in the environment, and uses no HUB_URL, DATABASE_URL, MONITOR_CLUSTER_KEY or
proxy. Stop it with Ctrl-C.

Example:
  monitor start --port 8081`;

/** `monitor start`: a hub on this machine and this machine as its agent, for a first look. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--port <number>', 'port to listen on (MONITOR_PORT)')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async (given: { port?: string; config?: string }) => {
        const stopped = firstSignal();
        const { died, stop } = await start(given, terminal);
        if ((await Promise.race([stopped, died])) instanceof Error) throw new Exit(1);
        terminal.err('Stopping …');
        await stop();
      });
  },
};

async function start(
  given: { port?: string; config?: string },
  terminal: Terminal,
): Promise<Pick<Serving, 'died' | 'stop'>> {
  const loaded = loadSettings({
    configFile: given.config,
    flags: { CLUSTER_ENABLED: '1', MONITOR_HOST: '127.0.0.1', MONITOR_PORT: given.port },
    // A first look must not need rights to the folders of the system, nor speak over the tables.
    insteadOfFile: { MONITOR_STATE_DIR: '.monitor', MONITOR_LOG_LEVEL: 'warn' },
  });
  const settings = trialOf(loaded);
  const { logLevel: level, logFormat: format, version, instanceId, stateDir } = settings;
  const logger = createLogger({ level, format, version, instanceId, colour: terminal.errColour });
  const hub = await startServing(settings, systemClock, logger);
  const url = hub.url ?? settings.url;
  terminal.out(`monitor ${version}: a hub on ${url}, its store in ${stateDir}, and ${hostname()} as its agent`);
  let isFirst = true;
  const agent = createAgentPart({ ...settings, hubUrl: url }, systemClock, logger, (outcome) => {
    if (isFirst)
      void printOutcome(outcome, { ...settings, url }, loaded.url, terminal).catch((error: Error) =>
        terminal.err(error.message),
      );
    isFirst = false;
  });
  await agent.start();
  return {
    died: hub.died,
    stop: async () => {
      await agent.stop();
      await hub.stop();
    },
  };
}

/** A first look where a real agent or hub is set up leaves that alone: its hub, its key, its database and its proxy. */
function trialOf({ hubUrl, clusterKey, hubApiKey, databaseUrl, ...settings }: Settings): Settings {
  return { ...settings, proxy: {}, cluster: { ...settings.cluster, sharedSecret: true } };
}

type NextSteps = Parameters<typeof askHub>[0] & Pick<Settings, 'instanceId' | 'pushIntervalMs'>;

async function printOutcome(
  outcome: PushOutcome,
  settings: NextSteps,
  asked: string,
  terminal: Terminal,
): Promise<void> {
  const say = (lines: readonly string[]) => {
    for (const line of lines) terminal.out(line);
  };
  say(['', 'What was checked:', '', ...checkTable(outcome.results, hostname(), await styleOf(terminal)), '']);
  if (outcome.status !== 'delivered') return;
  const { url, instanceId, pushIntervalMs } = settings;
  const page = (await askHub(settings, '/api/v1/alerts', { status: 'firing' })) as { items: AlertJson[] };
  const table = page.items.length === 0 ? ['No alert fires: all is well.'] : alertTable(page.items, systemClock.now());
  say(['What the hub made of it:', '', pushLine(outcome, { hubUrl: url, instanceId }), '', ...table, '']);
  const monitor = callOf(process.argv[1] ?? '');
  // Another terminal knows of the environment and the file, but not of --port.
  const asking = url === asked && url === 'http://127.0.0.1:8080' ? monitor : `MONITOR_URL=${url} ${monitor}`;
  const commands = columns(
    ['Try next, in another terminal:', ''],
    [
      [`  ${asking} alerts`, 'what the hub holds'],
      [`  ${asking} incidents`, 'what needs attention'],
      [`  ${monitor} check --list`, 'what can be checked, and how'],
    ],
  );
  say([...commands, '', `It checks again every ${Math.round(pushIntervalMs / 1000)} s. Ctrl-C stops it.`]);
}

/** How this program was called, so that the commands it names can be copied. */
function callOf(script: string): string {
  const path = relative('.', script);
  return path.startsWith('..') || !existsSync(path) ? 'monitor' : `./${path}`;
}
