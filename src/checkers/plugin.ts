import * as z from 'zod';
import { type Metrics, type MetricValue, statusOfExitCode } from '../core/check.ts';
import { type Mount, readMounts } from '../lib/machine/mounts.ts';
import { isStuck } from '../lib/machine/processes.ts';
import {
  type Check,
  type Checker,
  confirmationOf,
  confirming,
  type Finding,
  lateOptions,
  timeout,
  type World,
} from './contract.ts';

const word = () => z.string({ error: 'must be text' }).regex(/^[^\0]*$/, { error: 'must not hold a NUL character' });

const entry = () =>
  z.strictObject({
    command: z
      .array(word(), { error: 'must be a list: the program and its arguments, for no shell splits them' })
      .min(1, { error: 'must name a program' })
      .refine((words) => words[0] !== '', { error: 'must name a program' })
      .describe('The program and its arguments, as a list; no shell is involved'),
    env: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/, { error: 'must be a name of letters, digits and _' }), word())
      .default({})
      .describe('Environment of the program beside PATH; the place for secrets, for arguments are seen by everyone'),
    title: z.string().min(1).max(200).optional().describe("Title of the problem; left out: the plugin's name"),
    ...confirming(),
    timeout: timeout().describe('Time the program may take; past it the state is unknown and the program is killed'),
  });

const options = lateOptions(
  () =>
    z.strictObject({
      plugins: z
        .record(z.string().regex(/^[\w.-]{1,100}$/, { error: 'must be letters, digits, "_", "." and "-"' }), entry())
        .default({})
        .describe('Plugins by name, each with command, env, title and timeout'),
    }),
  { plugins: {} },
);

type Plugin = z.output<ReturnType<typeof entry>>;

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
      const timeoutMs = one.timeout + 2000;
      const check = { name: `plugin:${name}`, title: one.title ?? name, timeoutMs, confirmation: confirmationOf(one) };
      return { ...check, available: async () => null, run: (world) => run(world, one) };
    });
    if (checks.length > 0) return checks;
    const reason = 'no plugin is configured; list some under checkers.plugin.plugins';
    const check = { name: 'plugin', title: 'Plugins', timeoutMs: 1000 };
    return [{ ...check, available: async () => reason, run: () => Promise.reject(new Error(reason)) }];
  },
};

async function run(world: World, { command, env, timeout: timeoutMs }: Plugin): Promise<Finding> {
  const earlier = stuckOf(world.remembered);
  if (earlier !== null && (await isStuck(world.proc, earlier))) {
    const message = 'was killed by an earlier run, and waits in the kernel: it is not started again beside that';
    return { status: 'unknown', message, metrics: {}, remember: { stuck: earlier } };
  }
  const result = await world.exec(await startable(command, world), { timeoutMs, signal: world.signal, env });
  if (result.timedOut) {
    const isLeft = result.group !== undefined && (await isStuck(world.proc, result.group));
    const message = `did not end within ${timeoutMs / 1000} s and was killed${isLeft ? ', but waits in the kernel' : ''}`;
    return { status: 'unknown', message, metrics: {}, remember: isLeft ? { stuck: result.group } : null };
  }
  if (result.code === null) throw new Error(`was ended by ${result.signal}`);
  const hidden = Object.values(env).filter((value) => value.length >= 8);
  const mask = (text: string) => hidden.reduce((left, value) => left.replaceAll(value, '[secret]'), text);
  const output = mask(result.stdout);
  const { message, metrics } = parseOutput(output);
  const details = longText(output);
  const isKnown = result.code >= 0 && result.code <= 3;
  const said = message || mask(result.stderr).trim().split('\n')[0] || 'said nothing';
  return {
    status: statusOfExitCode(result.code),
    message: isKnown ? said : `exit code ${result.code} is none of 0, 1, 2 and 3: ${said}`,
    metrics: { ...metrics, exit_code: result.code },
    ...(details !== '' && { details }),
    ...(earlier !== null && { remember: null }),
  };
}

function stuckOf(remembered: unknown): number | null {
  const { stuck } = Object(remembered) as { stuck?: unknown };
  return typeof stuck === 'number' ? stuck : null;
}

/**
 * Starting a program waits for the disk that it is on. Where that may be for ever, it is started by one that is not: who
 * starts a program directly waits with it, and this process must not.
 */
async function startable([program = '', ...args]: readonly string[], world: World): Promise<[string, ...string[]]> {
  if (!program.startsWith('/') || world.platform !== 'linux') return [program, ...args];
  const mounts = await readMounts(world.proc).catch(() => []);
  const isOn = ({ path }: Mount) => path === '/' || program.startsWith(`${path}/`);
  const on = mounts
    .filter((mount) => isOn(mount) && mount.hiddenBy === null)
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return on?.mayHang ? ['env', '--', program, ...args] : [program, ...args];
}

/** So much of the long text is kept, in characters. */
const MOST_DETAILS = 8192;

/**
 * The output of a plugin: blank lines, which many print first, then a line `text|performance data`, then long text, and
 * after another `|` more performance data to the end.
 */
export function parseOutput(output: string): { message: string; metrics: Metrics } {
  const [first, rest] = split(output);
  const [message, data] = cut(first);
  const [, more] = cut(rest);
  return { message: message.trim(), metrics: parsePerformance(`${data} ${more}`) };
}

/** The long text of that output, bounded; '' when there is none. */
export function longText(output: string): string {
  const text = printable(cut(split(output)[1])[0]).trim();
  return text.length <= MOST_DETAILS ? text : `${text.slice(0, MOST_DETAILS - 1).toWellFormed()}…`;
}

/** The first line that is not blank, and what follows it. */
function split(output: string): [first: string, rest: string] {
  const lines = output.split('\n');
  const start = Math.max(
    0,
    lines.findIndex((line) => line.trim() !== ''),
  );
  return [lines[start] ?? '', lines.slice(start + 1).join('\n')];
}

/** What stands before the first bar, and what after it. */
function cut(text: string): [string, string] {
  const bar = text.indexOf('|');
  return bar < 0 ? [text, ''] : [text.slice(0, bar), text.slice(bar + 1)];
}

/** Lines and tabs stay; what would move the cursor of a terminal does not. */
function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/[^\P{Cc}\n\t]/gu, ' ');
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
