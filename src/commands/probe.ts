import type { CommandModule } from './contract.ts';
import { serveUntilStopped } from './serve/until-stopped.ts';

interface Flags {
  readonly peerUrl?: string;
  readonly nodeId?: string;
  readonly nodeRegion?: string;
  readonly probePort?: string;
  readonly host?: string;
  readonly config?: string;
}

const EXAMPLES = `
It keeps nothing on this machine: what to look at comes from the hub, and results wait in memory while no hub takes them.
The token is that of \`probes\` in the configuration of the hub. SIGHUP has its file read again, SIGTERM sends what is there.

Examples:
  MONITOR_PROBE_TOKEN_FILE=/etc/monitor/probe-token monitor probe --peer-url https://hub.example.com --node-id p1
  UPTOP_PEER_URL=https://hub.example.com UPTOP_NODE_ID=p1 UPTOP_CLUSTER_SECRET=... monitor probe
  MONITOR_MODE=probe monitor serve               the same, in a container with the settings in its environment`;

/** `monitor probe`: looks at endpoints for a hub, until it is stopped. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--peer-url <urls>', 'hubs that share a store, separated by commas (MONITOR_PEER_URL)')
      .option('--node-id <id>', 'id of this probe at its hub (MONITOR_NODE_ID)')
      .option('--node-region <region>', 'region that its list shows (MONITOR_NODE_REGION)')
      .option('--probe-port <number>', 'answer /healthz and /readyz on this port (MONITOR_PROBE_PORT)')
      .option('--host <address>', 'address of that port (MONITOR_HOST)')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(({ peerUrl, nodeId, nodeRegion, probePort, host, config }: Flags) => {
        const flags = {
          ...{ MONITOR_MODE: 'probe', MONITOR_PEER_URL: peerUrl, MONITOR_NODE_ID: nodeId },
          ...{ MONITOR_NODE_REGION: nodeRegion, MONITOR_PROBE_PORT: probePort, MONITOR_HOST: host },
        };
        return serveUntilStopped({ configFile: config, flags }, terminal);
      });
  },
};
