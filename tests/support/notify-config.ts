import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PreparedNotify, prepareNotify } from '../../src/app/notify/prepare.ts';
import { ConfigError } from '../../src/config/error.ts';
import { loadSettings } from '../../src/config/load.ts';
import { handClock } from './hand-clock.ts';

/** A folder with a monitor.yaml, prepared as a hub would. */
export interface NotifyConfig {
  readonly folder: string;
  /** Rejects with ConfigError. */
  prepare(env?: Readonly<Record<string, string>>): Promise<PreparedNotify | null>;
  /** What a start with it would say; the folder is left out of paths. */
  problems(env?: Readonly<Record<string, string>>): Promise<readonly string[]>;
  remove(): void;
}

/** Writes one. `yaml` is what stands below `notify:`, unless it begins with a key of its own. */
export function notifyConfig(yaml: string, files: Readonly<Record<string, string>> = {}): NotifyConfig {
  const folder = mkdtempSync(join(tmpdir(), 'notify-config-'));
  const body = yaml.replace(/^\n/, '').trimEnd();
  writeFileSync(join(folder, 'monitor.yaml'), `notify:\n${body.replaceAll(/^/gm, '  ')}\n`, { mode: 0o600 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const prepare = async (env: Readonly<Record<string, string>> = {}) => {
    const whole = { HOME: folder, ...env };
    const settings = loadSettings({ env: whole, cwd: folder });
    return prepareNotify(settings, handClock().clock, { env: whole, cwd: folder });
  };
  return {
    folder,
    prepare,
    problems: async (env) => {
      try {
        await prepare(env);
        return [];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return error.problems.map((problem) => problem.replaceAll(`${folder}/`, ''));
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
