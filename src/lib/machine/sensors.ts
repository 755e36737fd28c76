import { readlink } from 'node:fs/promises';
import { round } from '../../core/figures.ts';
import { readNames, readText } from '../files/read.ts';

/** A temperature sensor, and what the hardware itself says of it. */
export interface Sensor {
  /** Chip and label: `coretemp Core 0`. Two of one name are told apart by their device, else by a number. */
  readonly name: string;
  /** null when it could not be asked; then `problem` says why. */
  readonly celsius: number | null;
  readonly problem: string | null;
  /** Limits of the sensor in degrees Celsius, where it has some that can be. */
  readonly high: number | null;
  readonly critical: number | null;
  /** What its chip reports, whatever the reading. */
  readonly alarm: 'warning' | 'critical' | null;
}

/** Every sensor that says something: of the hardware monitors, else of the thermal zones. */
export async function readSensors(sys: string): Promise<Sensor[]> {
  const monitors = await readChips(`${sys}/class/hwmon`);
  const found = monitors.length > 0 ? monitors : await readZones(`${sys}/class/thermal`);
  // Names are given before any is left out, so that none moves when another falls silent.
  return withNames(found).filter(({ celsius, problem }) => problem !== null || canBe(celsius));
}

/** Inputs that nothing is connected to read the ends of their scale, or far outside what a machine survives. */
function canBe(celsius: number | null): boolean {
  return celsius !== null && celsius > -40 && celsius < 127;
}

interface Input extends Omit<Sensor, 'name'> {
  readonly chip: string;
  readonly label: string;
  /** What the chip is part of: `nvme0`, `0000:00:18.3`. */
  readonly device: string;
}

function withNames(inputs: readonly Input[]): Sensor[] {
  const nameOf = ({ chip, label }: Input) => `${chip} ${label}`.trim();
  return inputs.map((input, index) => {
    const { chip: _chip, label: _label, device, ...sensor } = input;
    const twins = inputs.filter((other) => nameOf(other) === nameOf(input));
    const isTold = twins.length > 1 && device !== '' && twins.filter((twin) => twin.device === device).length === 1;
    const before = inputs.slice(0, index).filter((other) => nameOf(other) === nameOf(input)).length;
    const number = before === 0 ? '' : ` ${before + 1}`;
    return { ...sensor, name: `${nameOf(input)}${isTold ? ` (${device})` : number}` };
  });
}

/** Numbers of chips change from start to start, so they are sorted by what they are part of. */
async function readChips(folder: string): Promise<Input[]> {
  const chips = await Promise.all(
    (await readNames(folder)).map(async (name) => {
      const path = `${folder}/${name}`;
      const device = (await readlink(`${path}/device`).catch(() => '')).replace(/^.*\//, '');
      return { path, name, device };
    }),
  );
  const inputs = chips
    .toSorted((a, b) => (a.device + a.name < b.device + b.name ? -1 : 1))
    .map(({ path, name, device }) => readChip(path, name, device));
  return (await Promise.all(inputs)).flat();
}

/** States of a drive in which it answers; in others its chip is not asked, for the kernel would wait for it. */
const ANSWERS = ['running', 'live'];

async function readChip(path: string, folder: string, device: string): Promise<Input[]> {
  const files = new Set(await readNames(path));
  const numbers = [...files].flatMap((file) => /^temp(\d+)_input$/.exec(file)?.[1] ?? []);
  if (numbers.length === 0) return [];
  const chip = (await readText(`${path}/name`))?.trim() || folder;
  const state = device === '' ? '' : ((await readText(`${path}/device/state`))?.trim() ?? '');
  const problem = state === '' || ANSWERS.includes(state) ? null : `its device is ${state}`;
  const inputs = await Promise.all(
    numbers.toSorted((a, b) => Number(a) - Number(b)).map((number) => readInput(path, number, files, problem)),
  );
  const known = inputs.flatMap((input) => (input === null ? [] : [{ chip, device, ...input }]));
  // Tctl is Tdie with an offset, for the fans: where both are there, it is no temperature.
  const hasDie = known.some(({ label }) => label === 'Tdie');
  return hasDie ? known.filter(({ label }) => label !== 'Tctl') : known;
}

/** One input of a hardware monitor, in thousandths of a degree (kernel: hwmon/sysfs-interface); null when it is off. */
async function readInput(path: string, number: string, files: ReadonlySet<string>, problem: string | null) {
  const prefix = `temp${number}`;
  const text = async (attribute: string) => {
    const file = `${prefix}_${attribute}`;
    return files.has(file) ? ((await readText(`${path}/${file}`))?.trim() ?? '') : '';
  };
  const label = (await text('label')) || prefix;
  const silent = { label, celsius: null, high: null, critical: null, alarm: null };
  if (problem !== null) return { ...silent, problem };
  const [input, fault, enable, critAlarm, emergencyAlarm, maxAlarm, alarm] = await Promise.all(
    ['input', 'fault', 'enable', 'crit_alarm', 'emergency_alarm', 'max_alarm', 'alarm'].map(text),
  );
  const celsius = degrees(input);
  if (fault === '1' || enable === '0' || celsius === null) return null;
  // Limits are only looked at where one may be near, or where one is said to be passed.
  const isRaised = [critAlarm, emergencyAlarm, maxAlarm, alarm].includes('1');
  const [max, crit, emergency] = await Promise.all(
    celsius >= LEAST_LIMIT || isRaised ? ['max', 'crit', 'emergency'].map(text) : [],
  );
  const high = limitOf(max);
  const critical = limitOf(crit) ?? limitOf(emergency);
  // An alarm of a limit that cannot be was raised by that.
  const isCritical = (critAlarm === '1' && fits(crit)) || (emergencyAlarm === '1' && fits(emergency));
  const isHigh = (maxAlarm === '1' || alarm === '1') && high !== null;
  return { label, celsius, problem, high, critical, alarm: isCritical ? CRITICAL : isHigh ? WARNING : null };
}

const CRITICAL = 'critical' as const;
const WARNING = 'warning' as const;
/** No machine is too warm below this. */
const LEAST_LIMIT = 40;

function degrees(thousandths: string | undefined): number | null {
  return /^-?\d{1,9}$/.test(thousandths ?? '') ? round(Number(thousandths) / 1000) : null;
}

function limitOf(text: string | undefined): number | null {
  const limit = degrees(text);
  return limit !== null && limit >= LEAST_LIMIT && canBe(limit) ? limit : null;
}

/** A limit that is not told may be any. */
function fits(limit: string | undefined): boolean {
  return limit === undefined || limit === '' || limitOf(limit) !== null;
}

async function readZones(folder: string): Promise<Input[]> {
  const zones = (await readNames(folder)).filter((name) => /^thermal_zone\d+$/.test(name));
  const inputs = zones
    .toSorted((a, b) => Number(a.slice(12)) - Number(b.slice(12)))
    .map(async (zone): Promise<Input[]> => {
      const path = `${folder}/${zone}`;
      const celsius = degrees((await readText(`${path}/temp`))?.trim());
      if (celsius === null) return [];
      const chip = (await readText(`${path}/type`))?.trim() || zone;
      const trips = celsius < LEAST_LIMIT ? new Map<string, string>() : await readTrips(path);
      const [high, critical] = [limitOf(trips.get('hot')), limitOf(trips.get('critical'))];
      return [{ chip, label: '', device: '', celsius, problem: null, high, critical, alarm: null }];
    });
  return (await Promise.all(inputs)).flat();
}

/** The temperatures at which the kernel acts on a zone, by what they mean to it. */
async function readTrips(path: string): Promise<Map<string, string>> {
  const points = (await readNames(path)).flatMap((file) => /^(trip_point_\d+)_type$/.exec(file)?.[1] ?? []);
  const trips = points.map(async (point): Promise<[string, string]> => {
    const [type, temp] = await Promise.all([readText(`${path}/${point}_type`), readText(`${path}/${point}_temp`)]);
    return [type?.trim() ?? '', temp?.trim() ?? ''];
  });
  return new Map(await Promise.all(trips));
}
