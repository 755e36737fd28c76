import { ConfigError } from '../config/error.ts';
import type { ExplainedSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { type Role, roleOf } from '../core/role.ts';
import type { Clock } from '../lib/clock.ts';
import { refuseShared } from '../lib/files/folder.ts';
import { loadHubParts } from '../lib/files/parts.ts';
import { isLoopback } from '../lib/http/loopback.ts';
import { keepHeapSmall, type Part, startAll } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import { withApiToken } from './api-token.ts';

/** A process that serves: what it is, where it listens, and how it ends. */
export interface Serving {
  readonly role: Role;
  /** Base address of its API; null for an agent, which listens nowhere. */
  readonly url: string | null;
  /** Resolves when it cannot go on, with the reason, which stands on the log. */
  readonly died: Promise<Error>;
  /**
   * Reads the configuration again and tells people by it from now on; what else stands in it counts from the next start.
   * What is wrong with it stands on the log, and the last good one goes on. Never rejects.
   */
  reload(): Promise<void>;
  /** Resolves when everything that was taken is kept. */
  stop(): Promise<void>;
}

/**
 * Starts every part that the role calls for, and says on the log which role it is and why. Throws ConfigError on
 * settings that cannot be served, and an Error with one clear line when the store or the port cannot be had. `read`
 * reads the configuration again.
 */
export async function startServing(
  given: Settings,
  clock: Clock,
  logger: Logger,
  read: () => ExplainedSettings = () => ({ settings: given, explained: [], problems: [] }),
): Promise<Serving> {
  const { role, reason } = roleOf(given.hubUrl, given.clusterEnabled, given.mode);
  const { configFile, envFile } = given;
  logger.info({ role, reason, ...(configFile && { configFile }), ...(envFile && { envFile }) }, 'starting');
  for (const warning of given.warnings)
    logger.warn({ warning }, 'a secret is not safe from other users of this machine');
  refuseShared(given.stateDir);
  if (role === 'probe') return serveProbe(given, clock, logger, read);
  if (role === 'agent') {
    const stop = await startAll([await agentPart(given, clock, logger)]);
    logger.info({ role, hub: given.hubUrl }, 'started');
    const reload = async () => logger.info({ role }, 'nothing is read again: an agent tells nobody');
    return { role, url: null, died: new Promise(() => {}), reload, stop };
  }
  refuseUnsafe(given);
  const settings = await withApiToken(given, logger);
  keepHeapSmall();
  await loadHubParts();
  const { createHub, hubUrl } = await import('./hub.ts');
  const { halvesFor } = await import('./halves.ts');
  const hub = await createHub(settings, clock, logger, halvesFor(settings), read);
  const died = hub.died.then((error) => {
    logger.fatal({ error }, 'a thread of the hub has ended; the process ends, too');
    return error;
  });
  const own = await ownParts(role, settings, clock, logger, hub.submit);
  const stop = await startAll([...hub.parts, ...own]).catch((error: unknown) => {
    throw portProblem(error, settings);
  });
  const url = hubUrl(hub);
  logger.info({ role, url }, 'started');
  return { role, url, died, reload: async () => void (await hub.reload()), stop };
}

/** A probe keeps nothing, and has no API. */
async function serveProbe(
  settings: Settings,
  clock: Clock,
  logger: Logger,
  read: () => ExplainedSettings,
): Promise<Serving> {
  const { createProbeProcess } = await import('./probe.ts');
  const { parts, hubs, url, reload } = createProbeProcess(settings, clock, logger, read);
  const stop = await startAll(parts).catch((error: unknown) => {
    throw portProblem(error, { host: settings.host, port: settings.probe.port ?? 0 }, 'MONITOR_PROBE_PORT');
  });
  logger.info({ role: 'probe', hubs, ...(url() !== null && { url: url() }) }, 'started');
  return { role: 'probe', url: url(), died: new Promise(() => {}), reload: async () => reload(), stop };
}

type Submit = import('./engine/contract.ts').Engine['submit'];

/** What a hub does beside taking in: nothing, push to another hub, or look at its own machine. */
async function ownParts(
  role: Role,
  settings: Settings,
  clock: Clock,
  logger: Logger,
  submit: Submit,
): Promise<readonly Part[]> {
  if (role === 'hub') return [];
  if (role === 'hub + agent') return [await agentPart(settings, clock, logger)];
  const { createLocalPart } = await import('./local.ts');
  return [createLocalPart(settings, clock, logger, submit)];
}

async function agentPart(settings: Settings, clock: Clock, logger: Logger): Promise<Part> {
  const { createAgentPart } = await import('./agent.ts');
  return createAgentPart(settings, clock, logger);
}

function refuseUnsafe(settings: Settings): void {
  const problems: string[] = [];
  const isOpen = settings.clusterEnabled && settings.cluster.sharedSecret && settings.clusterSecret === undefined;
  if (isOpen && !settings.insecure && !isLoopback(settings.host)) {
    problems.push(
      `WEBHOOK_SECRET_CLUSTER: must be set where pushes come from other machines (MONITOR_HOST=${settings.host}); or set ` +
        'MONITOR_CLUSTER_SHARED_SECRET=0 to take instance keys only, or MONITOR_INSECURE=1 to take pushes from anyone',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

function portProblem(
  error: unknown,
  { host, port }: Pick<Settings, 'host' | 'port'>,
  setting = 'MONITOR_PORT',
): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new Error(
      `port ${port} of ${host} is in use: stop what listens there, or set ${setting} to another port (0 picks a free one)`,
    );
  }
  if (code === 'EACCES')
    return new Error(`port ${port} needs privileges that this user lacks: set ${setting} to a port above 1023`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new Error(
      `${host} is not an address of this machine: set MONITOR_HOST to one of its addresses, or to 0.0.0.0 for all`,
    );
  }
  return error;
}
