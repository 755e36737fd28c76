import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { type CheckStatus, judge, worst } from '../core/check.ts';
import { type Check, type Checker, type Finding, inOrder, threshold, timeout, type World } from './contract.ts';

const unit = z
  .string({ error: 'must be the name of a unit, such as nginx or backup.timer' })
  .regex(/^[A-Za-z0-9_:.\\@][A-Za-z0-9_:.\\@-]{0,254}$/, {
    error: 'must be the name of a unit, such as nginx or backup.timer',
  })
  .transform((name) =>
    /\.(service|socket|timer|mount|target|path|swap|device|slice|scope)$/.test(name) ? name : `${name}.service`,
  );

const options = z
  .strictObject({
    units: z
      .array(unit)
      .default([])
      .describe('Units that must be active; each is a check of its own. Left out: any unit that failed'),
    inactive: z
      .enum(['warning', 'critical'], { error: 'must be warning or critical' })
      .default('critical')
      .describe('State when a unit is not active, or one has failed'),
    warning: threshold('warning', 'Restarts of a unit by systemd since the last run', 1),
    critical: threshold('critical', 'Restarts of a unit by systemd since the last run', null),
    timeout: timeout(),
  })
  .refine(...inOrder('warning', 'critical'));

type Options = z.output<typeof options>;

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
      available,
      run: (world) => runFailed(world, bound),
    };
    const units = [...new Set(bound.units)].map((name): Check => {
      const check = { name: `service:${name}`, title: `Unit ${name}`, timeoutMs: bound.timeout, available };
      return { ...check, run: (world) => runUnit(world, name, bound) };
    });
    return units.length > 0 ? units : [failed];
  },
};

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

async function runFailed(world: World, bound: Options): Promise<Finding> {
  const output = await ask(world, bound, ['list-units', '--all', '--state=failed', '--plain', '--no-legend', '--full']);
  const units = output.split('\n').flatMap((line) => line.trim().split(/\s+/)[0] || []);
  const named = units.slice(0, 5).join(', ') + (units.length > 5 ? ` and ${units.length - 5} more` : '');
  return {
    status: units.length > 0 ? bound.inactive : 'ok',
    message: units.length > 0 ? `${units.length} failed: ${named}` : 'No unit has failed',
    metrics: { failed: units.length, failed_units: units.slice(0, 20) },
  };
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
  let message = `${name} is ${active}${sub === '' || sub === active ? '' : ` (${sub})`}`;
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
