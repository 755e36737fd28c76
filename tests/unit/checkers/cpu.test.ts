import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cpu } from '../../../src/checkers/cpu.ts';
import { createMachine, quickClock, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const stat = (ticks: string) => `cpu  ${ticks}\ncpu0 ${ticks}\n`;

async function between(before: string, after: string, options: unknown = {}) {
  machine.write('proc/stat', stat(before));
  const clock = quickClock(() => machine.write('proc/stat', stat(after)));
  const [result] = (await runOn(machine, cpu.bind(options), { clock })).results;
  return result;
}

test.each([
  ['idle', '0 0 0 0 0 0 0 0', '0 0 0 100 0 0 0 0', 'ok', 'CPU at 0%'],
  ['below the warning', '0 0 0 0 0 0 0 0', '699 0 0 301 0 0 0 0', 'ok', 'CPU at 69.9%'],
  ['at the warning', '0 0 0 0 0 0 0 0', '70 0 0 30 0 0 0 0', 'warning', 'CPU at 70% (warning at 70%)'],
  ['at the critical', '0 0 0 0 0 0 0 0', '80 10 0 10 0 0 0 0', 'critical', 'CPU at 90% (critical at 90%)'],
  ['waiting for disks is not use', '0 0 0 0 0 0 0 0', '5 0 0 5 90 0 0 0', 'ok', 'CPU at 5%, waiting for disks 90%'],
  ['what the host takes is use', '0 0 0 0 0 0 0 0', '0 0 0 50 0 0 0 50', 'ok', 'CPU at 50%, taken by the host 50%'],
  ['guests are part of user already', '0 0 0 0 0 0 0 0 0 0', '50 0 0 50 0 0 0 0 50 0', 'ok', 'CPU at 50%'],
  ['a counter that went back', '0 0 0 0 9 0 0 0', '10 0 0 90 0 0 0 0', 'ok', 'CPU at 10%'],
  ['a kernel that counts four kinds', '0 0 0 0', '20 0 0 80', 'ok', 'CPU at 20%'],
])('%s', async (_, before, after, status, message) => {
  expect(await between(before, after)).toMatchObject({ status, message });
});

test('what this program uses itself does not count', async () => {
  const own = (ticks: number) =>
    machine.write('proc/self/stat', `1 (node) R 1 1 1 0 -1 0 0 0 0 0 ${ticks} 10 0 0 20 0 1 0 1 1 1`);
  own(0);
  machine.write('proc/stat', stat('0 0 0 0 0 0 0 0'));
  const clock = quickClock(() => {
    machine.write('proc/stat', stat('80 0 0 20 0 0 0 0'));
    own(50);
  });
  const [result] = (await runOn(machine, cpu.bind({}), { clock })).results;
  expect(result?.metrics).toMatchObject({ cpu_percent: 30, user_percent: 80 });
});

test('thresholds of null are not applied', async () => {
  expect(await between('0 0 0 0', '100 0 0 0', { warning: null, critical: null })).toMatchObject({ status: 'ok' });
});

test('counters that stand still are unknown, not 0%', async () => {
  expect(await between('1 2 3 4', '1 2 3 4')).toMatchObject({
    status: 'unknown',
    message: expect.stringMatching('did not move'),
  });
});

test('an interval as long as the timeout is refused', () => {
  expect(() => cpu.bind({ interval: '10s', timeout: '10s' })).toThrow('must be shorter than timeout');
});

test('other platforms are read through Node.js', async () => {
  const { results } = await runOn(machine, cpu.bind({ warning: null, critical: null }), {
    platform: 'darwin',
    clock: quickClock(() => {
      for (const end = performance.now() + 120; performance.now() < end; );
    }),
  });
  expect(results[0]).toMatchObject({ status: 'ok', message: expect.stringMatching(/^CPU at [\d.]+%/) });
});
