import { prepareNotify, prepareRoutes } from '../../app/notify/prepare.ts';
import { readEndpoints } from '../../config/endpoints/read.ts';
import { ConfigError } from '../../config/error.ts';
import { loadExplained } from '../../config/load.ts';
import type { ReadFrom } from '../../config/notify/read.ts';
import { readPeerLinks } from '../../config/peers/links.ts';
import { readPeerKeys } from '../../config/peers/read.ts';
import { readRules } from '../../config/rules/read.ts';
import { DriverOptionsError, enabledDrivers } from '../../drivers/registry.ts';
import { systemClock } from '../../lib/clock.ts';
import { isProbe } from '../doctor/probe.ts';
import { isHub } from '../doctor/role.ts';

/** What a configuration comes to. */
export interface CheckedConfig {
  /** Files that were read: the main one, its fragments, and that of variables. */
  readonly files: readonly string[];
  /** Whether anybody is notified; null where the configuration has problems, and where it is a hub elsewhere that does. */
  readonly notifies: boolean | null;
  /** Each with its place, the field and the fix. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reads everything that a hub reads when it starts, and gives every problem at once. `hasSecrets` is false on a machine
 * that does not hold the secrets of the channels, such as one that tests changes before they are merged.
 */
export async function checkConfig(
  configFile: string | undefined,
  hasSecrets: boolean,
  from: ReadFrom = {},
): Promise<CheckedConfig> {
  const { settings, problems } = loadExplained({ configFile, ...from });
  const found = [...problems];
  const gather = (error: unknown): null => {
    if (!(error instanceof ConfigError || error instanceof DriverOptionsError)) throw error;
    // What a setting of the table has wrong is told where the table is read.
    found.push(...error.problems.filter((problem) => !found.includes(problem)));
    return null;
  };
  try {
    enabledDrivers({ clusterEnabled: true, options: settings.drivers, sources: settings.sources });
  } catch (error) {
    gather(error);
  }
  const notify = await (hasSecrets ? prepareNotify(settings, systemClock, from) : prepareRoutes(settings, from)).catch(
    gather,
  );
  const endpoints = readEndpoints(settings, from);
  found.push(...(endpoints?.problems ?? []), ...readPeerKeys(settings).problems);
  found.push(...readRules(settings.rulesFile).problems);
  found.push(...readPeerLinks(settings).problems);
  const { configFiles = [], envFile } = settings;
  return {
    files: [...configFiles, ...(envFile === undefined ? [] : [envFile])],
    // Channels that are faulty, or in a file that cannot be read, are not channels that are missing.
    notifies: notify !== null || (found.length > 0 || isProbe(settings) || !isHub(settings) ? null : false),
    problems: found,
    warnings: [...settings.warnings, ...(notify?.warnings ?? []), ...(endpoints?.warnings ?? [])],
  };
}
