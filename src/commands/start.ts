import { hostname } from 'node:os';
import { createAgentPart } from '../app/agent.ts';
import { type Serving, startServing } from '../app/serving.ts';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/log/logger.ts';
import { type CommandModule, Exit, type Terminal } from './contract.ts';
import { firstSignal } from './signals.ts';
import { printOutcome } from './start/first-look.ts';
import { openNoticePrinter } from './start/notices.ts';

const EXAMPLES = `
It is a trial of its own, also where a real agent or hub is set up: it listens on 127.0.0.1 only, keeps its store in
./.monitor unless MONITOR_STATE_DIR is in the environment, and uses no HUB_URL, DATABASE_URL, MONITOR_CLUSTER_KEY,
MONITOR_NOTIFY_URL, notify or proxy. It tells of incidents on this terminal. Stop it with Ctrl-C.

Examples:
  monitor start --port 8081
  monitor start --notify http://127.0.0.1:8090/    tell monitor notify receive, too`;

/** `monitor start`: a hub on this machine and this machine as its agent, for a first look. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--port <number>', 'port to listen on (MONITOR_PORT)')
      .option('--notify <addresses>', 'channels that are told of incidents, too; written as MONITOR_NOTIFY_URL')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async (given: Given) => {
        const stopped = firstSignal();
        const { died, stop } = await start(given, terminal);
        if ((await Promise.race([stopped, died])) instanceof Error) throw new Exit(1);
        terminal.err('Stopping …');
        await stop();
      });
  },
};

interface Given {
  readonly port?: string;
  readonly notify?: string;
  readonly config?: string;
}

async function start(given: Given, terminal: Terminal): Promise<Pick<Serving, 'died' | 'stop'>> {
  const loaded = loadSettings({
    configFile: given.config,
    flags: {
      CLUSTER_ENABLED: '1',
      MONITOR_HOST: '127.0.0.1',
      MONITOR_PORT: given.port,
      MONITOR_NOTIFY_URL: given.notify,
    },
    // A first look must not need rights to the folders of the system, nor speak over the tables.
    insteadOfFile: { MONITOR_STATE_DIR: '.monitor', MONITOR_LOG_LEVEL: 'warn' },
  });
  const printer = await openNoticePrinter(loaded.notify, given.notify, systemClock, terminal);
  const settings = { ...trialOf(loaded), notify: printer.notify, addresses: printer.addresses };
  const { logLevel: level, logFormat: format, version, instanceId, stateDir } = settings;
  const logger = createLogger({ level, format, version, instanceId, colour: terminal.errColour });
  const hub = await startServing(settings, systemClock, logger).catch(async (error: unknown) => {
    // A port that is listened on would keep the process running.
    await printer.stop();
    throw error;
  });
  const url = hub.url ?? settings.url;
  terminal.out(`monitor ${version}: a hub on ${url}, its store in ${stateDir}, and ${hostname()} as its agent`);
  let isFirst = true;
  const agent = createAgentPart({ ...settings, hubUrl: url }, systemClock, logger, (outcome) => {
    if (isFirst)
      void printOutcome(outcome, { ...settings, url }, loaded.url, terminal)
        .catch((error: Error) => terminal.err(error.message))
        .finally(printer.show);
    isFirst = false;
  });
  await agent.start();
  return {
    died: hub.died,
    stop: async () => {
      await agent.stop();
      await hub.stop();
      await printer.stop();
    },
  };
}

/** A first look where a real agent or hub is set up leaves that alone: its hub, its key, its database and its proxy. */
function trialOf({ hubUrl, clusterKey, hubApiKey, databaseUrl, policyFile, ...settings }: Settings): Settings {
  const { publicUrl: _, ...links } = settings.links;
  // Links in messages lead here; which port a free one is shows only later.
  const own = settings.port === 0 ? {} : { publicUrl: `http://127.0.0.1:${settings.port}` };
  return { ...settings, proxy: {}, links: { ...links, ...own }, cluster: { ...settings.cluster, sharedSecret: true } };
}
