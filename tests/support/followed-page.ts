import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './sources.ts';

const OUTSIDE = ['node_modules', 'dist', '.git'];

/** A numbered step of a page of instructions. */
export interface Step {
  /** The path in its heading; '' when it has none. */
  readonly path: string;
  readonly text: string;
}

/** The steps of a page, by their numbers. */
export function stepsOf(page: string): (number: number) => Step {
  return (number) => {
    const pattern = `^## ${number}\\. [^\`\n]*(?:\`(.+?)\`)?\n([\\s\\S]*?)(?=^## \\d|$(?![\\s\\S]))`;
    const [, path = '', text = ''] = new RegExp(pattern, 'm').exec(page) ?? [];
    return { path, text };
  };
}

/** The one of a list; throws when there are others. */
export function only(list: readonly string[]): string {
  if (list.length !== 1) throw new Error(`there are ${list.length} such blocks here`);
  return list[0] ?? '';
}

/** A copy of the sources of this program, in which the instructions of a page are followed. */
export interface SourceCopy {
  readonly root: string;
  read(path: string): string;
  write(path: string, text: string): void;
  /** Paths of what was changed since the copy was made, sorted. */
  changed(): string[];
  /** Runs a line of a page in the copy, and gives what it prints; throws with that when it fails. */
  run(line: string): Promise<string>;
  remove(): void;
}

/** Makes a copy, without what is made from the sources. */
export function copySources(): SourceCopy {
  const root = mkdtempSync(join(tmpdir(), 'monitor-page-'));
  for (const entry of readdirSync(ROOT).filter((name) => !OUTSIDE.includes(name)))
    cpSync(join(ROOT, entry), join(root, entry), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const before = digestsOf(root);
  return {
    root,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    changed: () => {
      const after = digestsOf(root);
      const paths = new Set([...before.keys(), ...after.keys()]);
      return [...paths].filter((path) => before.get(path) !== after.get(path)).toSorted();
    },
    run: (line) => runIn(root, line),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Contents of all files of a copy, as digests by path. */
function digestsOf(root: string): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const own = paths.filter((path) => !OUTSIDE.includes(path.split('/')[0] ?? ''));
  const digest = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
  return new Map(own.map((path) => [path, digest(path)]));
}

async function runIn(root: string, line: string): Promise<string> {
  const [program = '', ...args] = line.split(' ');
  const command = program === 'node' ? process.execPath : program;
  const env = { ...process.env, NODE_OPTIONS: '', CI: '1' };
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: root, env, maxBuffer: 1 << 26 });
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${line} failed:\n${stdout}\n${stderr}`);
  }
}
