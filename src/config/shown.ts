import type { ExplainedSetting } from './load.ts';
import { yamlPath } from './rows.ts';

/** A setting as people are shown it: of a secret only whether it is set. */
export interface ShownSetting {
  /** Where it stands in monitor.yaml, else its variable. */
  readonly name: string;
  readonly variable: string;
  /** null when it is not set; `set` for a secret. */
  readonly value: unknown;
  /** Of a number that is written with a unit. */
  readonly unit?: 'ms' | 'bytes';
  /** The line, the variable or the flag that says so, `default`, or `not set`. */
  readonly from: string;
}

/** Every setting of the table as people are shown it. */
export function shownSettings(explained: readonly ExplainedSetting[]): readonly ShownSetting[] {
  return explained.map(({ setting, value, from }) => ({
    name: yamlPath(setting) ?? setting.env,
    variable: setting.env,
    value: setting.secret ? (value === undefined ? null : 'set') : (value ?? null),
    from: value === undefined ? 'not set' : from,
    ...(setting.kind.unit !== undefined && { unit: setting.kind.unit }),
  }));
}
