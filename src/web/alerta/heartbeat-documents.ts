import type { Instance } from '../../core/cluster/instance.ts';
import type { ReadStore } from '../../stores/contract/reads.ts';
import { heartbeatId, heartbeatJson, ORIGINS } from './heartbeat.ts';

/** JSON text in pieces; none at all when there is no such thing. */
type Pieces = AsyncGenerator<string, void, undefined>;

/** What the API of Alerta shows of heartbeats. */
export interface HeartbeatDocuments {
  /** Those of some statuses; of all where none is named. */
  alertaHeartbeats(query: { readonly status: readonly string[] }): Pieces;
  /** One, with the instance that it is kept as. */
  alertaHeartbeat(query: { readonly id: string }): Pieces;
}

const STEP = 500;
const MOST = 10_000;

/** Documents over a store. */
export function createHeartbeatDocuments({
  store,
  now,
}: {
  readonly store: Pick<ReadStore, 'listInstances'>;
  readonly now: () => number;
}): HeartbeatDocuments {
  const origins = async () => {
    const all: Instance[] = [];
    for (let cursor: string | null = ORIGINS.after; cursor !== null && all.length < MOST; ) {
      const page: Awaited<ReturnType<typeof store.listInstances>> = await store.listInstances({ cursor, limit: STEP });
      all.push(...page.items.filter(({ instanceId }) => ORIGINS.isOne(instanceId)));
      cursor = ORIGINS.isOne(page.items.at(-1)?.instanceId ?? '') ? page.nextCursor : null;
    }
    return all;
  };
  return {
    alertaHeartbeats: async function* ({ status }) {
      const all = (await origins()).flatMap((one) => heartbeatJson(one, now()) ?? []);
      const heartbeats = all.filter((one) => status.length === 0 || status.includes(one.status));
      const none = heartbeats.length === 0 ? { message: 'not found' } : {};
      const pages = { page: 1, pageSize: heartbeats.length, pages: heartbeats.length === 0 ? 0 : 1, more: false };
      yield JSON.stringify({ status: 'ok', heartbeats, total: heartbeats.length, ...pages, ...none });
    },
    alertaHeartbeat: async function* ({ id }) {
      const instance = (await origins()).find(({ instanceId }) => heartbeatId(instanceId) === id);
      const heartbeat = instance === undefined ? null : heartbeatJson(instance, now());
      if (heartbeat !== null) yield JSON.stringify({ heartbeat, instance });
    },
  };
}
