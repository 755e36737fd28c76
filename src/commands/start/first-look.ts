import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { readState } from '../../agent/preview.ts';
import type { PushOutcome } from '../../agent/push.ts';
import { selectChecks } from '../../checkers/registry.ts';
import type { Settings } from '../../config/settings.ts';
import { type AlertJson, alertTable } from '../alerts/page.ts';
import { AGENT_STATE, heldBack } from '../check/held-back.ts';
import { checkTable } from '../check/table.ts';
import { styleOf } from '../check.ts';
import { columns } from '../columns.ts';
import type { Terminal } from '../contract.ts';
import { askHub } from '../hub-client.ts';
import { pushLine } from '../push/text.ts';
import { screenOf } from '../screen/screen.ts';

type NextSteps = Parameters<typeof askHub>[0] &
  Pick<Settings, 'instanceId' | 'pushIntervalMs' | 'stateDir' | 'checkers' | 'checkersEnabled'>;

/** Prints what the first run found, what the hub made of it, and what to try next. */
export async function printOutcome(
  outcome: PushOutcome,
  settings: NextSteps,
  asked: string,
  terminal: Terminal,
): Promise<void> {
  const say = (lines: readonly string[]) => {
    for (const line of lines) terminal.out(line);
  };
  const { checkersEnabled: names, checkers: options, stateDir } = settings;
  const { states } = await readState(join(stateDir, AGENT_STATE));
  const held = heldBack(outcome.results, selectChecks({ names, options, withItems: true }), states);
  const checked = checkTable(outcome.results, hostname(), await styleOf(terminal, false), held);
  say(['', 'What was checked:', '', ...checked, '']);
  if (outcome.status !== 'delivered') return;
  const { url, instanceId, pushIntervalMs } = settings;
  const page = (await askHub(settings, '/api/v1/alerts', { status: 'firing', sort: 'attention' })) as {
    items: AlertJson[];
  };
  const nothing =
    held.size === 0
      ? 'No alert fires: all is well.'
      : 'No alert fires yet: what is not told yet waits for the next runs.';
  const table = page.items.length === 0 ? [nothing] : alertTable(page.items, screenOf(terminal));
  say(['What the hub made of it:', '', pushLine(outcome, { hubUrl: url, instanceId }), '', ...table, '']);
  const monitor = callOf(process.argv[1] ?? '');
  // Another terminal knows of the environment and the file, but not of --port.
  const asking = url === asked && url === 'http://127.0.0.1:8080' ? monitor : `MONITOR_URL=${url} ${monitor}`;
  const commands = columns(
    ['Try next:', ''],
    [
      [`  ${url}/`, 'the dashboard, in a browser'],
      [`  ${asking} alerts`, 'in another terminal: what the hub holds'],
      [`  ${asking} incidents`, 'what needs attention'],
      [`  ${monitor} check --list`, 'what can be checked, and how'],
    ],
  );
  const seconds = Math.round(pushIntervalMs / 1000);
  const telling = 'What fires is told here as a notice: at once when it is critical, else after 10 s.';
  say([...commands, '', telling, `It checks again every ${seconds} s. Ctrl-C stops it.`, '']);
}

/** How this program was called, so that the commands it names can be copied. */
function callOf(script: string): string {
  const path = relative('.', script);
  return path.startsWith('..') || !existsSync(path) ? 'monitor' : `./${path}`;
}
