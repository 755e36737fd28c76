import { NOTHING_WATCHED } from '../app/endpoints/configured.ts';
import { endpointTerms } from '../app/endpoints/terms.ts';
import { prepareRoutes } from '../app/notify/prepare.ts';
import { readEndpoints } from '../config/endpoints/read.ts';
import { loadSettings } from '../config/load.ts';
import { createRoutesJson } from '../core/policy/route-tree.ts';
import { createZone } from '../core/time/zone.ts';
import { systemClock } from '../lib/clock.ts';
import { alertOf, traceJson, traceRoutes } from '../notify/policy/trace.ts';
import { type CommandModule, Exit, subcommands, type Terminal, UsageError } from './contract.ts';
import { differences } from './routes/cases.ts';
import { alertOfHub, casesFrom, labelsFrom, timeFrom } from './routes/read.ts';
import { intervalLines, traceLines, treeLines, windowLines } from './routes/text.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly alert?: string;
  readonly at?: string;
  readonly cases?: string;
}

const EXAMPLES = `
Examples:
  monitor routes show
  monitor routes test severity=critical team=db --at 2026-06-03T23:00
  monitor routes test --alert 019c0b7e-4a3f-7c21-9d0e-2f6f5b1a7c44
  monitor routes test --cases routes.test.yaml    exits 1 when one of them goes another way`;

/** `monitor routes`: who would be told of what, and which lines of the configuration say so. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    add('show', 'print the tree of routes, the intervals and the next maintenance windows').action((flags: Flags) =>
      show(flags, terminal),
    );
    add('test [labels...]', 'show where an alert with these labels goes, with the lines that decide it')
      .option('--alert <id>', 'an alert of the hub, with the silences there, in place of labels')
      .option('--at <time>', 'at that time, such as 2026-06-03T23:00 in the zone of notify.zone; now unless given')
      .option('--cases <file>', 'a file of cases with what is expected of each')
      .action((words: string[], flags: Flags) => test(words, flags, terminal));
  },
};

async function open({ config }: Flags) {
  const settings = loadSettings({ configFile: config });
  const terms = endpointTerms(readEndpoints(settings)?.document ?? NOTHING_WATCHED);
  const prepared = await prepareRoutes(settings, undefined, terms);
  if (prepared !== null) return { ...prepared, settings };
  throw new UsageError('nobody is told: add notify.channels to monitor.yaml, or set MONITOR_NOTIFY_URL');
}

async function show(flags: Flags, terminal: Terminal): Promise<void> {
  const { policy, windows, intervals, warnings } = await open(flags);
  const now = systemClock.now();
  if (flags.json) {
    const json = createRoutesJson({ root: policy.root, windows, intervals, warnings });
    return terminal.out(JSON.stringify(json(now)));
  }
  for (const warning of warnings) terminal.err(`warning: ${warning}`);
  for (const line of [...treeLines(policy.root), ...intervalLines(intervals, now), ...windowLines(windows, now)])
    terminal.out(line);
}

async function test(words: readonly string[], flags: Flags, terminal: Terminal): Promise<void> {
  const ways = [words.length > 0, flags.alert !== undefined, flags.cases !== undefined].filter((given) => given).length;
  if (ways !== 1) throw new UsageError('give labels such as severity=critical, or --alert, or --cases');
  const labels = labelsFrom(words);
  const { policy, document, settings } = await open(flags);
  const zone = createZone(document.sections.zone ?? 'UTC');
  const at = flags.at === undefined ? systemClock.now() : timeFrom(flags.at, zone);
  if (flags.cases !== undefined) {
    const results = casesFrom(flags.cases).map((one) => {
      const when = one.at === undefined ? at : timeFrom(one.at, zone);
      const found = differences(one, traceRoutes(policy, alertOf(one.labels), [], when));
      return { name: one.name, place: one.place, differences: found };
    });
    const failed = results.filter(({ differences: found }) => found.length > 0);
    if (flags.json) terminal.out(JSON.stringify({ cases: results.length, failed: failed.length, results }));
    else {
      for (const { name, place, differences: found } of failed)
        for (const line of [`${name} (${place})`, ...found.map((one) => `  ${one}`)]) terminal.out(line);
      terminal.out(`${results.length - failed.length} of ${results.length} cases go as expected`);
    }
    if (failed.length > 0) throw new Exit(1);
    return;
  }
  const given =
    flags.alert === undefined ? { alert: alertOf(labels), silences: [] } : await alertOfHub(flags.alert, settings);
  const trace = traceRoutes(policy, given.alert, given.silences, at);
  if (flags.json) terminal.out(JSON.stringify(traceJson(trace)));
  else for (const line of traceLines(trace, zone)) terminal.out(line);
}
