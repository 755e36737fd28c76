import type { Settings } from '../config/settings.ts';
import { enabledDrivers } from '../drivers/registry.ts';
import { createSourceLog } from '../housekeeping/source-log.ts';
import type { Clock } from '../lib/clock.ts';
import { randomSecret } from '../lib/crypto/ids.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import type { Store } from '../stores/contract/store.ts';
import { createReadiness } from '../web/readiness.ts';
import { createHttpServer, type Server } from '../web/server.ts';
import { createAuthenticate } from '../web/webhook/credentials.ts';
import { outcomeListener } from './outcomes.ts';
import { openStore } from './store/open.ts';
import { retentionParts } from './store-retention.ts';
import { createWriter, type Writer } from './writer.ts';

/** A hub, and what others plug into: parts to start in order and stop in reverse. */
export interface Hub {
  readonly parts: readonly Part[];
  readonly server: Server;
  readonly submit: Writer['submit'];
}

/** Base address of the API of a started hub, as programs of this machine reach it. */
export function hubUrl({ server }: Hub): string {
  const { address, port, family } = server.address();
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' && host !== '127.0.0.1' ? `[${host}]` : host}:${port}`;
}

/**
 * Name of this process among all that share the store. The embedded one is one hub's, which after a crash takes what it
 * held over at once; of a shared one nobody but the process itself can know whether it still lives.
 */
function holderOf({ engine }: Store, instanceId: string): string {
  return engine === 'sqlite' ? 'the hub' : `${instanceId} ${randomSecret(6)}`;
}

/** Puts a hub together; nothing listens before its parts are started. Throws DriverOptionsError, and StoreError when the store cannot be opened. */
export async function createHub(settings: Settings, clock: Clock, logger: Logger): Promise<Hub> {
  const { clusterEnabled, incidents: grouping, cluster, limits } = settings;
  // First what can be refused without a store: a wrong option must not have made or changed one.
  const drivers = enabledDrivers({ clusterEnabled, options: settings.drivers, sources: settings.sources });
  const store = await openStore(settings, clock);
  const rate = { perSecond: limits.perCredentialPerSecond, burst: limits.burst };
  const holder = holderOf(store, settings.instanceId);
  const writer = createWriter(
    { store, drivers, clock, onFailure: (message, error) => logger.error({ error }, message) },
    {
      grouping,
      staleAfterMs: cluster.staleAfterMs,
      resolveTimeoutMs: settings.resolveTimeoutMs,
      holder,
      limits: rate,
    },
  );
  const onFailure = (error: unknown) => logger.error({ error }, 'request failed on the side of the hub');
  const sourceLog = createSourceLog({
    store,
    clock,
    sources: [...drivers.keys()],
    onFailure: (error) => logger.error({ error }, 'what was heard of the sources could not be saved'),
  });
  const notReady = createReadiness(() => store.checkWritable(clock.now()), clock);
  const server = createHttpServer({
    host: settings.host,
    port: settings.port,
    api: {
      store,
      sources: sourceLog.list,
      version: settings.version,
      instanceId: settings.instanceId,
      now: clock.now,
      resolveTimeoutMs: settings.resolveTimeoutMs,
      notReady,
      token: settings.apiToken,
      onFailure,
    },
    webhook: {
      drivers,
      authenticate: createAuthenticate({
        secrets: settings.webhookSecrets,
        sharedSecret: cluster.sharedSecret,
        insecure: settings.insecure,
        withoutAuth: settings.webhooksWithoutAuth,
        policy: { requireV2: cluster.requireV2 },
        findKey: store.findKey,
      }),
      intake: writer.intake,
      onOutcome: outcomeListener(sourceLog, clock, logger),
      now: clock.now,
      onFailure,
    },
  });
  // Stopped in reverse: the server answers what it has while the writer still commits it.
  const retention = retentionParts({ store, clock, logger, holder }, settings.retention.historyMs);
  return { parts: [...writer.parts, sourceLog, ...retention, server], server, submit: writer.submit };
}
