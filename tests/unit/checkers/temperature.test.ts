import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temperature } from '../../../src/checkers/temperature.ts';
import { createMachine, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

async function look(options: object = {}) {
  const [result] = (await runOn(machine, temperature.bind(options))).results;
  return result;
}

const zone = (index: number, type: string, value: string) => {
  machine.write(`sys/class/thermal/thermal_zone${index}/type`, `${type}\n`);
  machine.write(`sys/class/thermal/thermal_zone${index}/temp`, value);
};

test('thermal zones stand in where there is no hardware monitor', async () => {
  zone(0, 'cpu-thermal', '48312\n');
  zone(1, 'cpu-thermal', '51000\n');
  expect(await look()).toMatchObject({
    status: 'ok',
    message: 'cpu-thermal 2 at 51 °C, the hottest of 2',
    metrics: { temperature_celsius: 51, sensors: { 'cpu-thermal': 48.3, 'cpu-thermal 2': 51 } },
  });
});

test('a sensor can be left out by its name', async () => {
  zone(0, 'broken', '120000\n');
  zone(1, 'cpu', '85000\n');
  expect(await look()).toMatchObject({ status: 'critical' });
  expect(await look({ ignore: ['broken'] })).toMatchObject({ status: 'warning' });
  expect(await look({ ignore: ['broken', 'cpu'] })).toMatchObject({ status: 'unknown' });
});

test.each(['-274000', '255000', 'N/A', ''])('a reading of %j is none', async (value) => {
  zone(0, 'odd', value);
  expect(await look()).toMatchObject({ message: 'not available here: this machine tells no temperature' });
});

/** Files of a chip, `temp1_input` and the like. */
function chip(index: number, name: string, files: Readonly<Record<string, string | number>>, device?: string): void {
  const folder = `sys/class/hwmon/hwmon${index}`;
  machine.write(`${folder}/name`, `${name}\n`);
  for (const [file, value] of Object.entries(files)) machine.write(`${folder}/${file}`, `${value}\n`);
  if (device === undefined) return;
  mkdirSync(join(machine.folder, 'sys/devices', device), { recursive: true });
  symlinkSync(join('../../../devices', device), join(machine.folder, folder, 'device'));
}

const states = (result: Awaited<ReturnType<typeof look>>) =>
  Object.fromEntries((result?.items ?? []).map((item) => [item.name.slice('temperature:'.length), item.status]));

describe('what the hardware says of a sensor', () => {
  test.each([
    ['the end of a scale', { temp1_input: 127000 }],
    ['the end of a scale with a half', { temp1_input: 127500 }],
    ['the lower end of a scale', { temp1_input: -128000 }],
    ['the end of eight bits', { temp1_input: 255000 }],
    ['a fault', { temp1_input: 95000, temp1_fault: 1 }],
    ['one that is off', { temp1_input: 95000, temp1_enable: 0 }],
    ['no number', { temp1_input: 'N/A' }],
  ])('%s is no temperature', async (_, files) => {
    chip(0, 'it87', files);
    expect(await look()).toMatchObject({ message: 'not available here: this machine tells no temperature' });
  });

  test.each([
    ['below its own limit', { temp1_input: 95000, temp1_crit: 110000, temp1_max: 100000 }, 'ok'],
    ['at its own high one', { temp1_input: 101000, temp1_crit: 110000, temp1_max: 100000 }, 'warning'],
    ['at its own critical one, which is low', { temp1_input: 71000, temp1_crit: 70000 }, 'critical'],
    ['emergency, where it has no other', { temp1_input: 121000, temp1_emergency: 120000 }, 'critical'],
    ['a limit that cannot be', { temp1_input: 85000, temp1_crit: 65261850, temp1_max: -128000 }, 'warning'],
    ['a limit at the end of a scale', { temp1_input: 91000, temp1_crit: 127000 }, 'critical'],
    ['its critical alarm', { temp1_input: 50000, temp1_crit_alarm: 1 }, 'critical'],
    ['its emergency alarm', { temp1_input: 35000, temp1_emergency_alarm: 1 }, 'critical'],
    ['its high alarm', { temp1_input: 50000, temp1_max: 60000, temp1_max_alarm: 1 }, 'warning'],
    ['an alarm of a limit that cannot be', { temp1_input: 50000, temp1_max: 0, temp1_alarm: 1 }, 'ok'],
    [
      'a critical alarm of a limit that cannot be',
      { temp1_input: 50000, temp1_crit: -1000, temp1_crit_alarm: 1 },
      'ok',
    ],
  ])('%s', async (_, files, status) => {
    chip(0, 'nct6775', files);
    expect(await look()).toMatchObject({ status });
  });

  test('what is configured goes over it, for all and for one', async () => {
    chip(0, 'x', { temp1_input: 71000, temp1_crit: 70000, temp2_input: 71000, temp2_crit: 70000 });
    expect(states(await look({ critical: 90 }))).toEqual({ 'x temp1': 'warning', 'x temp2': 'warning' });
    expect(states(await look({ overrides: { 'x temp1': { warning: null, critical: null } } }))).toEqual({
      'x temp1': 'ok',
      'x temp2': 'critical',
    });
    expect(() => temperature.bind({ critical: 70, overrides: { a: { warning: 75 } } })).toThrow(
      'must not be beyond critical, which is 70',
    );
  });

  test('Tctl is no temperature beside Tdie, and is one alone', async () => {
    const both = { temp1_input: 65000, temp1_label: 'Tdie', temp2_input: 92000, temp2_label: 'Tctl' };
    chip(0, 'k10temp', both);
    expect(states(await look())).toEqual({ 'k10temp Tdie': 'ok' });
    chip(0, 'k10temp', { temp1_label: 'Tccd1' });
    expect(states(await look())).toEqual({ 'k10temp Tccd1': 'ok', 'k10temp Tctl': 'critical' });
  });

  test('limits of a thermal zone are its trip points', async () => {
    zone(0, 'soc', '96000');
    const trips = { 0: ['passive', 85000], 1: ['hot', 95000], 2: ['critical', 115000] };
    for (const [point, [type, temp]] of Object.entries(trips)) {
      machine.write(`sys/class/thermal/thermal_zone0/trip_point_${point}_type`, `${type}\n`);
      machine.write(`sys/class/thermal/thermal_zone0/trip_point_${point}_temp`, `${temp}\n`);
    }
    expect(await look()).toMatchObject({
      status: 'warning',
      message: 'soc at 96 °C (warning at 95 °C), the hottest of 1',
    });
  });

  test('a drive that is gone is not asked, and unknown', async () => {
    chip(0, 'drivetemp', { temp1_input: 30000 }, 'target0');
    chip(1, 'coretemp', { temp1_input: 40000 });
    machine.write('sys/devices/target0/state', 'offline\n');
    expect(await look()).toMatchObject({
      status: 'unknown',
      message: 'drivetemp temp1 cannot be asked: its device is offline',
    });
    machine.write('sys/devices/target0/state', 'running\n');
    expect(await look()).toMatchObject({ status: 'ok' });
  });
});

describe('each sensor is an alert of its own', () => {
  test('the line names those that are wrong', async () => {
    chip(0, 'cpu', { temp1_input: 99000, temp1_crit: 110000, temp1_max: 105000 });
    chip(1, 'nvme', { temp1_input: 86000, temp1_crit: 84000, temp1_label: 'Composite' });
    const result = await look();
    expect(result?.message).toBe('nvme Composite at 86 °C (critical at 84 °C)');
    expect(states(result)).toEqual({ 'cpu temp1': 'ok', 'nvme Composite': 'critical' });
    expect(result?.items?.[1]).toMatchObject({
      title: 'Temperature of nvme Composite',
      labels: { sensor: 'nvme Composite' },
    });
  });

  test('two of one name are told apart by their device, whichever number the kernel gave them', async () => {
    const names = async (first: string, second: string) => {
      chip(0, 'nvme', { temp1_input: 41000 }, first);
      chip(1, 'nvme', { temp1_input: 42000 }, second);
      return Object.entries(Object((await look())?.metrics.sensors)).toSorted();
    };
    expect(await names('nvme0', 'nvme1')).toEqual([
      ['nvme temp1 (nvme0)', 41],
      ['nvme temp1 (nvme1)', 42],
    ]);
    machine.remove();
    machine = createMachine();
    expect(await names('nvme1', 'nvme0')).toEqual([
      ['nvme temp1 (nvme0)', 42],
      ['nvme temp1 (nvme1)', 41],
    ]);
  });

  test('a name does not move when another of it falls silent', async () => {
    zone(0, 'cpu', '41000');
    zone(1, 'cpu', '42000');
    zone(0, 'cpu', '-274000');
    expect(states(await look())).toEqual({ 'cpu 2': 'ok' });
  });
});
