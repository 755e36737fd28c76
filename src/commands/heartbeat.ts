import type { CommandModule } from './contract.ts';
import { defineHeartbeatRun } from './heartbeat/run.ts';

const EXAMPLES = `
The key is the token of a push endpoint of the hub, better in MONITOR_HEARTBEAT_KEY or in a file than on the command line,
where other users of the machine see it. A hub that is away neither fails nor delays the command.

Examples:
  0 3 * * * MONITOR_HEARTBEAT_KEY_FILE=/etc/monitor/backup.key monitor heartbeat run -- /usr/local/bin/backup --all
  monitor heartbeat run --key 5f0c2a7e-9f3d-4a55-8d8e-2f6f0c1b7a10 --hub https://a.example.com,https://b.example.com -- make
  monitor heartbeat run --name nightly-import --no-output -- ./import.sh     several endpoints have that key`;

/** `monitor heartbeat`: what runs says that it does. */
export const command: CommandModule = {
  define(program, terminal) {
    program.addHelpText('after', EXAMPLES);
    defineHeartbeatRun(program, terminal, EXAMPLES);
  },
};
