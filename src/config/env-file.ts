import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { refuseForeign } from './file.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The environment with what a file adds to it, and that file. */
export interface Environment {
  readonly env: Env;
  readonly file?: string;
  /** Variables that stand in the file. */
  readonly inFile?: readonly string[];
}

const LARGEST = 1024 ** 2;

/**
 * The environment, and under it the variables of the file that `MONITOR_ENV_FILE` names, else of `.env` in the working
 * folder: a variable that is set wins over the file. What is wrong with the file is added to `problems`.
 */
export function withEnvFile(env: Env, cwd: string, problems: string[] = []): Environment {
  const named = env.MONITOR_ENV_FILE || undefined;
  const path = resolve(cwd, named ?? '.env');
  try {
    const stats = statSync(path);
    // A folder of that name, as a virtual environment of Python is, is none of ours.
    if (named === undefined && !stats.isFile()) return { env };
    if (stats.size > LARGEST) throw new Error('it is larger than 1 MiB');
    if (named === undefined) refuseForeign(stats, 'set MONITOR_ENV_FILE to it to use it anyway');
    const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
    const read = parseEnv(readFileSync(path, 'utf8'));
    return { env: { ...read, ...Object.fromEntries(set) }, file: path, inFile: Object.keys(read) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (named !== undefined || (code !== 'ENOENT' && code !== 'ENOTDIR'))
      problems.push(`${path}: cannot be used: ${message}`);
    return { env };
  }
}
