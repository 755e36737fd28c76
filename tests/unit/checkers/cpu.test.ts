import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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

describe('the reading of the last run', () => {
  const run = async (machine: TestMachine, ticks: string, remembered: unknown, atMs: number, options: unknown = {}) => {
    machine.write('proc/stat', stat(ticks));
    machine.write('proc/sys/kernel/random/boot_id', 'b1\n');
    let waits = 0;
    const quick = quickClock(() => {
      waits += 1;
      machine.write('proc/stat', stat('0 0 0 10'));
    });
    const clock = { ...quick, now: () => quick.now() + atMs };
    const outcome = await runOn(machine, cpu.bind(options), { clock, remembered: { cpu: remembered } });
    return { waits, result: outcome.results[0], kept: outcome.remember.cpu };
  };
  const first = async () => (await run(machine, '0 0 0 0', null, 0)).kept;

  test('serves as the first one: a minute is judged, and nobody waits', async () => {
    const { waits, result } = await run(machine, '95 0 0 15', await first(), 60_300, { warning: null, critical: null });
    expect({ waits, ...result }).toMatchObject({
      waits: 0,
      status: 'ok',
      metrics: { cpu_percent: 95, interval_ms: 60_000 },
    });
  });

  test('that is a moment old is waited for, no longer than the interval asks', async () => {
    const { waits, result } = await run(machine, '0 0 0 10', await first(), 400);
    expect({ waits, message: result?.message }).toEqual({ waits: 1, message: expect.stringMatching('did not move') });
  });

  test.each([
    ['too old', {}, 3_600_001, (kept: object) => kept],
    ['of another boot', {}, 60_000, (kept: object) => ({ ...kept, boot: 'b0' })],
    ['of a clock that was set back', {}, -60_000, (kept: object) => kept],
    ['not wanted', { since_last_run: 0 }, 60_000, (kept: object) => kept],
    ['damaged', {}, 60_000, (kept: object) => ({ ...kept, all: 'much' })],
  ])('%s does not serve', async (_, options, atMs, alter) => {
    const { waits } = await run(machine, '95 0 0 5', alter((await first()) as object), atMs, options);
    expect(waits).toBe(1);
  });
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
