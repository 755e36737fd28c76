import { prepareNotify, prepareRoutes } from '../../app/notify/prepare.ts';
import { readEndpoints } from '../../config/endpoints/read.ts';
import { ConfigError } from '../../config/error.ts';
import { loadExplained } from '../../config/load.ts';
import { readPeerLinks } from '../../config/peers/links.ts';
import { readPeerKeys } from '../../config/peers/read.ts';
import { readRules } from '../../config/rules/read.ts';
import { DriverOptionsError, enabledDrivers } from '../../drivers/registry.ts';
import { systemClock } from '../../lib/clock.ts';

/** What a configuration comes to. */
export interface CheckedConfig {
  /** Files that were read: the main one, its fragments, and that of variables. */
  readonly files: readonly string[];
  /** Whether anybody is notified; null where that cannot be said, for the configuration has problems. */
  readonly notifies: boolean | null;
  /** Each with its place, the field and the fix. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reads everything that a hub reads when it starts, and gives every problem at once. `hasSecrets` is false on a machine
 * that does not hold the secrets of the channels, such as one that tests changes before they are merged.
 */
export async function checkConfig(configFile: string | undefined, hasSecrets: boolean): Promise<CheckedConfig> {
  const { settings, problems } = loadExplained({ configFile });
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
  const notify = await (hasSecrets ? prepareNotify(settings, systemClock) : prepareRoutes(settings)).catch(gather);
  const endpoints = readEndpoints(settings);
  found.push(...(endpoints?.problems ?? []), ...readPeerKeys(settings).problems);
  found.push(...readRules(settings.rulesFile).problems);
  found.push(...readPeerLinks(settings).problems);
  const { configFiles = [], envFile } = settings;
  return {
    files: [...configFiles, ...(envFile === undefined ? [] : [envFile])],
    // Channels that are faulty, or in a file that cannot be read, are not channels that are missing.
    notifies: notify !== null || (found.length > 0 ? null : false),
    problems: found,
    warnings: [...settings.warnings, ...(notify?.warnings ?? []), ...(endpoints?.warnings ?? [])],
  };
}
