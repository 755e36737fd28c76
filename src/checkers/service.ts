import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { type CheckStatus, judge, worst } from '../core/check.ts';
import {
  type Check,
  type Checker,
  confirmationOf,
  confirming,
  type Finding,
  type Item,
  inOrder,
  lateOptions,
  optionsOf,
  overrides,
  ownInOrder,
  ownThreshold,
  threshold,
  timeout,
  type World,
} from './contract.ts';

const UNIT = 'must be the name of a unit, such as nginx or backup.timer, or a pattern, such as app@*';
const TYPES = /\.(?:service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;
const PATTERN = /[*?[]/;

// The characters of systemd.unit(5). A name may begin with a dash ("-.mount" is the root), but then it tells its type,
// so that nobody takes a flag for one.
const unit = () =>
  z
    .string({ error: UNIT })
    .regex(/^[A-Za-z0-9_:.\\@*?[\]-]{1,255}$/, { error: UNIT })
    .refine((name) => !name.startsWith('-') || TYPES.test(name), { error: UNIT })
    .transform((name) => (TYPES.test(name) || name.endsWith('*') ? name : `${name}.service`));

const options = lateOptions(
  () =>
    z
      .strictObject({
        units: z
          .array(unit())
          .default([])
          .describe(
            'Units that must be active, or patterns of their names; each is a check of its own. Left out: any that failed',
          ),
        inactive: z
          .enum(['warning', 'critical'], { error: 'must be warning or critical' })
          .default('critical')
          .describe('State when a unit is not active, or one has failed'),
        warning: threshold('warning', 'Restarts of a unit by systemd since the last run', 1),
        critical: threshold('critical', 'Restarts of a unit by systemd since the last run', null),
        overrides: overrides(
          {
            inactive: z.enum(['warning', 'critical']).optional(),
            warning: ownThreshold(),
            critical: ownThreshold(),
          },
          'units (nginx.service)',
        ),
        ...confirming(),
        timeout: timeout(),
      })
      .refine(...inOrder('warning', 'critical'))
      .superRefine(ownInOrder(['warning', 'critical'])),
  { units: [], inactive: 'critical', warning: 1, critical: null, overrides: {}, attempts: 1, for: 0, timeout: 10_000 },
);

type Options = z.output<typeof options.schema>;

/** Units of systemd, asked by `systemctl`: their state is nowhere in a file. */
export const service: Checker = {
  name: 'service',
  summary: 'units of systemd: active, failed, restarted',
  byDefault: false,
  options,
  bind(given) {
    const bound = options.parse(given);
    const failed: Check = {
      name: 'service',
      title: 'Failed units',
      timeoutMs: bound.timeout,
      confirmation: confirmationOf(bound),
      available,
      run: (world) => runFailed(world, bound),
    };
    const units = [...new Set(bound.units)].map((name): Check => {
      const own = ownOptions(bound, name);
      return {
        name: `service:${name}`,
        title: PATTERN.test(name) ? `Units ${name}` : `Unit ${name}`,
        timeoutMs: bound.timeout,
        confirmation: confirmationOf(bound),
        available,
        run: (world) => (PATTERN.test(name) ? runPattern(world, name, bound) : runUnit(world, name, own)),
      };
    });
    return units.length > 0 ? units : [failed];
  },
};

/** Of `nginx.service`, those under that name, or under `nginx`. */
function ownOptions(bound: Options, name: string): Options {
  return optionsOf<Options>(bound, Object.hasOwn(bound.overrides, name) ? name : name.replace(/\.service$/, ''));
}

async function available(world: World): Promise<string | null> {
  if (world.platform !== 'linux') return 'systemd runs on Linux only';
  // The test of sd_booted(3).
  const isRunning = await stat(`${world.root.replace(/\/$/, '')}/run/systemd/system`).catch(() => null);
  return isRunning === null ? 'systemd does not run this machine' : null;
}

async function ask(world: World, bound: Options, args: readonly string[]): Promise<string> {
  const result = await world.exec(['systemctl', '--no-pager', ...args], {
    timeoutMs: bound.timeout,
    signal: world.signal,
  });
  if (result.timedOut) throw new Error('systemctl did not answer in time');
  if (result.code !== 0) throw new Error(`systemctl failed: ${result.stderr.trim() || `exit code ${result.code}`}`);
  return result.stdout;
}

const LISTED = ['list-units', '--all', '--plain', '--no-legend', '--full'];

async function runFailed(world: World, bound: Options): Promise<Finding> {
  const units = linesOf(await ask(world, bound, [...LISTED, '--state=failed'])).map(({ name }) => name);
  const items = units.map((name): Item => {
    const { inactive } = ownOptions(bound, name);
    const about = { name, title: `Unit ${name} failed`, labels: { unit: name } };
    return { ...about, status: inactive, message: `${name} has failed`, metrics: { active: false } };
  });
  return {
    status: worst(items.map((item) => item.status)),
    message: units.length > 0 ? `${units.length} failed: ${namesOf(units)}` : 'No unit has failed',
    metrics: { failed: units.length, failed_units: units.slice(0, 20) },
    items,
  };
}

/** Units that a pattern fits. One that nothing fits is a unit that is not there. */
async function runPattern(world: World, pattern: string, bound: Options): Promise<Finding> {
  const units = linesOf(await ask(world, bound, [...LISTED, '--', pattern]));
  if (units.length === 0)
    return { status: bound.inactive, message: `no unit is called ${pattern}`, metrics: { units: 0 }, items: [] };
  const items = units.map(({ name, active, sub }): Item => {
    const status = stateOf(active, ownOptions(bound, name).inactive);
    const about = { name, title: `Unit ${name}`, labels: { unit: name } };
    return {
      ...about,
      status,
      message: `${name} is ${stateText(active, sub)}`,
      metrics: { active: active === 'active' },
    };
  });
  const bad = items.filter((item) => item.status !== 'ok').map((item) => item.message);
  return {
    status: worst(items.map((item) => item.status)),
    message: bad.length > 0 ? namesOf(bad) : `${units.length} active`,
    metrics: { units: units.length, active: units.length - bad.length },
    items,
  };
}

function namesOf(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
}

/** Units of a list: name, whether it is loaded, states. */
function linesOf(output: string): { name: string; active: string; sub: string }[] {
  return output.split('\n').flatMap((line) => {
    const [name = '', , active = '', sub = ''] = line.trim().split(/\s+/);
    return name === '' ? [] : [{ name, active, sub }];
  });
}

function stateText(active: string, sub: string): string {
  return sub === '' || sub === active ? active : `${active} (${sub})`;
}

async function runUnit(world: World, name: string, bound: Options): Promise<Finding> {
  const properties = 'LoadState,ActiveState,SubState,Result,NRestarts';
  const output = await ask(world, bound, ['show', `--property=${properties}`, '--', name]);
  const found = new Map(
    output.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const [loaded, active, sub] = ['LoadState', 'ActiveState', 'SubState'].map((key) => found.get(key)?.trim() ?? '');
  if (active === undefined || active === '') throw new Error(`systemctl says nothing of ${name}`);
  if (loaded === 'not-found') {
    return { status: bound.inactive, message: `${name} does not exist`, metrics: { active: false } };
  }
  const restarts = Number(found.get('NRestarts') ?? 0);
  const earlier = typeof world.remembered === 'number' ? world.remembered : restarts;
  const since = restarts >= earlier ? restarts - earlier : restarts;
  const ofState = stateOf(active, bound.inactive);
  const ofRestarts = since > 0 ? judge(since, bound) : 'ok';
  const result = found.get('Result')?.trim() ?? '';
  let message = `${name} is ${stateText(active, sub ?? '')}`;
  if (ofState !== 'ok' && result !== '' && result !== 'success') message += `, result ${result}`;
  if (since > 0) message += `, restarted ${since === 1 ? 'once' : `${since} times`} since the last run`;
  return {
    status: worst([ofState, ofRestarts]),
    message,
    metrics: {
      active: active === 'active',
      active_state: active,
      sub_state: sub ?? '',
      restarts,
      restarts_since: since,
    },
    remember: restarts,
  };
}

/** Units on their way are a warning; they are looked at again at the next run. */
function stateOf(active: string, inactive: CheckStatus): CheckStatus {
  if (active === 'active' || active === 'reloading' || active === 'refreshing') return 'ok';
  return active === 'activating' || active === 'deactivating' ? 'warning' : inactive;
}
