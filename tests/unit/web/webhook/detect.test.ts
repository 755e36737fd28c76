import { expect, test } from '@jest/globals';
import { enabledDrivers } from '../../../../src/drivers/registry.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { createIsLocal } from '../../../../src/web/address.ts';
import type { RequestHead } from '../../../../src/web/request.ts';
import { createAuthenticate } from '../../../../src/web/webhook/credentials.ts';
import { createDetect } from '../../../../src/web/webhook/detect.ts';

const SECRET = 'canary-of-grafana-0123';
const DRIVERS = enabledDrivers({ clusterEnabled: true });
const secrets = Object.fromEntries([...DRIVERS.keys()].map((name) => [name, [new Secret(`of-${name}-0123456789`)]]));
const authenticate = createAuthenticate({
  ...{ secrets: { ...secrets, grafana: [new Secret(SECRET)] }, sharedSecret: true, insecure: false, withoutAuth: [] },
  ...{ policy: { requireV2: false }, isLocal: createIsLocal([]), findKey: async () => undefined },
});

/** What is made of a body at the path without a driver; `parsed` says whether a driver has looked into it. */
function world() {
  let parsed = false;
  const looked = (name: string, claims: (body: unknown) => boolean) => (body: unknown) => {
    parsed ||= name !== '';
    return claims(body);
  };
  const drivers = new Map([...DRIVERS].map(([name, one]) => [name, { ...one, claims: looked(name, one.claims) }]));
  const detect = createDetect({ drivers, authenticate });
  const ask = async (body: string, headers: Record<string, string> = {}, receivedAt = 0) => {
    parsed = false;
    const bytes = Buffer.from(body);
    const head = { method: 'POST', path: '/alerts/webhook/', headers, receivedAt };
    const texts = () => JSON.parse(body.length < 200 ? body : '{}');
    const request = { ...head, url: head.path, httpVersionMajor: 1, httpVersionMinor: 1 };
    const socket = { remoteAddress: '192.0.2.1' };
    const found = await detect({ ...head, body: bytes, texts }, { ...request, socket } as RequestHead, {
      receivedAt,
      address: '192.0.2.1',
    });
    return { found: 'name' in found ? found.name : found.cause, parsed };
  };
  return { ask };
}

const GRAFANA = '{"ruleId":1,"ruleName":"r","state":"alerting","evalMatches":[]}';
const EVENT = '{"routing_key":"of-pagerduty-events-0123456789","event_action":"trigger","payload":{}}';

const PUSH = '{"source":"cluster","instance_id":"a","hostname":"a","version":"1","alerts":[]}';
const PUSH_SIGNATURE = new Secret('of-cluster-0123456789').hmac(PUSH);

test.each<[string, string, Record<string, string>, { found: string; parsed: boolean }]>([
  ['nothing', GRAFANA, {}, { found: 'forbidden', parsed: false }],
  ['a wrong secret', GRAFANA, { 'x-webhook-token': 'of-nobody-0123456789' }, { found: 'forbidden', parsed: false }],
  ['a wrong signature', GRAFANA, { 'x-cluster-signature': '0'.repeat(64) }, { found: 'forbidden', parsed: false }],
  ['the secret of a driver', GRAFANA, { 'x-webhook-token': SECRET }, { found: 'grafana', parsed: true }],
  ['its routing key', EVENT, {}, { found: 'pagerduty-events', parsed: true }],
  ['a push of an instance', PUSH, { 'x-cluster-signature': PUSH_SIGNATURE }, { found: 'unreadable', parsed: true }],
  ['a routing key that is wrong', EVENT.replace('of-', 'by-'), {}, { found: 'forbidden', parsed: false }],
])('of a sender that shows %s', async (_, body, headers, expected) => {
  expect(await world().ask(body, headers)).toEqual(expected);
});

test('who sends much by this path is told to use the one of its tool, and is not parsed', async () => {
  const { ask } = world();
  const large = JSON.stringify({ title: 't', message: 'm'.repeat(1024 * 1024) });
  const found: string[] = [];
  for (let turn = 0; turn < 6; turn += 1) found.push((await ask(large, { 'x-webhook-token': SECRET })).found);
  expect(found).toEqual(['generic', 'generic', 'generic', 'generic', 'rate_limited', 'rate_limited']);
  expect(await ask(large, { 'x-webhook-token': SECRET }, 2000)).toEqual({ found: 'generic', parsed: true });
});
