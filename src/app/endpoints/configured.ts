import type { EndpointsDocument } from '../../config/endpoints/document.ts';
import { ConfigError } from '../../config/error.ts';
import type { Settings } from '../../config/settings.ts';
import type { Logger } from '../../lib/log/logger.ts';

/** Nothing is looked at. */
export const NOTHING_WATCHED: EndpointsDocument = {
  endpoints: [],
  pushEndpoints: [],
  probes: [],
  announcements: [],
};

/**
 * What the configuration says of endpoints and probes. Most hubs at their first start say nothing, and load nothing for
 * it. Throws ConfigError.
 */
export async function endpointsOf(settings: Settings, logger: Pick<Logger, 'warn'>): Promise<EndpointsDocument> {
  if (settings.endpointsFile === undefined) return NOTHING_WATCHED;
  const { readEndpoints } = await import('../../config/endpoints/read.ts');
  const found = readEndpoints(settings);
  if (found === null) return NOTHING_WATCHED;
  if (found.problems.length > 0) throw new ConfigError(found.problems);
  for (const warning of found.warnings) logger.warn({ part: 'endpoints' }, warning);
  return found.document;
}
