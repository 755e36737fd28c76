import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelAlert } from './model.ts';
import { type Extras, type KillAt, SECRET, startMonitor } from './process.ts';

/** How one run of `monitor push-to-hub` ended. */
export interface AgentRun {
  readonly code: number | null;
  readonly killed: boolean;
  /** Entries in its spool afterwards. */
  readonly spooled: number;
}

/** A machine whose checks are plugins that answer as they are told, and what its agent has promised. */
export interface TorturedAgent {
  /** One a check: every result that was on the agent's disk, or that a run to its end told. */
  readonly alerts: readonly ModelAlert[];
  /** Sets what the checks will say: 0 ok, 1 warning, 2 critical, 3 unknown. */
  set(states: readonly number[]): void;
  /** Runs `monitor push-to-hub`; `killAfterMs` is SIGKILL from outside. Throws when a result is not where it must be. */
  run(how: { readonly hubPort: number; readonly killAt?: KillAt; readonly killAfterMs?: number }): Promise<AgentRun>;
}

const STATES = [
  { status: 'resolved', severity: 'info' },
  { status: 'firing', severity: 'warning' },
  { status: 'firing', severity: 'critical' },
  { status: 'firing', severity: 'warning' },
] as const;
const WORDS = ['ok', 'warning', 'critical', 'unknown'];

/** Makes one in a folder, pushing as `instance`. `extras` are what its process is started with. */
export function createAgent(folder: string, instance: string, checks: number, extras: Extras = {}): TorturedAgent {
  mkdirSync(folder, { recursive: true });
  const names = Array.from({ length: checks }, (_, index) => `p${index}`);
  const script = join(folder, 'probe.sh');
  writeFileSync(script, '#!/bin/sh\nread code < "$1"\necho "says $code"\nexit "$code"\n');
  chmodSync(script, 0o755);
  const plugins = Object.fromEntries(names.map((name) => [name, { command: [script, join(folder, name)] }]));
  writeFileSync(join(folder, 'monitor.yaml'), `checkers: ${JSON.stringify({ plugin: { plugins } })}\n`);
  const alerts = names.map((name): ModelAlert => {
    const fingerprint = `plugin:${name}-check-${instance}`;
    return { source: 'cluster', origin: instance, fingerprint, timed: true, folds: true, observations: [] };
  });
  const set = (states: readonly number[]) => {
    for (const [index, name] of names.entries()) writeFileSync(join(folder, name), `${states[index] ?? 0}\n`);
  };
  set([]);
  return {
    alerts,
    set,
    async run({ hubPort, killAt, killAfterMs }) {
      const monitor = startMonitor(
        ['push-to-hub', '--json', '--checkers', 'plugin'],
        folder,
        {
          HUB_URL: `http://127.0.0.1:${hubPort}`,
          INSTANCE_ID: instance,
          MONITOR_STATE_DIR: join(folder, 'state'),
          WEBHOOK_SECRET_CLUSTER: SECRET,
          MONITOR_PUSH_TIMEOUT: '10s',
        },
        { ...extras, ...(killAt === undefined ? {} : { killAt }) },
      );
      const timer = killAfterMs === undefined ? null : setTimeout(() => monitor.child.kill('SIGKILL'), killAfterMs);
      const { code, killed } = await monitor.ended;
      if (timer !== null) clearTimeout(timer);
      const state = stateOf(folder);
      const told = alerts.filter((alert, index) => note(alert, state?.states[`plugin:${names[index]}`])).length;
      if (!killed && code !== 0 && code !== 1) throw new Error(`push-to-hub ended with ${code}: ${monitor.log()}`);
      if (!killed && told !== checks)
        throw new Error(`push-to-hub kept ${told} of ${checks} results: ${monitor.log()}`);
      if (told !== 0 && told !== checks) throw new Error(`agent.json holds ${told} of ${checks} results of a run`);
      return { code, killed, spooled: state?.spool.length ?? 0 };
    },
  };
}

interface SavedState {
  readonly states: Readonly<Record<string, { readonly status: string; readonly seenAt: number }>>;
  readonly spool: readonly unknown[];
}

/** The content of agent.json: whole, or not there yet. */
function stateOf(folder: string): SavedState | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'state/agent.json'), 'utf8')) as SavedState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Adds the newest result of a check to what was promised; false when it is none. */
function note(alert: ModelAlert, saved: SavedState['states'][string] | undefined): boolean {
  const last = alert.observations.at(-1);
  const known = STATES[WORDS.indexOf(saved?.status ?? '')];
  if (saved === undefined || known === undefined || saved.seenAt === last?.at) return false;
  alert.observations.push({ at: saved.seenAt, ...known, acknowledged: true });
  return true;
}
