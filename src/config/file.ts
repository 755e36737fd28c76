import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { isObject } from '../core/reading/read.ts';
import { joinFragments } from './fragments.ts';
import { yamlFault } from './yaml-faults.ts';

/** A configuration file, parsed, with its fragments: plain values and the way back to their lines. */
export interface ConfigFile {
  /** Of the main file; paths that the values hold are relative to its folder. */
  readonly path: string;
  /** Everything that was read, the main file first. */
  readonly files: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
  /** `<path>:<line>` of a key, or of an item of a list by its number, given by its path; or of the nearest one above it. */
  at(keys: readonly string[]): string;
}

const LARGEST = 1024 ** 2;
const SYSTEM_FILE = '/etc/monitor/monitor.yaml';

const YAML_NAME = /^[^.].*\.ya?ml$/;

/** Where the fragments of a configuration file stand, beside it. */
const FRAGMENTS = 'conf.d';

/**
 * Reads the file that was named, else the first of `./monitor.yaml` and `/etc/monitor/monitor.yaml`, and what stands in
 * `conf.d/*.yaml` beside it; null when there is none. What is wrong with it is added to `problems`.
 */
export function readConfigFile(named: string | undefined, cwd: string, problems: string[]): ConfigFile | null {
  const candidates = named === undefined ? [resolve(cwd, 'monitor.yaml'), SYSTEM_FILE] : [resolve(cwd, named)];
  for (const path of candidates) {
    const text = readText(path, named !== undefined, problems);
    // Without a main file only the machine's own folder counts: a conf.d in a working folder is as likely another's.
    if (text === null && path !== SYSTEM_FILE) continue;
    const fragments = readFragments(join(dirname(path), FRAGMENTS), named !== undefined, problems);
    const files = text === null ? fragments : [parse(path, text, problems), ...fragments];
    const sound = files.filter((file) => file !== null);
    if (sound.length > 0) return joinFragments(path, sound, problems);
  }
  return null;
}

/**
 * Reads one YAML file that was named, and nothing beside it; of a folder all of its YAML files, those of its folders
 * too, joined as fragments are. Merge keys (`<<`) count, as most readers of YAML have it. null when something is wrong
 * with one of them, which is added to `problems`.
 */
export function readYamlFiles(named: string, cwd: string, problems: string[]): ConfigFile | null {
  const path = resolve(cwd, named);
  const files = yamlFilesOf(path, problems).map((file) => {
    const text = readText(file, true, problems);
    return text === null ? null : parse(file, text, problems, { merge: true });
  });
  const sound = files.filter((file) => file !== null);
  return sound.length < files.length || sound.length === 0 ? null : joinFragments(path, sound, problems);
}

function yamlFilesOf(path: string, problems: string[]): string[] {
  if (!(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [path];
  // Folders that begin with a dot hold what their names link to, where Kubernetes mounts them.
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(
    (name) => YAML_NAME.test(basename(name)) && !name.split(sep).some((part) => part.startsWith('.')),
  );
  const found = names.map((name) => join(path, name)).filter((file) => statSync(file).isFile());
  if (found.length === 0) problems.push(`${path}: holds no file that ends with .yaml or .yml`);
  return found.toSorted();
}

function readFragments(folder: string, isNamed: boolean, problems: string[]): (ConfigFile | null)[] {
  const names = fragmentNames(folder, problems);
  return names.map((name) => {
    const path = join(folder, name);
    const text = readText(path, isNamed, problems);
    return text === null ? null : parse(path, text, problems);
  });
}

/** Files that an editor or a package manager leaves (`x.yaml~`, `.x.yaml.swp`, `x.yaml.dpkg-old`) do not count. */
function fragmentNames(folder: string, problems: string[]): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => YAML_NAME.test(name))
      .toSorted();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') problems.push(`${folder}: cannot be read: ${message}`);
    return [];
  }
}

function readText(path: string, isNamed: boolean, problems: string[]): string | null {
  try {
    const stats = statSync(path);
    if (stats.size > LARGEST) throw new Error('it is larger than 1 MiB');
    // A link is its owner's choice of a file, whoever that one belongs to; the mode of a link says nothing.
    if (!isNamed) refuseForeign({ uid: lstatSync(path).uid, mode: 0 });
    if (!isNamed) refuseForeign(stats);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (isNamed || (code !== 'ENOENT' && code !== 'ENOTDIR')) problems.push(`${path}: cannot be used: ${message}`);
    return null;
  }
}

/** Throws where a file that was not named belongs to somebody else. The plugin checker runs programs that the file names, so a file that merely lies in the current folder must be the user's own. */
export function refuseForeign(
  stats: { readonly uid: number; readonly mode: number },
  fix = 'name it with --config to use it anyway',
): void {
  const user = process.geteuid?.();
  if (user === undefined) return;
  if (stats.uid !== user && stats.uid !== 0) throw new Error(`it belongs to another user (uid ${stats.uid}); ${fix}`);
  if ((stats.mode & 0o002) !== 0) throw new Error(`it is world-writable; run chmod o-w, or ${fix}`);
}

function parse(path: string, text: string, problems: string[], { merge = false } = {}): ConfigFile | null {
  const yaml = loadYaml();
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
    merge,
  });
  const lineOf = (offset: number) => `${path}:${lines.linePos(offset).line}`;
  for (const fault of [...document.errors, ...document.warnings])
    problems.push(`${lineOf(fault.pos[0])}: is not valid YAML: ${yamlFault(fault.code)}`);
  if (document.errors.length + document.warnings.length > 0) return null;
  const values = plain(document, path, problems);
  if (values === null) return null;
  const at = (keys: readonly string[]): string => {
    const parent = keys.length > 1 ? document.getIn(keys.slice(0, -1), true) : document.contents;
    const pair = yaml.isMap(parent) ? parent.items.find((item) => String(item.key) === keys.at(-1)) : undefined;
    const item = yaml.isSeq(parent) ? parent.items[Number(keys.at(-1))] : undefined;
    const node = yaml.isNode(item) ? item : pair?.key;
    if (yaml.isNode(node) && node.range) return lineOf(node.range[0]);
    return keys.length > 1 ? at(keys.slice(0, -1)) : path;
  };
  return { path, files: [path], values, at };
}

function plain(document: { toJS(options: { maxAliasCount: number }): unknown }, path: string, problems: string[]) {
  try {
    // An alias that multiplies itself is refused instead of filling the memory.
    const values = document.toJS({ maxAliasCount: 50 }) ?? {};
    if (isObject(values)) return values;
    problems.push(`${path}: must hold settings in the form "name: value"`);
  } catch (error) {
    problems.push(`${path}: is not valid YAML: ${aliasFault(error as Error)}`);
  }
  return null;
}

/** What is wrong with the aliases, which are only followed when values are made. */
function aliasFault({ message }: Error): string {
  return /alias count/i.test(message)
    ? 'its aliases (*name) stand for more than a configuration holds'
    : yamlFault('BAD_ALIAS');
}

/**
 * The YAML parser, loaded where there is something to parse: an agent that lives from its environment starts without
 * it. By `require`, since a lazy `import()` of a CommonJS package has no names in the bundle.
 */
export function loadYaml(): typeof import('yaml') {
  return createRequire(import.meta.url)('yaml') as typeof import('yaml');
}
