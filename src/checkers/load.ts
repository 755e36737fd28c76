import { availableParallelism, loadavg } from 'node:os';
import * as z from 'zod';
import { judge } from '../core/check.ts';
import { reached, round } from '../core/figures.ts';
import { countCpus, readCpuLimit } from '../lib/machine/cgroup.ts';
import { overlaid, readKernelText } from '../lib/machine/overlays.ts';
import {
  type Checker,
  confirmationOf,
  confirming,
  inOrder,
  lateOptions,
  threshold,
  timeout,
  type World,
} from './contract.ts';

const options = lateOptions(
  () =>
    z
      .strictObject({
        warning: threshold('warning', 'Load per core', 1.5, 1000),
        critical: threshold('critical', 'Load per core', 3, 1000),
        minutes: z
          .union([z.literal(1), z.literal(5), z.literal(15)], { error: 'must be 1, 5 or 15' })
          .default(5)
          .describe('Which of the three averages counts'),
        ...confirming(3),
        timeout: timeout(),
      })
      .refine(...inOrder('warning', 'critical')),
  { warning: 1.5, critical: 3, minutes: 5, attempts: 3, for: 0, timeout: 10_000 },
);

/** The load average: how many processes run or wait for a processor or a disk. */
export const load: Checker = {
  name: 'load',
  summary: 'load average per core',
  byDefault: true,
  options,
  bind(given) {
    const bound = options.parse(given);
    const check = { name: 'load', title: 'System load', timeoutMs: bound.timeout, confirmation: confirmationOf(bound) };
    const available = async (world: World) => (world.platform === 'win32' ? 'Windows has no load average' : null);
    return [{ ...check, available, run: (world) => run(world, bound) }];
  },
};

async function run(world: World, bound: z.output<typeof options.schema>) {
  const [averages, cores] = world.platform === 'linux' ? await readLinux(world) : [loadavg(), availableParallelism()];
  const [one = 0, five = 0, fifteen = 0] = averages;
  const average = { 1: one, 5: five, 15: fifteen }[bound.minutes];
  const perCore = round(average / cores, 2);
  const status = judge(perCore, bound);
  const span = bound.minutes === 1 ? '1 minute' : `${bound.minutes} minutes`;
  return {
    status,
    message: `Load ${perCore} per core over ${span}${reached(status, bound, ' per core')}; ${averages.join(', ')} on ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    metrics: { load_per_core: perCore, load1: one, load5: five, load15: fifteen, cores },
  };
}

/** More than any kernel schedules: a figure that cannot be. */
const MOST = 1e6;

async function readLinux(world: World): Promise<[number[], number]> {
  const text = await readKernelText(`${world.proc}/loadavg`, world);
  const averages = text?.split(' ').slice(0, 3).map(Number) ?? [];
  if (averages.length < 3 || !averages.every((one) => one >= 0 && one <= MOST))
    throw new Error(`no load average in ${world.proc}/loadavg`);
  return [averages, await countCores(world)];
}

const FOLDER = '/devices/system/cpu';
const ONLINE = `${FOLDER}/online`;

/** The processors that the load average is of: in a container one may be told of the host, and the other not. */
async function countCores(world: World): Promise<number> {
  const laid = overlaid(world.proc, ['/proc/loadavg', ONLINE, FOLDER]);
  const online = await readKernelText(`${world.sys}${ONLINE}`, world);
  const told = countCpus(online ?? '') || availableParallelism();
  const [isLoadOfContainer, isCountOfContainer] = [laid.has('/proc/loadavg'), laid.has(ONLINE) || laid.has(FOLDER)];
  if (isLoadOfContainer === isCountOfContainer) return told;
  if (isLoadOfContainer) return Math.min(told, readCpuLimit(world.sys)?.cores ?? told);
  const ofHost = laid.has(FOLDER) ? 0 : countCpus((await readKernelText(`${world.sys}${FOLDER}/present`, world)) ?? '');
  if (ofHost === 0) throw new Error('the load is that of the host, and its processors are not told in this container');
  return ofHost;
}
