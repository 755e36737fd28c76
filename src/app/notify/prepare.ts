import type { NotifyDocument } from '../../config/notify/document.ts';
import { readNotify } from '../../config/notify/read.ts';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { type OpenedPolicy, openPolicy } from './open.ts';

/** Telling people as it is configured: read, bound and compiled without fault. */
export interface PreparedNotify extends OpenedPolicy {
  readonly document: NotifyDocument;
}

/** Environment and folder, where they are not the process's own. */
type Where = readonly [env?: Readonly<Record<string, string | undefined>>, cwd?: string];

/** What the configuration says of telling people; null where it says nothing. Throws one ConfigError with every problem. */
export async function prepareNotify(settings: Settings, clock: Clock, ...where: Where): Promise<PreparedNotify | null> {
  const read = await readNotify(settings, ...where);
  if (read === null) return null;
  const { document, problems } = read;
  const { notify, proxy, caFile, version } = settings;
  const how = { ...notify, proxy, version, ...(caFile !== undefined && { caFile }) };
  return { document, ...(await openPolicy(document, how, clock, problems)) };
}
