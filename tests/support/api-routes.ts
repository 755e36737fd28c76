import { createRoutes, type RouteParts } from '../../src/web/api/routes.ts';

/** Notices of a hub that tells nobody. */
export const NO_NOTICES: RouteParts['notices'] = {
  test: async () => ({ ok: true, results: [] }),
  change: async () => ({ outcome: 'refused', reason: 'not_found' }),
  figures: async () => null,
};

/** Figures of a process that has done nothing. */
export const NO_FIGURES: Pick<RouteParts, 'requests' | 'usage'> = {
  requests: () => [],
  usage: () => ({ startedAt: 0, memoryBytes: 0, cpuSeconds: 0 }),
};

/** The routes of the API with nothing behind them: for what they say of themselves. */
export const API_ROUTES = createRoutes({
  read: async () => undefined,
  sources: async () => [],
  findIds: async () => [],
  notReady: async () => null,
  findLinkSecret: async () => undefined,
  changeSilence: async () => ({ outcome: 'not_found' as const }),
  remove: async () => ({ removed: 0, ended: 0 }),
  act: async () => ({ outcome: 'refused', reason: 'not_found', incident: null }) as const,
  notices: NO_NOTICES,
  ...NO_FIGURES,
  version: '',
  instanceId: '',
  now: () => 0,
});
