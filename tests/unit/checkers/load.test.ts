import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { load } from '../../../src/checkers/load.ts';
import { createMachine, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine({ 'proc/loadavg': '8.00 4.00 2.00 1/2 3\n', 'sys/devices/system/cpu/online': '0-1\n' });
});
afterEach(() => machine.remove());

test.each([
  [{}, 'warning', 'Load 2 per core over 5 minutes (warning at 1.5 per core); 8, 4, 2 on 2 cores'],
  [{ minutes: 1 }, 'critical', 'Load 4 per core over 1 minute (critical at 3 per core); 8, 4, 2 on 2 cores'],
  [{ minutes: 15 }, 'ok', 'Load 1 per core over 15 minutes; 8, 4, 2 on 2 cores'],
  [
    { warning: null, critical: 2 },
    'critical',
    'Load 2 per core over 5 minutes (critical at 2 per core); 8, 4, 2 on 2 cores',
  ],
])('%j', async (options, status, message) => {
  expect((await runOn(machine, load.bind(options))).results[0]).toMatchObject({ status, message });
});

test.each([
  ['0', 1],
  ['0-7', 8],
  ['0-2,5,8-9', 6],
])('%s are %i cores', async (online, cores) => {
  machine.write('sys/devices/system/cpu/online', `${online}\n`);
  expect((await runOn(machine, load.bind({}))).results[0]?.metrics.cores).toBe(cores);
});

test('Windows has none', async () => {
  const { results } = await runOn(machine, load.bind({}), { platform: 'win32' });
  expect(results[0]?.message).toBe('not available here: Windows has no load average');
});

describe('in a container', () => {
  const mount = (path: string) => `10 1 0:50 /proc${path} ${path} rw,nosuid - fuse.lxcfs lxcfs rw\n`;
  const [LOADAVG, ONLINE] = ['/proc/loadavg', '/sys/devices/system/cpu/online'];

  async function lookWith(mounts: readonly string[], files: Readonly<Record<string, string>>) {
    machine.write('proc/loadavg', '16.00 16.00 16.00 1/99 7\n');
    machine.write('proc/self/mountinfo', mounts.map(mount).join(''));
    for (const [file, text] of Object.entries(files)) machine.write(`sys/${file}`, `${text}\n`);
    return (await runOn(machine, load.bind({}))).results[0];
  }
  const online = 'devices/system/cpu/online';
  const present = 'devices/system/cpu/present';

  test.each([
    ['both of the machine', [], { [online]: '0-15' }, 'ok', 1],
    ['both of the container', [LOADAVG, ONLINE], { [online]: '0-1', [present]: '0-15' }, 'critical', 8],
    ['the load is of the host', [ONLINE], { [online]: '0-1', [present]: '0-15' }, 'ok', 1],
    [
      'the processors are of the host',
      [LOADAVG],
      { [online]: '0-15', 'fs/cgroup/cpuset.cpus.effective': '0-1' },
      'critical',
      8,
    ],
  ])('%s', async (_, mounts, files, status, perCore) => {
    expect(await lookWith(mounts, files)).toMatchObject({ status, metrics: { load_per_core: perCore } });
  });

  test('unknown where the processors of the host are not told', async () => {
    const result = await lookWith(['/sys/devices/system/cpu'], { [online]: '0-1', [present]: '0-1' });
    expect(result).toMatchObject({ status: 'unknown', message: expect.stringContaining('host') });
  });
});

test.each([['-1.00 -1.00 -1.00'], ['18446744073709551615 1 1'], ['0.5'], ['nan nan nan'], ['']])(
  'a load of %j is unknown',
  async (text) => {
    machine.write('proc/loadavg', text);
    expect((await runOn(machine, load.bind({}))).results[0]).toMatchObject({ status: 'unknown' });
  },
);
