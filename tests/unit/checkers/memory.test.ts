import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { memory } from '../../../src/checkers/memory.ts';
import { createMachine, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine();
  machine.write('proc/meminfo', meminfo(8192, 6144));
});
afterEach(() => machine.remove());

/** In MiB. */
function meminfo(total: number, available: number, swap = 0, swapFree = 0): string {
  const kib = { MemTotal: total, MemAvailable: available, SwapTotal: swap, SwapFree: swapFree };
  return Object.entries(kib)
    .map(([name, mib]) => `${name}:   ${mib * 1024} kB\n`)
    .join('');
}

async function look(options: unknown = {}) {
  const [result] = (await runOn(machine, memory.bind(options))).results;
  return result;
}

const MIB = 1024 * 1024;

describe('of the machine', () => {
  test('what is available does not count as used', async () => {
    expect(await look()).toMatchObject({
      status: 'ok',
      message: 'Memory at 25%, 6 GiB of 8 GiB available; no swap',
      metrics: { memory_percent: 25, limited_by: 'machine' },
    });
  });

  test('a kernel without MemAvailable', async () => {
    machine.write('proc/meminfo', 'MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 250 kB\n');
    expect(await look()).toMatchObject({ metrics: { memory_percent: 60 } });
  });

  test('the cache of ZFS does not count as used, but what it keeps does', async () => {
    const stats = `13 1 0x01\nname type data\nsize                            4    ${1024 * MIB}\nc_min                           4    ${256 * MIB}\n`;
    machine.write('proc/spl/kstat/zfs/arcstats', stats);
    expect(await look()).toMatchObject({ metrics: { used_bytes: (2048 - 768) * MIB } });
  });

  test.each([
    [{}, 'warning', 'swap at 95% (warning at 90%)'],
    [{ swap_warning: null }, 'ok', 'swap at 95%'],
    [{ swap_critical: 95 }, 'critical', 'swap at 95% (critical at 95%)'],
  ])('swap with %j', async (options, status, text) => {
    machine.write('proc/meminfo', meminfo(8192, 6144, 1000, 50));
    expect(await look(options)).toMatchObject({ status, message: expect.stringContaining(text) });
  });

  test('no meminfo is unknown', async () => {
    machine.write('proc/meminfo', '');
    expect(await look()).toMatchObject({ status: 'unknown', message: expect.stringContaining('no MemTotal') });
  });
});

describe('of a container', () => {
  test('cgroup v2: the limit counts, and file pages that can be given back do not', async () => {
    machine.write('sys/fs/cgroup/memory.max', `${1024 * MIB}\n`);
    machine.write('sys/fs/cgroup/memory.current', `${1000 * MIB}\n`);
    machine.write('sys/fs/cgroup/memory.stat', `anon 1\nfile 2\ninactive_file ${40 * MIB}\nactive_file 5\n`);
    machine.write('sys/fs/cgroup/memory.swap.max', '0\n');
    machine.write('sys/fs/cgroup/memory.swap.current', '0\n');
    expect(await look()).toMatchObject({
      status: 'critical',
      message: "Memory at 93.8% of the container's limit (critical at 90%), 64 MiB of 1 GiB available; no swap",
      metrics: { limited_by: 'container', total_bytes: 1024 * MIB, machine_total_bytes: 8192 * MIB },
    });
  });

  test('cgroup v1: total_inactive_file is what counts', async () => {
    machine.write('sys/fs/cgroup/memory/memory.limit_in_bytes', `${1024 * MIB}\n`);
    machine.write('sys/fs/cgroup/memory/memory.usage_in_bytes', `${768 * MIB}\n`);
    machine.write('sys/fs/cgroup/memory/memory.stat', `inactive_file 1\ntotal_inactive_file ${256 * MIB}\n`);
    expect(await look()).toMatchObject({ metrics: { memory_percent: 50, limited_by: 'container' } });
  });

  test.each([
    ['memory.max', 'max', 'memory.current'],
    ['memory.max', String(8192 * MIB), 'memory.current'],
    ['memory/memory.limit_in_bytes', '9223372036854771712', 'memory/memory.usage_in_bytes'],
  ])('%s of %s is no limit', async (file, limit, usage) => {
    machine.write(`sys/fs/cgroup/${file}`, `${limit}\n`);
    machine.write(`sys/fs/cgroup/${usage}`, `${4096 * MIB}\n`);
    expect(await look()).toMatchObject({ metrics: { memory_percent: 25, limited_by: 'machine' } });
  });

  test('the limit of the service that the agent runs in says nothing of the machine', async () => {
    machine.write('proc/self/cgroup', '0::/system.slice/monitor.service\n');
    machine.write('sys/fs/cgroup/system.slice/monitor.service/memory.max', `${100 * MIB}\n`);
    machine.write('sys/fs/cgroup/system.slice/monitor.service/memory.current', `${99 * MIB}\n`);
    expect(await look()).toMatchObject({ status: 'ok', metrics: { limited_by: 'machine' } });
  });
});

describe('figures that cannot be beside each other', () => {
  const kib = (fields: object) =>
    Object.entries(fields)
      .map(([name, value]) => `${name}: ${value} kB\n`)
      .join('');
  const TOTAL = { MemTotal: 1000, MemFree: 100 };

  test.each([
    ['MemAvailable beyond MemTotal', { ...TOTAL, MemAvailable: 5000, Cached: 100 }, 'warning', 80],
    ['shared pages are not given back', { ...TOTAL, Cached: 800, Shmem: 790 }, 'warning', 89],
    ['SReclaimable is given back', { ...TOTAL, Cached: 100, SReclaimable: 300 }, 'ok', 50],
    ['more shared than cached', { ...TOTAL, Cached: 10, Shmem: 700 }, 'critical', 90],
    ['a part of nothing', { MemTotal: 1000, MemAvailable: 0 }, 'critical', 100],
  ])('%s', async (_, fields, status, percent) => {
    machine.write('proc/meminfo', kib(fields));
    expect(await look()).toMatchObject({ status, metrics: { memory_percent: percent } });
  });

  test.each([
    ['MemFree beyond MemTotal', { MemTotal: 1000, MemFree: 2000, MemAvailable: 500 }],
    ['MemTotal of nothing', { MemTotal: 0, MemFree: 0, MemAvailable: 0 }],
    ['nothing but a total', { MemTotal: 1000 }],
    ['-1 as 64 bits', { MemTotal: '18446744073709551615', MemFree: 1, MemAvailable: 1 }],
    ['more free swap than swap', { ...TOTAL, MemAvailable: 900, SwapTotal: 10, SwapFree: 20 }],
  ])('%s is unknown', async (_, fields) => {
    machine.write('proc/meminfo', kib(fields));
    expect(await look()).toMatchObject({ status: 'unknown' });
  });

  test.each([
    ['larger than what is used', 3000, ''],
    ['beside the memory of a container', 500, '5 1 0:50 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n'],
  ])('a cache of ZFS %s is the host’s', async (_, mib, mounts) => {
    machine.write('proc/self/mountinfo', mounts);
    machine.write('proc/spl/kstat/zfs/arcstats', `size 4 ${mib * MIB}\nc_min 4 0\n`);
    expect(await look()).toMatchObject({ metrics: { memory_percent: 25 } });
  });
});

describe('figures of a container', () => {
  const write = (files: Readonly<Record<string, string | number>>) => {
    for (const [file, text] of Object.entries(files)) machine.write(`sys/fs/cgroup/${file}`, `${text}\n`);
  };
  const half = { 'memory.max': 1000 * MIB, 'memory.current': 500 * MIB };

  test.each([
    ['memory.high is a limit too', { 'memory.max': 'max', 'memory.high': 1000 * MIB, 'memory.current': 500 * MIB }],
    ['the lower of both', { 'memory.max': 4000 * MIB, 'memory.high': 1000 * MIB, 'memory.current': 500 * MIB }],
    ['more inactive than there is', { ...half, 'memory.stat': `inactive_file ${900 * MIB}` }],
  ])('%s', async (_, files) => {
    write(files);
    expect(await look()).toMatchObject({ metrics: { memory_percent: 50, total_bytes: 1000 * MIB } });
  });

  test.each([
    ['a limit without use', { 'memory.max': 1000 * MIB }],
    ['more than the machine has', { 'memory.max': 1000 * MIB, 'memory.current': 9000 * MIB }],
    ['more swap than the machine has', { ...half, 'memory.swap.max': 'max', 'memory.swap.current': 5000 * MIB }],
    ['a limit without use, version 1', { 'memory/memory.limit_in_bytes': 1000 * MIB }],
  ])('%s is unknown', async (_, files) => {
    write(files);
    expect(await look()).toMatchObject({ status: 'unknown' });
  });

  test('swap of the host is not the container’s', async () => {
    machine.write('proc/meminfo', meminfo(8192, 6144, 1000, 1));
    write(half);
    expect(await look()).toMatchObject({ status: 'ok', message: expect.stringContaining('no swap') });
  });

  test.each([
    ['of which 1% is free', 100, 99, 'warning', 99],
    ['which has none', 0, 0, 'ok', 0],
  ])('a swap limit beyond the swap of the machine, %s, is no swap', async (_, total, used, status, percent) => {
    machine.write('proc/meminfo', meminfo(8192, 6144, total, total - used));
    write({ ...half, 'memory.swap.max': 512 * MIB, 'memory.swap.current': used * MIB });
    expect(await look()).toMatchObject({ status, metrics: { swap_percent: percent, swap_total_bytes: total * MIB } });
  });

  test('version 1 limits memory and swap together', async () => {
    machine.write('proc/meminfo', meminfo(8192, 6144, 1000, 900));
    write({
      'memory/memory.limit_in_bytes': 1000 * MIB,
      'memory/memory.usage_in_bytes': 500 * MIB,
      'memory/memory.memsw.limit_in_bytes': 1100 * MIB,
      'memory/memory.memsw.usage_in_bytes': 595 * MIB,
    });
    expect(await look()).toMatchObject({ status: 'warning', metrics: { swap_percent: 95 } });
  });
});
