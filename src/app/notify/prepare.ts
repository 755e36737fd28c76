import { ConfigError } from '../../config/error.ts';
import type { NotifyDocument } from '../../config/notify/document.ts';
import { type ReadFrom, readNotify } from '../../config/notify/read.ts';
import type { Settings } from '../../config/settings.ts';
import type { TermsByAlert } from '../../core/policy/terms.ts';
import type { Clock } from '../../lib/clock.ts';
import { compilePolicy } from '../../notify/policy/compile.ts';
import { namesOf } from './channels.ts';
import { type OpenedPolicy, openPolicy } from './open.ts';

/** Telling people as it is configured: read, bound and compiled without fault. */
export interface PreparedNotify extends OpenedPolicy {
  readonly document: NotifyDocument;
}

/**
 * What the configuration says of telling people; null where it says nothing. `terms` are those that alerts are configured
 * with elsewhere. Throws one ConfigError with every problem.
 */
export async function prepareNotify(
  settings: Settings,
  clock: Clock,
  from?: ReadFrom,
  terms: TermsByAlert = {},
): Promise<PreparedNotify | null> {
  const read = await readNotify(settings, from);
  if (read === null) return null;
  const { problems } = read;
  const document = { ...read.document, terms };
  const { notify, proxy, caFile, version } = settings;
  const how = { ...notify, proxy, version, ...(caFile !== undefined && { caFile }) };
  return { document, ...(await openPolicy(document, how, clock, problems)) };
}

/**
 * The same without its channels and their secrets, which a machine that only tests the configuration does not have: what
 * routes, times and rules say is the same.
 */
export async function prepareRoutes(
  settings: Pick<Settings, 'notify' | 'policyFile'>,
  from?: ReadFrom,
  terms: TermsByAlert = {},
): Promise<Omit<PreparedNotify, 'channels' | 'channelFor'> | null> {
  const read = await readNotify(settings, { ...from, isTrial: true });
  if (read === null) return null;
  const document = { ...read.document, terms };
  const { known, problems: faults } = await namesOf(document);
  const { problems, ...compiled } = compilePolicy(document, new Map(), known);
  const all = [...read.problems, ...faults, ...problems];
  if (all.length > 0) throw new ConfigError(all);
  return { ...compiled, document };
}
