import { ConfigError } from '../../config/error.ts';
import { loadSettings } from '../../config/load.ts';
import { systemClock } from '../../lib/clock.ts';
import type { AlertJson } from '../alerts/page.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { askHub, type ClientSettings, tellHub } from '../hub-client.ts';
import { evaluatedAlertOf } from '../routes/read.ts';
import type { Page } from '../screen/pages.ts';
import {
  type ConfigDiff,
  diffIncidents,
  diffRoutes,
  diffSettings,
  type FiringAlert,
  policiesOf,
  type RunningConfig,
} from './diff.ts';
import { diffLines } from './text.ts';

/** What is written now, as the hub reads it. */
type WrittenConfig = RunningConfig & {
  readonly problems: readonly string[];
  /** Not told by hubs of former versions. */
  readonly changes?: ConfigDiff['changes'];
};

/** How `config diff` and `config apply` are called. */
export interface ApplyFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly yes?: boolean;
}

/** Beyond these the rest is not compared, and that is said. */
const MOST_ALERTS = 5000;

/** Prints what would change if the hub read its configuration now. */
export async function diff({ json, config }: ApplyFlags, terminal: Terminal): Promise<void> {
  const found = await compare(config);
  if (json) terminal.out(JSON.stringify(found));
  else for (const line of diffLines(found)) terminal.out(line);
}

/** Has the hub read its configuration again, after it was shown what would change. */
export async function apply({ json, config, yes }: ApplyFlags, terminal: Terminal): Promise<void> {
  const found = await compare(config);
  if (!json) for (const line of diffLines(found)) terminal.out(line);
  if (!yes) throw new UsageError('nothing is applied yet: --yes has the hub read its configuration again');
  const told = await tellHub(loadSettings({ configFile: config }), '/api/v1/config/reload', {});
  if (!told.ok) throw new Exit(1, told.reason);
  const { waiting } = told.value as RunningConfig;
  if (json) return terminal.out(JSON.stringify({ applied: true, ...found, waiting }));
  terminal.out('Applied.');
  if (waiting.length > 0) terminal.out(`From the next start of the hub on: ${waiting.join(', ')}`);
}

async function compare(config: string | undefined): Promise<ConfigDiff> {
  const settings = loadSettings({ configFile: config });
  const running = (await askHub(settings, '/api/v1/config')) as RunningConfig;
  const written = (await askHub(settings, '/api/v1/config/written')) as WrittenConfig;
  if (written.problems.length > 0) throw new ConfigError(written.problems);
  const policies = await policiesOf(settings, running, written);
  return {
    settings: diffSettings(running, written),
    routes: diffRoutes(policies),
    incidents: diffIncidents(policies, await firingAlerts(settings), systemClock.now()),
    changes: written.changes ?? [],
  };
}

async function firingAlerts(settings: ClientSettings): Promise<FiringAlert[]> {
  const found: FiringAlert[] = [];
  let cursor: string | undefined;
  do {
    const query = { status: 'firing', limit: '500', cursor };
    const page = (await askHub(settings, '/api/v1/alerts', query)) as Page<AlertJson>;
    found.push(
      ...page.items.flatMap((one) =>
        one.incident_id === null ? [] : [{ alert: evaluatedAlertOf(one), incidentId: one.incident_id }],
      ),
    );
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && found.length < MOST_ALERTS);
  return found;
}
