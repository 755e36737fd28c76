import * as z from 'zod';
import { type Metrics, type MetricValue, statusOfExitCode } from '../core/check.ts';
import { type Check, type Checker, type Finding, timeout, type World } from './contract.ts';

const word = z.string({ error: 'must be text' }).regex(/^[^\0]*$/, { error: 'must not hold a NUL character' });

const entry = z.strictObject({
  command: z
    .array(word, { error: 'must be a list: the program and its arguments, for no shell splits them' })
    .min(1, { error: 'must name a program' })
    .refine((words) => words[0] !== '', { error: 'must name a program' })
    .describe('The program and its arguments, as a list; no shell is involved'),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, { error: 'must be a name of letters, digits and _' }), word)
    .default({})
    .describe('Environment of the program beside PATH; the place for secrets, for arguments are seen by everyone'),
  title: z.string().min(1).max(200).optional().describe("Title of the problem; left out: the plugin's name"),
  timeout: timeout().describe('Time the program may take; past it the state is unknown and the program is killed'),
});

const options = z.strictObject({
  plugins: z
    .record(z.string().regex(/^[\w.-]{1,100}$/, { error: 'must be letters, digits, "_", "." and "-"' }), entry)
    .default({})
    .describe('Plugins by name, each with command, env, title and timeout'),
});

type Plugin = z.output<typeof entry>;

/** Programs of the monitoring-plugins convention: https://www.monitoring-plugins.org/doc/guidelines.html */
export const plugin: Checker = {
  name: 'plugin',
  summary: 'any program of the monitoring-plugins convention',
  byDefault: false,
  options,
  bind(given) {
    const bound = options.parse(given);
    const checks = Object.entries(bound.plugins).map(([name, one]): Check => {
      // The program is ended first, so that its own time is what the reason names.
      const check = { name: `plugin:${name}`, title: one.title ?? name, timeoutMs: one.timeout + 2000 };
      return { ...check, available: async () => null, run: (world) => run(world, one) };
    });
    if (checks.length > 0) return checks;
    const reason = 'no plugin is configured; list some under checkers.plugin.plugins';
    const check = { name: 'plugin', title: 'Plugins', timeoutMs: 1000 };
    return [{ ...check, available: async () => reason, run: () => Promise.reject(new Error(reason)) }];
  },
};

async function run(world: World, { command, env, timeout: timeoutMs }: Plugin): Promise<Finding> {
  const [program = '', ...args] = command;
  const result = await world.exec([program, ...args], { timeoutMs, signal: world.signal, env });
  if (result.timedOut) throw new Error(`did not end within ${timeoutMs / 1000} s and was killed`);
  if (result.code === null) throw new Error(`was ended by ${result.signal}`);
  const hidden = Object.values(env).filter((value) => value.length >= 8);
  const mask = (text: string) => hidden.reduce((left, value) => left.replaceAll(value, '[secret]'), text);
  const { message, metrics } = parseOutput(mask(result.stdout));
  const isKnown = result.code >= 0 && result.code <= 3;
  const said = message || mask(result.stderr).trim().split('\n')[0] || 'said nothing';
  return {
    status: statusOfExitCode(result.code),
    message: isKnown ? said : `exit code ${result.code} is none of 0, 1, 2 and 3: ${said}`,
    metrics: { ...metrics, exit_code: result.code },
  };
}

/**
 * The output of a plugin: first line `text|performance data`, then long text, and after another `|` more performance
 * data to the end.
 */
export function parseOutput(output: string): { message: string; metrics: Metrics } {
  const [first = '', ...rest] = output.split('\n');
  const bar = first.indexOf('|');
  const message = (bar < 0 ? first : first.slice(0, bar)).trim();
  const long = rest.join('\n');
  const longBar = long.indexOf('|');
  const data = `${bar < 0 ? '' : first.slice(bar + 1)} ${longBar < 0 ? '' : long.slice(longBar + 1)}`;
  return { message, metrics: parsePerformance(data) };
}

/** A datum, or else a word that is none: what was looked at once is not looked at again, however long it is. */
const DATUM = /(?:'((?:[^']|'')+)'|([^\s='][^\s=]*))=(\S*)|\S+/g;
const MAX_DATA = 200;

/** `'label'=value[UOM];[warn];[crit];[min];[max]`, apart by blanks; a datum that is none of this is left out. */
export function parsePerformance(text: string): Metrics {
  const metrics: [string, MetricValue][] = [];
  for (const [, quoted, bare, datum] of text.matchAll(DATUM)) {
    if (metrics.length >= MAX_DATA) break;
    if (datum === undefined) continue;
    const label = quoted?.replaceAll("''", "'") ?? bare ?? '';
    const [measured = '', warn, crit, min, max] = datum.split(';');
    const [, figure, uom = ''] =
      /^([-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?|U)([^\d;]*)$/.exec(measured) ?? [];
    if (figure === undefined) continue;
    const value = figure === 'U' ? null : Number(figure.replace(',', '.'));
    const bounds = { warn: boundOf(warn), crit: boundOf(crit), min: boundOf(min), max: boundOf(max) };
    const given = Object.entries(bounds).filter(([, bound]) => bound !== null);
    metrics.push([label, { value, uom, ...Object.fromEntries(given) }]);
  }
  return Object.fromEntries(metrics);
}

/** A number, a range such as `@10:20` as its text, null when left out. */
function boundOf(text: string | undefined): number | string | null {
  if (text === undefined || text === '') return null;
  return /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}
