import { configFingerprint } from '../config/fingerprint.ts';
import type { ExplainedSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { roleOf } from '../core/role.ts';
import { enabledDrivers } from '../drivers/registry.ts';
import { createRefusalAlerts } from '../housekeeping/refusals.ts';
import { createSourceLog } from '../housekeeping/source-log.ts';
import type { Clock } from '../lib/clock.ts';
import { isLoopback } from '../lib/http/loopback.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import { throttled, throttledErrors } from '../lib/log/throttled.ts';
import { openFilesLimit } from '../lib/machine/open-files.ts';
import { createUsage } from '../lib/machine/usage.ts';
import { inNetworks } from '../lib/net/guard.ts';
import { createClientAddress, createIsLocal } from '../web/address.ts';
import { mostConnections } from '../web/connections.ts';
import { createRequestCounter } from '../web/metrics/requests.ts';
import { createReadiness } from '../web/readiness.ts';
import { createHttpServer, type Server } from '../web/server.ts';
import { createFeed } from '../web/stream/feed.ts';
import { createBacklog } from '../web/webhook/backlog.ts';
import { createAuthenticate, createProveHead } from '../web/webhook/credentials.ts';
import { outcomeListener } from '../web/webhook/outcome-log.ts';
import { createHubGate, loginParts } from './access.ts';
import { createConfigWatch } from './config-watch.ts';
import { endpointsOf } from './endpoints/configured.ts';
import { createHubEndpoints } from './endpoints/hub.ts';
import { endpointTerms } from './endpoints/terms.ts';
import type { Engine } from './engine/contract.ts';
import type { Halves, HalvesNeeds } from './halves.ts';
import { createHeartbeat } from './heartbeat.ts';
import { encryptionKeys, findLinkSecret, sealerOf } from './links/keys.ts';
import { createLiveConfig, type LiveConfig } from './live-config.ts';
import { notifyOf } from './notify/configured.ts';
import { createShownRoutes } from './notify/shown-routes.ts';
import { readPageFiles } from './page-files.ts';
import { peersOf } from './peers/configured.ts';
import { createNonces, createPeerKeys } from './peers/keys.ts';
import { plainRelations } from './reader/relations.ts';

/** A hub, and what others plug into: parts to start in order and stop in reverse. */
export interface Hub {
  readonly parts: readonly Part[];
  readonly server: Server;
  readonly submit: Engine['submit'];
  /**
   * Reads the configuration again and tells people by it from now on; of all others nothing changes. Gives the problems
   * for which it goes on as before.
   */
  readonly reload: LiveConfig['reload'];
  /** Resolves when a half of it has ended by itself. */
  readonly died: Promise<Error>;
}

/** Base address of the API of a started hub, as programs of this machine reach it. */
export function hubUrl({ server }: Hub): string {
  const { address, port, family } = server.address();
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' && host !== '127.0.0.1' ? `[${host}]` : host}:${port}`;
}

/**
 * Puts a hub together; nothing listens before its parts are started. `open` opens its engine and its reader. Throws
 * DriverOptionsError, ConfigError, and StoreError when the store cannot be opened. `read` reads the configuration again.
 */
export async function createHub(
  settings: Settings,
  clock: Clock,
  logger: Logger,
  open: (needs: HalvesNeeds) => Promise<Halves>,
  read: () => ExplainedSettings = () => ({ settings, explained: [], problems: [] }),
): Promise<Hub> {
  const { clusterEnabled, cluster } = settings;
  // First what can be refused without a store: a wrong option must not have made or changed one.
  const drivers = enabledDrivers({ clusterEnabled, options: settings.drivers, sources: settings.sources });
  const watched = await endpointsOf(settings, logger);
  const notify = await notifyOf(settings, clock, logger, endpointTerms(watched));
  const endpoints = createHubEndpoints(watched, settings, clock, logger);
  const peerKeys = await createPeerKeys(settings);
  const peers = await peersOf(settings);
  const { engine, reader, parts, died } = await open({
    ...{ settings, drivers, clock, logger, notify, endpoints: endpoints.plan(), peers },
  });
  const signed = { find: peerKeys.find, claim: createNonces(engine.submit, clock.now) };
  const isTrusted = inNetworks(settings.proxies.trusted);
  const tellFailure = throttledErrors(clock, logger);
  const onFailure = (error: unknown) => tellFailure('request failed because of the hub', error);
  const sourceLog = createSourceLog({
    store: { saveSources: engine.saveSources, listSources: reader.listSources },
    clock,
    sources: [...drivers.keys()],
    onFailure: (error) => logger.error({ error }, 'source activity could not be saved'),
  });
  const refusalAlerts = createRefusalAlerts((submission) => {
    engine.submit(submission).catch(onFailure);
  });
  const notReady = createReadiness(engine.checkWritable, clock);
  const sealer = sealerOf(encryptionKeys(settings));
  const streams = createFeed({ reads: reader.streams, clock, onFailure });
  engine.changed(streams.wake);
  const requests = createRequestCounter(new Set(drivers.keys()));
  const onOutcome = outcomeListener({ sourceLog, alert: refusalAlerts, clock, logger });
  const isLocal = createIsLocal(settings.proxies.hosts);
  const routes = createShownRoutes(notify, clock.now);
  const config = createLiveConfig(read(), {
    ...{ read, now: clock.now, logger },
    apply: async (next) => {
      const takeKeys = await peerKeys.prepare(next);
      const looked = await endpointsOf(next, logger);
      const found = await notifyOf(next, clock, logger, endpointTerms(looked));
      const { allowPrivateTargets, allowPrograms } = next.notify;
      await engine.reloadNotify({ notify: found, allowPrivateTargets, allowPrograms });
      await reader.setRelations(plainRelations(found));
      routes.set(found);
      await endpoints.reload(looked, next, engine);
      takeKeys();
    },
  });
  const { url: heartbeatUrl } = settings.heartbeat;
  const { read: readFigures } = reader;
  const heartbeat =
    heartbeatUrl === undefined
      ? null
      : createHeartbeat(heartbeatUrl, settings, {
          ...{ clock, logger, notReady, read: readFigures, figures: engine.noticeFigures },
        });
  const server = createHttpServer({
    host: settings.host,
    port: settings.port,
    bounds: {
      perAddress: settings.limits.connectionsPerAddress,
      all: mostConnections(openFilesLimit()),
      isShared: (address) => isLoopback(address) || isTrusted(address),
    },
    onConnectionRefused: throttled(clock, (address, more) =>
      logger.warn({ address, more }, 'connections are refused: this address, or the hub, has too many'),
    ),
    api: {
      read: reader.read,
      config,
      ...endpoints.api(engine, reader),
      act: engine.act,
      actOnAll: engine.actOnAll,
      notices: { test: engine.testNotices, change: engine.changeNotice, figures: engine.noticeFigures },
      streams,
      requests: requests.read,
      usage: createUsage(clock),
      heartbeat: () => heartbeat?.state() ?? null,
      findIds: reader.findIds,
      listKeys: reader.listKeys,
      notifyRoutes: routes.read,
      findLinkSecret: (id) => findLinkSecret(reader, sealer, id, clock.now()),
      changeSilence: engine.changeSilence,
      standby: { standing: engine.standing, change: engine.changeStanding },
      submit: engine.submit,
      samples: settings.samples.enabled ? settings.samples : null,
      remove: engine.remove,
      peers: { receive: engine.receivePeer, views: engine.peers, change: engine.changePeer },
      sources: sourceLog.list,
      version: settings.version,
      baseUrl: peers.url,
      role: roleOf(settings.hubUrl, clusterEnabled).role,
      instanceId: settings.instanceId,
      now: clock.now,
      clock,
      notReady,
      pages: readPageFiles(new URL('./dashboard/', import.meta.url)),
      gate: createHubGate(settings, { reader, engine, clock, isLocal, signed, onFailure }),
      ...loginParts(settings, { reader, engine, clock, logger }),
      onFailure,
    },
    webhook: {
      drivers,
      authenticate: createAuthenticate({
        secrets: settings.webhookSecrets,
        sharedSecret: cluster.sharedSecret,
        insecure: settings.insecure,
        withoutAuth: settings.webhooksWithoutAuth,
        isLocal,
        policy: { requireV2: cluster.requireV2 },
        apiToken: settings.apiToken,
        findKey: reader.findKey,
      }),
      intake: createBacklog(
        engine.take,
        throttled(clock, (_, more) =>
          logger.error({ more }, 'requests are refused: too many are waiting to be committed'),
        ),
      ),
      proveHead: createProveHead({ secrets: settings.webhookSecrets, isLocal }),
      onOutcome: (report) => {
        requests.count(report);
        onOutcome(report);
      },
      now: clock.now,
      addressOf: createClientAddress(settings.proxies.trusted),
      onFailure,
    },
  });
  const watch = settings.watchConfig
    ? [createConfigWatch({ clock, fingerprint: () => configFingerprint(settings), reload: config.reload, onFailure })]
    : [];
  // Stopped in reverse: streams end, and the server answers what it has while the engine still commits it.
  return {
    ...{
      parts: [
        ...parts,
        sourceLog,
        server,
        streams,
        endpoints.look(engine),
        ...(heartbeat === null ? [] : [heartbeat]),
        ...watch,
      ],
      server,
      submit: engine.submit,
      died,
    },
    reload: config.reload,
  };
}
