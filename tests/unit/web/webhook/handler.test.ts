import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { enabledDrivers } from '../../../../src/drivers/registry.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createHttpServer, type Server } from '../../../../src/web/server.ts';
import type { Job } from '../../../../src/web/webhook/intake.ts';
import type { Outcome } from '../../../../src/web/webhook/outcome.ts';
import { makeGate } from '../../../support/access.ts';
import { NOTHING_BEHIND } from '../../../support/api-routes.ts';

const COUNTS = { alertsCreated: 0, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 0, incidentsUpdated: 0 };
const ACCEPTED: Outcome = { outcome: 'accepted', answer: { outcome: 'committed', counts: COUNTS, errors: [] } };

let server: Server;
const jobs: Job[] = [];

/** A server with every driver, that believes everybody and keeps nothing. */
beforeAll(async () => {
  const onFailure = (error: unknown) => {
    throw error;
  };
  server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    bounds: { perAddress: 10, all: 100, isShared: () => true },
    onConnectionRefused: () => {},
    api: {
      ...{ ...NOTHING_BEHIND, version: '1', instanceId: 'own' },
      ...{ clock: systemClock, gate: makeGate(), onFailure },
    },
    webhook: {
      drivers: enabledDrivers({ clusterEnabled: true }),
      proveHead: () => 'none',
      authenticate: async () => ({ ok: true, verified: { ok: true }, credential: { name: 'local' } }),
      intake: async (job) => {
        jobs.push(job);
        return ACCEPTED;
      },
      now: () => 0,
      addressOf: () => '127.0.0.1',
      onOutcome: () => {},
      onFailure,
    },
  });
  await server.start();
});
afterAll(() => server.stop());

async function send(method: string, path: string, body = '{"ruleId":1,"ruleName":"r"}') {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { method, body });
  return { status: response.status, allow: response.headers.get('allow'), json: await response.json() };
}

test('Grafana may be set to PUT, and what it sends so is read as what it posts', async () => {
  for (const method of ['POST', 'PUT']) expect((await send(method, '/alerts/webhook/grafana/')).status).toBe(200);
  const [posted, put] = jobs
    .splice(0)
    .map(({ driver, body }) => ({ driver, value: JSON.parse(body.toString('utf8')) }));
  expect(put).toEqual(posted);
  expect(put).toEqual({ driver: 'grafana', value: { ruleId: 1, ruleName: 'r' } });
});

test.each([
  ['PUT', '/alerts/webhook/zabbix/', 'GET, HEAD, POST'],
  ['PUT', '/alerts/webhook/', 'GET, HEAD, POST'],
  ['PATCH', '/alerts/webhook/grafana/', 'GET, HEAD, POST, PUT'],
  ['DELETE', '/alerts/webhook/grafana/s3cret/', 'GET, HEAD, POST, PUT'],
])('%s %s is not taken, and the answer says what is: %s', async (method, path, allow) => {
  const answer = await send(method, path);
  expect(answer).toMatchObject({
    status: 405,
    allow,
    json: { message: expect.stringMatching(/^send alerts with POST/) },
  });
  expect(jobs).toEqual([]);
});
