import { expect, test } from '@jest/globals';
import { readEndpoints } from '../../../../src/config/endpoints/read.ts';
import { endpointPlan } from '../../../../src/endpoints/plan.ts';
import type { RouteRequest } from '../../../../src/web/api/route.ts';
import { gatusRoutes } from '../../../../src/web/probes/gatus.ts';
import { NOTHING_BEHIND } from '../../../support/api-routes.ts';

const URL_TEXT = 'https://shop.internal:8443/health?k=1';
const LOOK = {
  ...{ endpoint: '_e', probe: 'local', at: 0, success: false, durationMs: 3, abstains: false, certificateMs: null },
  errors: [`${URL_TEXT} gave no answer`, 'shop.internal:8443 refused', 'shop.internal has no address'],
  conditions: [{ condition: '[STATUS] (500) == 200', success: false }],
};

/** The one result of an endpoint with this `ui`. */
async function resultWith(ui: object) {
  const values = { endpoints: [{ name: 'e', url: URL_TEXT, ui }] };
  const found = readEndpoints({ endpointsFile: { values, at: () => '', folder: '/' } }, { env: {} });
  expect(found?.problems).toEqual([]);
  if (found === null) throw new Error('nothing was read');
  const { document } = found;
  const routes = gatusRoutes({
    endpoints: {
      document: () => document,
      watched: () => endpointPlan(document).endpoints,
      reads: { ...NOTHING_BEHIND.endpoints.reads, endpointLooks: async () => [LOOK] },
    },
  });
  const route = routes.find(({ path }) => path === '/api/v1/endpoints/:key/statuses');
  const answer = (await route?.answer({ params: { key: '_e' }, query: {} } as unknown as RouteRequest)) as {
    readonly body: { readonly results: readonly Readonly<Record<string, unknown>>[] };
  };
  return answer.body.results[0];
}

test.each([
  ['nothing', {}, { hostname: 'shop.internal', errors: LOOK.errors, conditionResults: LOOK.conditions }],
  [
    'the hostname',
    { 'hide-hostname': true },
    {
      hostname: '',
      errors: ['https://<redacted>/health?k=1 gave no answer', '<redacted> refused', '<redacted> has no address'],
    },
  ],
  [
    'the URL',
    { 'hide-url': true },
    { hostname: '', errors: ['<redacted> gave no answer', '<redacted> refused', '<redacted> has no address'] },
  ],
  [
    'the port',
    { 'hide-port': true },
    {
      hostname: 'shop.internal',
      errors: [
        'https://shop.internal:<redacted>/health?k=1 gave no answer',
        'shop.internal:<redacted> refused',
        'shop.internal has no address',
      ],
    },
  ],
  [
    'hostname and port',
    { 'hide-hostname': true, 'hide-port': true },
    {
      hostname: '',
      errors: ['https://<redacted>/health?k=1 gave no answer', '<redacted> refused', '<redacted> has no address'],
    },
  ],
  ['conditions', { 'hide-conditions': true }, { conditionResults: [], errors: LOOK.errors }],
])('a status hides %s', async (_, ui, shown) => {
  expect(await resultWith(ui)).toMatchObject(shown);
});

test('a status hides errors', async () => {
  expect(await resultWith({ 'hide-errors': true })).not.toHaveProperty('errors');
});
