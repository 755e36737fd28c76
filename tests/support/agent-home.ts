import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, type Running, startMonitor } from './run-monitor.ts';

/** A machine for `push-to-hub`: a folder with one check, `plugin:probe`, whose state a test sets. */
export interface AgentHome {
  readonly folder: string;
  /** Exit code of the plugin: 0 ok, 1 warning, 2 critical, 3 unknown. */
  setProbe(code: 0 | 1 | 2 | 3): void;
  start(args: readonly string[], env?: Record<string, string>): Running;
  /** Runs `monitor push-to-hub --checkers plugin:probe` and the given arguments to its end. */
  push(args?: readonly string[], env?: Record<string, string>): Promise<Ended>;
  /** The content of agent.json. */
  state(): { readonly spool: readonly { alert: Record<string, unknown> }[]; readonly [field: string]: unknown };
  readonly statePath: string;
  remove(): void;
}

/** The secret that homes sign with unless a test gives another. */
export const SECRET = '9b1c7a52e8d04f36a7c5e2f1b0d98364';

/** Makes one; `env` is given to every process. */
export function makeAgentHome(env: Record<string, string>): AgentHome {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-agent-'));
  const probe = join(folder, 'probe.sh');
  writeFileSync(probe, `#!/bin/sh\nread code < '${join(folder, 'probe')}'\necho "probe says $code"\nexit "$code"\n`);
  chmodSync(probe, 0o755);
  const entry = { command: [probe], title: 'Probe of the test' };
  writeFileSync(
    join(folder, 'monitor.yaml'),
    `checkers: ${JSON.stringify({ plugin: { plugins: { probe: entry } } })}\n`,
  );
  const statePath = join(folder, 'state/agent.json');
  const start: AgentHome['start'] = (args, more = {}) =>
    startMonitor(args, folder, {
      INSTANCE_ID: 'web-1',
      MONITOR_STATE_DIR: join(folder, 'state'),
      WEBHOOK_SECRET_CLUSTER: SECRET,
      ...env,
      ...more,
    });
  const home: AgentHome = {
    folder,
    statePath,
    start,
    setProbe: (code) => writeFileSync(join(folder, 'probe'), `${code}\n`),
    push: (args = [], more = {}) => start(['push-to-hub', '--checkers', 'plugin:probe', ...args], more).ended,
    state: () => JSON.parse(readFileSync(statePath, 'utf8')) as ReturnType<AgentHome['state']>,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  home.setProbe(0);
  return home;
}
