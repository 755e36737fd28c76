import * as z from 'zod';
import { judge } from '../core/check.ts';
import { reached, round } from '../core/figures.ts';
import { readNames, readText } from '../lib/files/read.ts';
import { type Checker, inOrder, threshold, timeout, type World } from './contract.ts';

const options = z
  .strictObject({
    warning: threshold('warning', 'Degrees Celsius of the hottest sensor', 80, 1000),
    critical: threshold('critical', 'Degrees Celsius of the hottest sensor', 90, 1000),
    ignore: z
      .array(z.string({ error: 'must be the name of a sensor as the check tells it' }))
      .default([])
      .describe('Sensors to leave out, by the names that the check tells'),
    timeout: timeout(),
  })
  .refine(...inOrder('warning', 'critical'));

/** The hottest of the machine's sensors. */
export const temperature: Checker = {
  name: 'temperature',
  summary: 'hottest sensor of the machine',
  byDefault: true,
  options,
  bind(given) {
    const bound = options.parse(given);
    const check = { name: 'temperature', title: 'Temperature', timeoutMs: bound.timeout };
    const available = async (world: World) =>
      (await readSensors(world)).length > 0 ? null : 'this machine tells no temperature';
    return [{ ...check, available, run: (world) => run(world, bound) }];
  },
};

interface Sensor {
  readonly name: string;
  readonly celsius: number;
}

async function run(world: World, bound: z.output<typeof options>) {
  const sensors = (await readSensors(world)).filter((sensor) => !bound.ignore.includes(sensor.name));
  const hottest = sensors.toSorted((a, b) => b.celsius - a.celsius)[0];
  if (hottest === undefined) throw new Error('every sensor is left out by checkers.temperature.ignore');
  const status = judge(hottest.celsius, bound);
  return {
    status,
    message: `${hottest.name} at ${hottest.celsius} °C${reached(status, bound, ' °C')}, the hottest of ${sensors.length}`,
    metrics: {
      temperature_celsius: hottest.celsius,
      sensors: Object.fromEntries(sensors.map((sensor) => [sensor.name, sensor.celsius])),
    },
  };
}

async function readSensors(world: World): Promise<Sensor[]> {
  if (world.platform !== 'linux') return readPortable();
  const monitors = await readMonitors(`${world.sys}/class/hwmon`);
  const sensors = monitors.length > 0 ? monitors : await readZones(`${world.sys}/class/thermal`);
  // Inputs that nothing is connected to read far outside what a machine survives.
  const plausible = sensors.filter((sensor) => sensor.celsius > -40 && sensor.celsius < 150);
  return plausible.map((sensor, index) => {
    const twins = plausible.slice(0, index).filter((other) => other.name === sensor.name).length;
    return twins === 0 ? sensor : { ...sensor, name: `${sensor.name} ${twins + 1}` };
  });
}

/** Sensors of the hardware monitors: chip and label, in thousandths of a degree (kernel: hwmon/sysfs-interface). */
async function readMonitors(folder: string): Promise<Sensor[]> {
  const chips = await Promise.all(
    (await readNames(folder)).sort().map(async (chip) => {
      const files = (await readNames(`${folder}/${chip}`)).filter((file) => /^temp\d+_input$/.test(file));
      const name = (await readText(`${folder}/${chip}/name`))?.trim() || chip;
      return Promise.all(
        files.map(async (file) => {
          const label = (await readText(`${folder}/${chip}/${file.replace('_input', '_label')}`))?.trim();
          return sensor(`${name} ${label || file.replace('_input', '')}`, await readText(`${folder}/${chip}/${file}`));
        }),
      );
    }),
  );
  return chips.flat(2);
}

async function readZones(folder: string): Promise<Sensor[]> {
  const zones = (await readNames(folder)).sort().filter((name) => name.startsWith('thermal_zone'));
  const sensors = zones.map(async (zone) => {
    const type = (await readText(`${folder}/${zone}/type`))?.trim();
    return sensor(type || zone, await readText(`${folder}/${zone}/temp`));
  });
  return (await Promise.all(sensors)).flat();
}

function sensor(name: string, thousandths: string | null): Sensor[] {
  return /^-?\d+\s*$/.test(thousandths ?? '') ? [{ name, celsius: round(Number(thousandths) / 1000) }] : [];
}

async function readPortable(): Promise<Sensor[]> {
  const { cpuTemperature } = await import('systeminformation');
  const { main } = await cpuTemperature();
  return typeof main === 'number' ? [{ name: 'cpu', celsius: round(main) }] : [];
}
