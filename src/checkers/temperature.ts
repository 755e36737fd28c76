import * as z from 'zod';
import { type CheckStatus, judge, worst } from '../core/check.ts';
import { reached, round } from '../core/figures.ts';
import { readSensors, type Sensor } from '../lib/machine/sensors.ts';
import {
  type Checker,
  confirmationOf,
  confirming,
  type Finding,
  inOrder,
  lateOptions,
  oncePerRun,
  optionsOf,
  overrides,
  ownInOrder,
  ownThreshold,
  timeout,
  type World,
} from './contract.ts';

/** For sensors without limits of their own. */
const DEFAULTS = { warning: 80, critical: 90 } as const;
const limit = (state: keyof typeof DEFAULTS) =>
  ownThreshold(1000).describe(
    `Degrees Celsius at which the state is ${state}; null: never. Left out: the sensor's own limit, else ${DEFAULTS[state]}`,
  );

const options = lateOptions(
  () =>
    z
      .strictObject({
        warning: limit('warning'),
        critical: limit('critical'),
        ignore: z
          .array(z.string({ error: 'must be the name of a sensor as the check tells it' }))
          .default([])
          .describe('Sensors to leave out, by the names that the check tells'),
        overrides: overrides({ warning: ownThreshold(1000), critical: ownThreshold(1000) }, 'sensors'),
        ...confirming(),
        timeout: timeout(),
      })
      .refine(...inOrder('warning', 'critical'))
      .superRefine(ownInOrder(['warning', 'critical'])),
  { ignore: [], overrides: {}, attempts: 1, for: 0, timeout: 10_000 },
);

type Options = z.output<typeof options.schema>;

/** The machine's sensors, each by the limits that the hardware itself names. */
export const temperature: Checker = {
  name: 'temperature',
  summary: 'every sensor of the machine, by its own limits',
  byDefault: true,
  items: 'sensor',
  options,
  bind(given) {
    const bound = options.parse(given);
    const confirmation = confirmationOf(bound);
    const check = { name: 'temperature', title: 'Temperature', timeoutMs: bound.timeout, confirmation };
    const sensors = oncePerRun((world) => (world.platform === 'linux' ? readSensors(world.sys) : readPortable()));
    const available = async (world: World) =>
      (await sensors(world)).length > 0 ? null : 'this machine tells no temperature';
    return [{ ...check, available, run: async (world) => judgeAll(await sensors(world), bound) }];
  },
};

/** A sensor with its state. */
interface Judged extends Sensor {
  readonly status: CheckStatus;
  readonly text: string;
}

const SHOWN = 3;

function judgeAll(all: readonly Sensor[], bound: Options): Finding {
  const kept = all.filter((sensor) => !bound.ignore.includes(sensor.name));
  const judged = kept.map((sensor) => judgeOne(sensor, optionsOf<Options>(bound, sensor.name)));
  const warmth = ({ celsius }: Sensor) => celsius ?? Number.NEGATIVE_INFINITY;
  const [hottest] = judged.toSorted((a, b) => warmth(b) - warmth(a));
  if (hottest === undefined) throw new Error('every sensor is left out by checkers.temperature.ignore');
  const rank = { critical: 0, warning: 1, unknown: 2, ok: 3 };
  const bad = judged
    .filter((one) => one.status !== 'ok')
    .toSorted((a, b) => rank[a.status] - rank[b.status] || warmth(b) - warmth(a));
  const shown = bad.length > 0 ? bad.slice(0, SHOWN) : [hottest];
  const isHottest = shown.length === 1 && shown[0] === hottest;
  const more = isHottest
    ? `, the hottest of ${judged.length}`
    : bad.length > SHOWN
      ? `; and ${bad.length - SHOWN} more`
      : '';
  return {
    status: worst(judged.map((one) => one.status)),
    message: shown.map((one) => one.text).join('; ') + more,
    metrics: {
      temperature_celsius: hottest.celsius,
      sensors: Object.fromEntries(judged.map((one) => [one.name, one.celsius])),
    },
    items: judged.map(({ name, status, text, celsius }) => ({
      name,
      title: `Temperature of ${name}`,
      status,
      message: text,
      metrics: { temperature_celsius: celsius },
      labels: { sensor: name },
    })),
  };
}

function judgeOne(sensor: Sensor, own: Options): Judged {
  const { name, celsius, alarm } = sensor;
  if (celsius === null) return { ...sensor, status: 'unknown', text: `${name} cannot be asked: ${sensor.problem}` };
  const critical = own.critical === undefined ? (sensor.critical ?? DEFAULTS.critical) : own.critical;
  const high =
    sensor.high ?? (sensor.critical === null ? DEFAULTS.warning : Math.min(DEFAULTS.warning, sensor.critical));
  const limits = { warning: own.warning === undefined ? high : own.warning, critical };
  const ofReading = judge(celsius, limits);
  const status = alarm === null ? ofReading : worst([ofReading, alarm]);
  const raised =
    alarm === null ? '' : `, ${alarm === 'critical' ? 'critical by its own alarm' : 'too high by its own alarm'}`;
  return { ...sensor, status, text: `${name} at ${celsius} °C${reached(ofReading, limits, ' °C')}${raised}` };
}

async function readPortable(): Promise<Sensor[]> {
  const { cpuTemperature } = await import('systeminformation');
  const { main } = await cpuTemperature();
  if (typeof main !== 'number') return [];
  return [{ name: 'cpu', celsius: round(main), problem: null, high: null, critical: null, alarm: null }];
}
