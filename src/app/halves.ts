import { availableParallelism } from 'node:os';
import type { Settings } from '../config/settings.ts';
import type { Driver } from '../drivers/contract.ts';
import type { EndpointPlan } from '../endpoints/plan.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import { type Engine, engineSettings } from './engine/contract.ts';
import { createEngine } from './engine/engine.ts';
import { startEngineThread } from './engine/thread.ts';
import type { PlainDocument } from './notify/document.ts';
import type { PeerSettings } from './peers/peers.ts';
import type { Reader } from './reader/contract.ts';
import { createKeyReader } from './reader/keys.ts';
import { createReader } from './reader/reader.ts';
import { plainRelations, relationRules } from './reader/relations.ts';
import { startReaderThread } from './reader/thread.ts';
import { migrationLog } from './store/migration-log.ts';
import { openStore } from './store/open.ts';

/** What is behind the front of a hub. */
export interface Halves {
  readonly engine: Engine;
  readonly reader: Reader;
  /** To be started before anything asks them, in order. */
  readonly parts: readonly Part[];
  /** Resolves when one of them has ended by itself: then the hub can do nothing any more. */
  readonly died: Promise<Error>;
}

/** What they are made of. */
export interface HalvesNeeds {
  readonly settings: Settings;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the configuration says of telling people; null where nobody is told. */
  readonly notify: PlainDocument | null;
  /** What it says of looking at endpoints. */
  readonly endpoints: EndpointPlan;
  /** What it says of other hubs that are told. */
  readonly peers: PeerSettings;
}

/**
 * How the engine and the reader of a hub are opened. With the embedded store and more than one processor, each in a thread:
 * SQLite holds up whoever calls it. PostgreSQL holds up nobody, and on one processor a thread costs more than it gives.
 */
export function halvesFor({ databaseUrl }: Settings): (needs: HalvesNeeds) => Promise<Halves> {
  return databaseUrl === undefined && availableParallelism() > 1 ? openInThreads : openHere;
}

/** Each in a thread of its own. The start of the parts throws an Error when the store cannot be opened. */
async function openInThreads({ settings, logger, notify, endpoints, peers }: HalvesNeeds): Promise<Halves> {
  const engine = startEngineThread(engineSettings(settings, notify, endpoints, peers), logger);
  // One after the other: a thread that loads has some dozen files open at once, which is much where few are allowed.
  await engine.loaded();
  const keys = createKeyReader(settings);
  const reader = startReaderThread(
    { ...settings, historyMs: settings.retention.historyMs, relations: plainRelations(notify) },
    logger,
  );
  return {
    engine: engine.engine,
    reader: { ...reader.reader, findKey: keys.findKey, listKeys: keys.listKeys, access: keys.access },
    parts: [engine.part, reader.part, keys.part],
    died: Promise.race([engine.died, reader.died]),
  };
}

/** Both in this thread. Throws StoreError when the store cannot be opened. */
export async function openHere({
  settings,
  drivers,
  clock,
  logger,
  notify,
  endpoints,
  peers,
}: HalvesNeeds): Promise<Halves> {
  const store = await openStore(settings, clock, { isHub: true, onMigration: migrationLog(logger) });
  const { engine, parts } = createEngine(
    { store, drivers, clock, logger },
    engineSettings(settings, notify, endpoints, peers),
  );
  const reader = createReader(store, {
    ...{ now: clock.now, resolveTimeoutMs: settings.resolveTimeoutMs, historyMs: settings.retention.historyMs },
    relations: await relationRules(plainRelations(notify)),
  });
  return { engine, reader, parts, died: new Promise(() => {}) };
}
