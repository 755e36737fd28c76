import { createRoutes } from '../../src/web/api/routes.ts';

/** The routes of the API with nothing behind them: for what they say of themselves. */
export const API_ROUTES = createRoutes({
  read: async () => undefined,
  sources: async () => [],
  findIds: async () => [],
  notReady: async () => null,
  findLinkSecret: async () => undefined,
  act: async () => ({ outcome: 'refused', reason: 'not_found', incident: null }) as const,
  version: '',
  instanceId: '',
  now: () => 0,
});
