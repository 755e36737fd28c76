import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Settings } from './settings.ts';

/** Where the fragments of a configuration file stand, beside it. */
const FRAGMENTS = 'conf.d';

/**
 * Which files the configuration is read from, and which content each of them has, without reading them: another text means
 * that something may have changed. A name that leads to another file, as where Kubernetes mounts a ConfigMap, is another
 * content.
 */
export function configFingerprint(
  { configFile, envFile }: Pick<Settings, 'configFile' | 'envFile'>,
  cwd = process.cwd(),
): string {
  const main = configFile ?? resolve(cwd, 'monitor.yaml');
  const folder = join(dirname(main), FRAGMENTS);
  const fragments = namesIn(folder).map((name) => join(folder, name));
  return [main, ...fragments, envFile ?? resolve(cwd, '.env')].map((path) => `${path} ${contentOf(path)}`).join('\n');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

function contentOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${dev} ${ino} ${size} ${mtimeNs}`;
  } catch {
    return 'none';
  }
}
