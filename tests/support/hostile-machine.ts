import { spawnSync } from 'node:child_process';
import { constants, openSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** One way to spoil a file of a machine. */
export interface Spoil {
  readonly name: string;
  /** Of a text, all that may stand in its place. */
  of(text: string): readonly string[];
}

const NUMBER = /-?\d+(?:\.\d+)?/g;

/** What stands where a figure is not told, or went over the end of its type. */
const SENTINELS = ['-1', '18446744073709551615', '', '9223372036854775807', '4294967295', '0', 'nan'];

/** Ways in which text of the kernel comes out wrong. */
export const SPOILS: readonly Spoil[] = [
  {
    name: 'cut short',
    of: (text) =>
      [0, 1, text.length / 4, text.length / 2, (3 * text.length) / 4, text.length - 2].map((end) => text.slice(0, end)),
  },
  {
    name: 'a sentinel for one figure',
    of: (text) =>
      [...text.matchAll(NUMBER)].flatMap(({ index, 0: figure }) =>
        SENTINELS.slice(0, 3).map((sentinel) => text.slice(0, index) + sentinel + text.slice(index + figure.length)),
      ),
  },
  { name: 'a sentinel for all figures', of: (text) => SENTINELS.map((sentinel) => text.replace(NUMBER, sentinel)) },
  {
    name: 'something else',
    of: () => ['\n\n\n', '\0'.repeat(4096), 'Permission denied\n', '\ufffd{"a":1}\n', ' '.repeat(5000)],
  },
];

/** Ways in which a file cannot be read; each makes `path` of a machine so. */
export const OBSTACLES: Readonly<Record<string, (path: string) => void>> = {
  gone: (path) => rmSync(path),
  'a folder': (path) => {
    rmSync(path);
    spawnSync('mkdir', [path]);
  },
  'a pipe that nobody writes to': (path) => {
    rmSync(path);
    spawnSync('mkfifo', [path]);
  },
  'a pipe whose writer says nothing': (path) => {
    rmSync(path);
    spawnSync('mkfifo', [path]);
    // Without it the pipe has ended for who reads it. Left open: the process of the test ends soon.
    openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  },
  'without an end': (path) => {
    rmSync(path);
    symlinkSync('/dev/zero', path);
  },
  'a link to itself': (path) => {
    rmSync(path);
    symlinkSync(path, path);
  },
};

/** A file of a machine: `path` within it, written at the start or when the `stage`th wait is over, as it is at `place`. */
export interface MachineFile {
  readonly path: string;
  readonly stage: number;
  readonly place: string;
}

/** Of files of one kind (every process has a `stat`) the first: what is wrong with one is wrong with the others. */
export function kindsOf(files: readonly MachineFile[]): MachineFile[] {
  const kind = ({ path, stage }: MachineFile) => `${stage} ${path.replaceAll(/\d+/g, 'N')}`;
  return [...new Map(files.toReversed().map((file) => [kind(file), file])).values()];
}

/** Files of a fixture that stand for the machine's. */
export function filesOf(fixture: string): MachineFile[] {
  return readdirSync(fixture, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'case.json')
    .map((entry): MachineFile => {
      const place = join(entry.parentPath, entry.name);
      const [, stage = '0', path = ''] = /^(?:later\/(\d+)\/)?(.*)$/s.exec(place.slice(fixture.length + 1)) ?? [];
      return { path, stage: Number(stage), place };
    });
}

/** A message without where its machine lies: letters drawn for the name of a folder may be "NaN". */
export function withoutFolder(message: string): string {
  return message.replaceAll(/\/\S*\/monitor-machine-\w+/g, '');
}

/** What no result may hold, however wrong the machine: figures that cannot be, and words of this program's own trouble. */
export function absurdities(result: { message: string; metrics: unknown }, checker: string): string[] {
  const found: string[] = [];
  const message = withoutFolder(result.message);
  if (/undefined|NaN|Infinity|\[object|\d(?:\.\d+)?e[+-]\d|-\d+(?:\.\d+)?(?:%| [KMGTP]?i?B\b)/.test(message))
    found.push(message);
  const walk = (value: unknown, name: string): void => {
    if (typeof value === 'object' && value !== null) for (const [key, one] of Object.entries(value)) walk(one, key);
    if (typeof value !== 'number') return;
    if (value < 0 && checker !== 'temperature' && checker !== 'plugin') found.push(`${name} is ${value}`);
    if (name.endsWith('percent') && value > 100) found.push(`${name} is ${value}`);
    if (value > 2 ** 63) found.push(`${name} is ${value}`);
  };
  walk(result.metrics, '');
  return found;
}
