import type { Command } from 'commander';
import { loadSettings } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../lib/clock.ts';
import type { TestRequest } from '../../notify/test-notices.ts';
import type { testResultJson } from '../../web/api/test-alert.ts';
import { printable } from '../columns.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { hubAnswers, tellHub } from '../hub-client.ts';
import { append, pairsOf } from '../pairs.ts';
import { hanging } from '../screen/width.ts';

interface Flags {
  readonly all?: boolean;
  readonly label?: readonly string[];
  readonly withoutHub?: boolean;
  readonly json?: boolean;
  readonly config?: string;
}

type ResultJson = ReturnType<typeof testResultJson>;

const EXAMPLES = `
Sends a message that says that it is a test, by the same way as a notice, and tells what the target answered. The hub
sends it where one answers at MONITOR_URL, else this command does, by the configuration here.

Examples:
  monitor notify test slack                       one channel
  monitor notify test 'database team'             the channels of a route, by its name or place (routes[0])
  monitor notify test --label severity=critical --label team=db
  monitor notify test --all --without-hub         before the hub is restarted with a new configuration`;

/** Adds `test`: the whole way to people, without an incident. */
export function defineTest(program: Command, terminal: Terminal): void {
  program
    .command('test')
    .description('send a test to channels, and tell what they answered')
    .argument('[targets...]', 'channels and routes')
    .option('--all', 'every channel')
    .option('--label <name=value>', 'label of the alert whose routes are tried; may be repeated', append)
    .option('--without-hub', 'send from here, also where a hub answers')
    .option('--json', 'print one JSON document')
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', EXAMPLES)
    .action((targets: string[], flags: Flags) => tryOut(targets, flags, terminal));
}

async function tryOut(targets: readonly string[], flags: Flags, terminal: Terminal): Promise<void> {
  const { all = false, label = [], withoutHub = false, json, config } = flags;
  if (targets.length === 0 && !all && label.length === 0)
    throw new UsageError('say what to test: a channel, a route, --label name=value, or --all');
  const request = { targets, all, labels: pairsOf('--label', label) };
  const settings = loadSettings({ configFile: config });
  const isByHub = !withoutHub && (await hubAnswers(settings));
  const { ok, items } = isByHub ? await byHub(settings, request) : await byItself(settings, request);
  if (json) terminal.out(JSON.stringify({ ok, by: isByHub ? settings.url : null, items }));
  else {
    terminal.err(
      isByHub ? `The hub at ${settings.url} sends the tests.` : 'No hub sends the tests: they go from here.',
    );
    const lines = items.map(resultLine);
    const { width } = terminal;
    for (const line of width === undefined ? lines : lines.flatMap((one) => hanging('', one, width, 2)))
      terminal.out(line);
  }
  if (!ok) throw new Exit(1);
}

async function byHub(settings: Settings, request: TestRequest) {
  const told = await tellHub(settings, '/api/v1/test-alert', request);
  if (!told.ok) throw new Exit(1, told.reason);
  return told.value as { readonly ok: boolean; readonly items: readonly ResultJson[] };
}

async function byItself(settings: Settings, request: TestRequest) {
  const { testByConfiguration } = await import('../../app/notify/test.ts');
  const { testResultJson: json } = await import('../../web/api/test-alert.ts');
  const report = await testByConfiguration(settings, systemClock, request);
  if (!report.ok) throw new Exit(1, report.problem);
  return { ok: report.results.every(({ ok }) => ok), items: report.results.map(json) };
}

/** What one channel made of its test, in words. */
export function resultLine({ channel, place, chosen_by: by, ok, answer, permanent, took_ms: ms }: ResultJson): string {
  const where = place === '' ? channel : `${channel} at ${place}`;
  const how = ok ? `arrived in ${ms} ms` : permanent ? 'failed for good' : 'failed';
  return printable(`${where}: ${how}: ${answer} (chosen by ${by.join(', ')})`);
}
