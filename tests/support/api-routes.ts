import { NO_ROUTES } from '../../src/core/policy/route-tree.ts';
import { createRoutes, type RouteParts } from '../../src/web/api/routes.ts';
import { NO_ACCOUNTS } from './access.ts';

/** Notices of a hub that tells nobody. */
export const NO_NOTICES: RouteParts['notices'] = {
  test: async () => ({ ok: true, results: [] }),
  change: async () => ({ outcome: 'refused', reason: 'not_found' }),
  figures: async () => null,
};

/** Figures of a process that has done nothing. */
export const NO_FIGURES: Pick<RouteParts, 'requests' | 'usage' | 'role' | 'heartbeat'> = {
  heartbeat: () => null,
  role: 'hub',
  requests: () => [],
  usage: () => ({ startedAt: 0, memoryBytes: 0, cpuSeconds: 0 }),
};

const NO_CONFIG = { loadedAt: 0, files: [], settings: [], notify: null, waiting: [], failed: null };

/** What the API reads and writes, of a hub that holds nothing. */
export const NOTHING_BEHIND = {
  read: async () => undefined,
  sources: async () => [],
  findIds: async () => [],
  listKeys: async () => [],
  notifyRoutes: async () => NO_ROUTES,
  notReady: async () => null,
  findLinkSecret: async () => undefined,
  changeSilence: async () => ({ outcome: 'not_found' }),
  standby: {
    standing: async () => ({
      ...{ mode: 'leader', among: 'shared_store', isLeading: true },
      leader: { name: 'hub-1', since: 0, term: 1 },
    }),
    change: async () => ({
      outcome: 'done',
      standing: { mode: 'leader', among: 'shared_store', isLeading: true, leader: null },
    }),
  },
  remove: async () => ({ removed: 0, ended: 0 }),
  actOnAll: async () => ({ outcome: 'refused', reason: 'id_reused', seq: null }),
  act: async () => ({ outcome: 'refused', reason: 'not_found', incident: null }),
  submit: async () => ({ outcome: 'refused', reason: '' }),
  samples: { figures: 500, keepMs: 0 },
  notices: NO_NOTICES,
  baseUrl: 'http://hub.example.com',
  peers: {
    receive: async ({ hub }) => ({ outcome: 'received', hub, results: [] }),
    views: async () => [],
    change: async () => null,
  },
  config: {
    current: () => NO_CONFIG,
    written: () => ({ state: NO_CONFIG, problems: [], changes: [] }),
    reload: async () => [],
  },
  streams: {
    open: (_, target) => {
      setImmediate(() => target.end());
      return true;
    },
  },
  endpoints: {
    document: () => ({ endpoints: [], pushEndpoints: [], probes: [], announcements: [] }),
    isMaintained: () => false,
    watched: () => [],
    looks: () => [],
    tryNow: async () => null,
    reads: {
      endpointStates: async () => [],
      probeStates: async () => [],
      endpointLooks: async () => [],
      endpointPings: async () => [],
      endpointRollups: async () => [],
      latestLooks: async () => [],
      endpointSums: async () => [],
      endpointOutages: async () => [],
    },
  },
  statusPage: () => ({ enabled: false, title: '', endpoints: [], fields: [] }),
  probes: {
    prove: () => ({ refused: { status: 401, body: undefined } }),
    knows: () => false,
    assigned: () => [],
    asked: async () => [],
    sight: async () => {},
    accept: async () => null,
    list: async () => [],
  },
  pushes: { find: () => ({ outcome: 'unknown' }), byKey: () => undefined, take: async () => null },
  ...NO_ACCOUNTS,
  ...NO_FIGURES,
  now: () => 0,
} satisfies Partial<RouteParts>;

/** The routes of the API with nothing behind them: for what they say of themselves. */
export const API_ROUTES = createRoutes({ ...NOTHING_BEHIND, version: '', instanceId: '' });
