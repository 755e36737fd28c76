import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
