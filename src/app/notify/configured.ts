import type { Settings } from '../../config/settings.ts';
import type { TermsByAlert } from '../../core/policy/terms.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { type PlainDocument, plainDocument } from './document.ts';

/**
 * What the configuration says of telling people, and what alerts say themselves of how they are told. Most hubs at their
 * first start say nothing, and load nothing for it. Throws ConfigError.
 */
export async function notifyOf(
  settings: Settings,
  clock: Clock,
  logger: Logger,
  terms: TermsByAlert,
): Promise<PlainDocument | null> {
  if (settings.notify.url === undefined && settings.policyFile === undefined) return null;
  const { prepareNotify } = await import('./prepare.ts');
  const prepared = await prepareNotify(settings, clock, undefined, terms);
  for (const warning of prepared?.warnings ?? []) logger.warn({ part: 'notify' }, warning);
  return prepared === null ? null : plainDocument(prepared.document);
}
