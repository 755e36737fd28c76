import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
