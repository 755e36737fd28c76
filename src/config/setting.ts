import type { Kind } from './kinds.ts';

/** What defaults may depend on. */
export interface Machine {
  readonly hostname: string;
  /** Home folder of the user, empty when there is none. */
  readonly home: string;
  readonly isRoot: boolean;
  readonly xdgStateHome: string | undefined;
}

/** One setting: where it is written, what it may be, and the words for the documentation. */
export interface Setting<T> {
  /** Environment variable; of a secret, also with `_FILE` behind it. */
  readonly env: string;
  /** Names that other programs have for it, read where ours is not set; of a secret, also with `_FILE` behind them. */
  readonly aliases?: readonly string[];
  /** Where it stands in monitor.yaml, dots between levels; of a secret, the path of its file stands under `<yaml>_file`. */
  readonly yaml?: string;
  readonly kind: Kind<NonNullable<T>>;
  /** Left out, the setting is optional. */
  readonly default?: T | ((machine: Machine) => T);
  /** The default in words, where it depends on the machine. */
  readonly defaultText?: string;
  /** A secret stands in the environment or in a file of its own, never in monitor.yaml. */
  readonly secret?: true;
  readonly description: string;
  /** A value as it is written in the environment. */
  readonly example: string;
}

/** All names of its variable, ours first. */
export function variablesOf({ env, aliases = [] }: Pick<Setting<unknown>, 'env' | 'aliases'>): readonly string[] {
  return [env, ...aliases];
}

/** A row of the table, its value typed by its kind. */
export function setting<T>(
  row: Omit<Setting<T>, 'default'> & { default: NoInfer<T> | ((machine: Machine) => T) },
): Setting<T>;
export function setting<T>(row: Omit<Setting<T>, 'default'>): Setting<T | undefined>;
export function setting<T>(row: Setting<T>): Setting<T> {
  return row;
}
