import { SEVERITIES } from '../../core/alert/alert.ts';
import { UsageError } from '../contract.ts';
import { limitOf, type Values } from '../screen/pages.ts';

/** Which rows are meant: of a list, and of what acts on all that a list would show. */
export interface Filters {
  readonly status?: Values;
  readonly severity?: Values;
  readonly instance?: Values;
  readonly source?: Values;
  readonly name?: Values;
  readonly label?: Values;
  readonly search?: string;
  readonly since?: string;
}

/** What the lists of a hub can be asked for. */
export interface Flags extends Filters {
  readonly json?: boolean;
  readonly output?: string;
  readonly watch?: boolean;
  readonly config?: string;
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

/** Filters that not every list has, with what their help says. */
export const FILTERS = {
  source: ['--source <name>', 'of one source: a driver, local, or monitor (the hub itself)'],
  name: ['--name <name>', 'of this name; * stands for any characters'],
  label: ['--label <name=value>', 'with this label; name!=value: without it'],
} as const;

/** Collects the values of an option that may be given several times. */
export function several(value: string, before: Values = []): Values {
  return [...before, value];
}

/** What the hub would refuse is a wrong call, and told as one before anything is asked. */
export function refuseWrong({ status, severity, sort, limit }: Flags, statuses: readonly string[]): void {
  const oneOf = (flag: string, given: Values | undefined, words: readonly string[]) => {
    for (const word of (given ?? []).flatMap((one) => one.split(',').map((part) => part.trim()))) {
      if (!words.includes(word)) throw new UsageError(`${flag} must be one of ${words.join(', ')}, not "${word}"`);
    }
  };
  oneOf('--status', status, statuses);
  oneOf('--severity', severity, SEVERITIES);
  oneOf('--sort', sort === undefined ? undefined : [sort], ['attention', 'id']);
  if (limit !== undefined) limitOf(limit);
}
