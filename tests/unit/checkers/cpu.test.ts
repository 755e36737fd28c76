import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cpu } from '../../../src/checkers/cpu.ts';
import { createMachine, quickClock, runOn, START, type TestMachine } from '../../support/checker-world.ts';

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

describe('what is kept for the next run', () => {
  const keep = async (options: object) =>
    (await runOn(quietMachine(), cpu.bind(options), { clock: busyClock() })).remember.cpu;
  const quietMachine = () => {
    machine.write('proc/stat', stat('0 0 0 0'));
    return machine;
  };
  const busyClock = () => quickClock(() => machine.write('proc/stat', stat('0 0 0 10')));

  test('tells each core only when the cores are asked for', async () => {
    expect(await keep({})).toEqual({ boot: '', at: expect.any(Number), all: expect.any(Object) });
    expect(await keep({ per_core: true })).toMatchObject({ cores: [{ idle: 10 }] });
  });

  test('without cores does not serve a run that is asked for them', async () => {
    machine.write('proc/sys/kernel/random/boot_id', 'b1\n');
    const remembered = { cpu: await keep({}) };
    const clock = { ...busyClock(), now: () => START + 60_000 };
    machine.write('proc/stat', stat('0 0 0 0'));
    const { results } = await runOn(machine, cpu.bind({ per_core: true }), { clock, remembered });
    expect(results[0]?.metrics).toMatchObject({ per_core_percent: [0] });
  });
});

describe('in a container', () => {
  const CORES = 4;
  /** Of `CORES` cores, each of which has ticked `ticks` times, half of them used. */
  const machineAt = (ticks: number) => {
    const line = (cores: number) => `${(ticks * cores) / 2} 0 0 ${(ticks * cores) / 2}\n`;
    machine.write('proc/stat', `cpu ${line(CORES)}${`cpu0 ${line(1)}`.repeat(CORES)}`);
  };
  const v2 = (max: string) => ({
    limit: () => machine.write('sys/fs/cgroup/cpu.max', `${max}\n`),
    used: (seconds: number) =>
      machine.write('sys/fs/cgroup/cpu.stat', `usage_usec ${seconds * 1e6}\nuser_usec 1\nsystem_usec 2\n`),
  });
  const v1 = (quota: string, period: string) => ({
    limit: () => {
      machine.write('sys/fs/cgroup/cpu/cpu.cfs_quota_us', `${quota}\n`);
      machine.write('sys/fs/cgroup/cpu/cpu.cfs_period_us', `${period}\n`);
    },
    used: (seconds: number) => machine.write('sys/fs/cgroup/cpuacct/cpuacct.usage', `${seconds * 1e9}\n`),
  });

  /** Looks twice while a hundred ticks (1 s) go by, in which the container uses so many seconds. */
  async function use(seconds: number, cgroup: ReturnType<typeof v2>, options: object = {}) {
    cgroup.limit();
    cgroup.used(1000);
    machineAt(500);
    const clock = quickClock(() => {
      cgroup.used(1000 + seconds);
      machineAt(600);
    });
    return (await runOn(machine, cpu.bind(options), { clock })).results[0];
  }

  test.each([
    ['half a core', v2('50000 100000'), 0.4, 'warning', "CPU at 80% of the container's limit (warning at 70%)", 0.5],
    ['two cores', v2('200000 100000'), 1.9, 'critical', "CPU at 95% of the container's limit (critical at 90%)", 2],
    [
      'more than its share for a moment',
      v2('50000 100000'),
      0.7,
      'critical',
      "CPU at 100% of the container's limit",
      0.5,
    ],
    ['a core, by version 1', v1('100000', '100000'), 0.2, 'ok', "CPU at 20% of the container's limit", 1],
  ])('%s is what counts', async (_, cgroup, seconds, status, message, cores) => {
    expect(await use(seconds, cgroup)).toMatchObject({
      status,
      message: expect.stringContaining(message),
      metrics: { limited_by: 'container', limit_cores: cores, machine_percent: 50 },
    });
  });

  test.each([
    ['max', v2('max 100000')],
    ['no less than the machine', v2('400000 100000')],
    ['-1, by version 1', v1('-1', '100000')],
  ])('a limit of %s is none', async (_, cgroup) => {
    expect(await use(0.1, cgroup)).toMatchObject({ metrics: { limited_by: 'machine', cpu_percent: 50 } });
  });

  test('the limit of the service that the agent runs in says nothing of the machine', async () => {
    machine.write('proc/self/cgroup', '0::/system.slice/monitor.service\n');
    machine.write('sys/fs/cgroup/system.slice/monitor.service/cpu.max', '10000 100000\n');
    machine.write('sys/fs/cgroup/system.slice/monitor.service/cpu.stat', 'usage_usec 1\n');
    expect(await between('0 0 0 0', '20 0 0 80')).toMatchObject({ metrics: { limited_by: 'machine' } });
  });

  describe('the reading of the last run', () => {
    const cgroup = v2('50000 100000');
    async function later(usedNow: number, alter: (kept: object) => object = (kept) => kept) {
      machine.write('proc/sys/kernel/random/boot_id', 'b1\n');
      cgroup.limit();
      cgroup.used(1000);
      machineAt(1000);
      const first = await runOn(machine, cpu.bind({}), { clock: quickClock(() => machineAt(1100)) });
      machineAt(1100 + 6000);
      cgroup.used(usedNow);
      let waits = 0;
      const quick = quickClock(() => {
        waits += 1;
        machineAt(1100 + 6100);
      });
      const clock = { ...quick, now: () => quick.now() + 60_300 };
      const remembered = { cpu: alter(first.remember.cpu as object) };
      const { results } = await runOn(machine, cpu.bind({}), { clock, remembered });
      return { waits, ...results[0]?.metrics };
    }

    test('serves as the first one', async () => {
      expect(await later(1018)).toMatchObject({ waits: 0, cpu_percent: 60, limited_by: 'container' });
    });

    test('is of the container that was started anew since', async () => {
      expect(await later(6)).toMatchObject({ waits: 0, cpu_percent: 20 });
    });

    test('without what the container had used does not serve', async () => {
      const alter = ({ usedSeconds, ...kept }: { usedSeconds?: number }) => kept;
      expect(await later(1018, alter)).toMatchObject({ waits: 1, cpu_percent: 0, limited_by: 'container' });
    });
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

describe('counters that cannot be', () => {
  const MAX = '18446744073709551615';
  const fresh = '10 0 0 90 0 0 0 0';
  test.each([
    ['steal went back, as after a migration', '0 0 0 0 0 0 0 500', '10 0 0 90 0 0 0 3'],
    ['all began anew', '9000 0 9000 9000 0 0 0 0', '10 0 10 90 0 0 0 0'],
    ['idle time went back', '0 0 0 5000 0 0 0 0', '10 0 0 90 0 0 0 0'],
    ['-1 as 64 bits', '0 0 0 0 0 0 0 0', `10 0 0 90 0 0 0 ${MAX}`],
    ['a line that was cut short', '0 0 0 0 0 0 0 0', '10 0 0'],
  ])('%s: unknown, for two readings say no difference', async (_, before, after) => {
    expect(await between(before, after)).toMatchObject({
      status: 'unknown',
      message: expect.stringMatching(/cpu|counters/),
    });
  });

  test('the reading of the last run is left for two new ones', async () => {
    machine.write('proc/sys/kernel/random/boot_id', 'b1\n');
    machine.write('proc/stat', stat('0 0 0 0 0 0 0 0'));
    const all = { user: 9000, system: 9000, idle: 9000, iowait: 0, steal: 0 };
    const clock = quickClock(() => machine.write('proc/stat', stat(fresh)));
    const remembered = { cpu: { boot: 'b1', at: clock.now() - 60_000, all } };
    const { results } = await runOn(machine, cpu.bind({}), { clock, remembered });
    expect(results[0]).toMatchObject({ status: 'ok', message: 'CPU at 10%' });
  });
});

describe('cores', () => {
  test('are matched by name: one that went away moves no other', async () => {
    machine.write('proc/stat', 'cpu 0 0 0 0\ncpu0 0 0 0 0\ncpu1 900 0 0 0\ncpu2 0 0 0 900\n');
    const after = 'cpu 50 0 0 150\ncpu0 50 0 0 50\ncpu2 0 0 0 1000\ncpu3 5 0 0 5\n';
    const clock = quickClock(() => machine.write('proc/stat', after));
    const [result] = (await runOn(machine, cpu.bind({ per_core: true }), { clock })).results;
    expect(result?.metrics).toMatchObject({ cores: 3, per_core_percent: [50, 0, null] });
  });
});

describe('a container that is not told whole', () => {
  test.each([
    ['a quota, version 2', { 'cpu.max': '50000 100000' }],
    ['a set, version 2', { 'cpuset.cpus.effective': '0-1', 'cpu.max': 'max 100000' }],
    ['a quota, version 1', { 'cpu/cpu.cfs_quota_us': '50000', 'cpu/cpu.cfs_period_us': '100000' }],
    ['a set, version 1', { 'cpuset/cpuset.cpus': '0,3' }],
  ])('%s without its use: unknown, not the figure of the machine', async (_, files) => {
    for (const [file, text] of Object.entries(files)) machine.write(`sys/fs/cgroup/${file}`, `${text}\n`);
    const cores = (ticks: string) => `cpu ${ticks}\n${[0, 1, 2, 3].map((n) => `cpu${n} ${ticks}\n`).join('')}`;
    machine.write('proc/stat', cores('0 0 0 0'));
    const clock = quickClock(() => machine.write('proc/stat', cores('10 0 0 90')));
    const [result] = (await runOn(machine, cpu.bind({}), { clock })).results;
    expect(result).toMatchObject({ status: 'unknown', message: expect.stringContaining('its use is not told') });
  });

  test('two of four cores: what they can do counts', async () => {
    machine.write('sys/fs/cgroup/cpuset.cpus.effective', '0,2\n');
    const at = (busy: number, idle: number, used: number) => {
      const cores = [0, 1, 2, 3].map((n) => `cpu${n} ${busy / 4} 0 0 ${idle / 4}\n`).join('');
      machine.write('proc/stat', `cpu ${busy} 0 0 ${idle}\n${cores}`);
      machine.write('sys/fs/cgroup/cpu.stat', `usage_usec ${used * 1e6}\n`);
    };
    at(0, 0, 7);
    const [result] = (await runOn(machine, cpu.bind({}), { clock: quickClock(() => at(200, 200, 9)) })).results;
    expect(result).toMatchObject({
      status: 'critical',
      metrics: { limit_cores: 2, cpu_percent: 100, machine_percent: 50 },
    });
  });
});
