import type { CommandModule } from './contract.ts';
import { serveUntilStopped } from './serve/until-stopped.ts';

const EXAMPLES = `
What it is follows from the environment:
  HUB_URL unset  CLUSTER_ENABLED unset   standalone: checks this machine and keeps its alerts
  HUB_URL set    CLUSTER_ENABLED unset   agent: checks this machine and pushes to the hub
  HUB_URL unset  CLUSTER_ENABLED=1       hub: takes pushes of agents
  HUB_URL set    CLUSTER_ENABLED=1       hub and agent, independently
  MONITOR_MODE=probe                     probe: looks at endpoints for its hub, as monitor probe does

SIGHUP has a running hub read again whom it tells (notify in monitor.yaml). Other settings count from the next start.

Example:
  CLUSTER_ENABLED=1 WEBHOOK_SECRET_CLUSTER_FILE=/etc/monitor/secret monitor serve --host 0.0.0.0`;

/** `monitor serve`: runs until SIGINT or SIGTERM, and then stops cleanly. SIGHUP has it read again whom it tells. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--host <address>', 'address to listen on (MONITOR_HOST)')
      .option('--port <number>', 'port to listen on; 0 picks a free one and prints it (MONITOR_PORT)')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action((given: { host?: string; port?: string; config?: string }) => {
        const flags = { MONITOR_HOST: given.host, MONITOR_PORT: given.port };
        return serveUntilStopped({ configFile: given.config, flags }, terminal);
      });
  },
};
