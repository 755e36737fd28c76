import type * as z from 'zod';
import type { Driver } from './contract.ts';
import { namedSources, sourcesSchema } from './generic.ts';
import { LIST } from './list.ts';

/** Every driver there is, as `list.ts` has them. */
export const DRIVERS: readonly Driver[] = await loadAll();

// One by one: Jest at times fails to link modules that share others and are asked for at once, and each is an open file.
async function loadAll(): Promise<readonly Driver[]> {
  const drivers: Driver[] = [];
  for (const load of Object.values(LIST)) drivers.push(await load());
  return drivers;
}

// What the hub calls its own checks, its own word, and what nobody took, and "drivers try" no driver in particular.
const OWN_NAMES: readonly string[] = ['local', 'monitor', 'auto', 'auto-detect'];

/** Options that drivers do not accept, or sources that cannot be; `problems` name each with its path. */
export class DriverOptionsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('a problem with the options of the drivers');
    this.name = 'DriverOptionsError';
    this.problems = problems;
  }
}

/**
 * The drivers a process offers, by the name in their path, their options bound: `cluster` only where pushes of
 * instances are wanted, and the named sources. Throws DriverOptionsError.
 */
export function enabledDrivers(choice: {
  readonly clusterEnabled: boolean;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly sources?: unknown;
}): ReadonlyMap<string, Driver> {
  const { clusterEnabled, options = {}, sources = {} } = choice;
  const problems: string[] = [];
  const drivers = DRIVERS.filter((driver) => driver.name !== 'cluster' || clusterEnabled).flatMap((driver) => {
    const given = options[driver.name];
    if (given === undefined || given === null) return [driver];
    const result = driver.options?.safeParse(given);
    if (result === undefined) problems.push(`drivers.${driver.name}: this driver has no options; remove it`);
    else if (!result.success) {
      problems.push(...problemsOf(result.error, ['drivers', driver.name]));
    } else return [driver.bind?.(given) ?? driver];
    return [];
  });
  const named = sourcesSchema.safeParse(sources);
  if (!named.success) problems.push(...problemsOf(named.error, ['sources']));
  const all = [...drivers, ...namedSources(named.data ?? {})];
  problems.push(...Object.keys(named.data ?? {}).flatMap(nameProblems));
  if (problems.length > 0) throw new DriverOptionsError(problems);
  return new Map(all.map((driver) => [driver.name, driver]));
}

function problemsOf(error: z.ZodError, above: readonly string[]): readonly string[] {
  return error.issues.map(({ path, message }) => `${[...above, ...path].join('.')}: ${message}`);
}

/** Why a source cannot bear a name: it would speak of the alerts of another. Also that of a driver that is not enabled. */
function nameProblems(name: string): readonly string[] {
  const holder = Object.hasOwn(LIST, name) ? 'a driver' : OWN_NAMES.includes(name) ? 'the hub itself' : null;
  return holder === null ? [] : [`sources.${name}: ${holder} has this name; choose another`];
}
