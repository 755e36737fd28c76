import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { enabledDrivers } from '../../../../src/drivers/registry.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { createLimiter } from '../../../../src/web/limits.ts';
import { createAuthenticate } from '../../../../src/web/webhook/credentials.ts';
import { createIntake } from '../../../../src/web/webhook/intake.ts';
import { replyTo } from '../../../../src/web/webhook/outcome.ts';

const NOW = Date.UTC(2026, 2, 29, 12, 5);
const DRIVERS = enabledDrivers({ clusterEnabled: true, sources: { mytool: {} } });
const SECRETS = { cluster: [], generic: ['of-generic'], grafana: ['of-grafana', 'of-grafana-before'], zabbix: [] };

const authenticate = createAuthenticate({
  secrets: Object.fromEntries(
    Object.entries(SECRETS).map(([name, texts]) => [name, texts.map((text) => new Secret(text))]),
  ),
  sharedSecret: true,
  insecure: false,
  isLocal: () => true,
  withoutAuth: [],
  policy: { requireV2: false },
  findKey: async () => undefined,
});

/** What is said to a request of a program on this machine that shows the secret, if there is one. */
async function ask(name: string, secret?: string) {
  const driver = DRIVERS.get(name);
  if (driver === undefined) throw new Error(name);
  const headers = { host: '127.0.0.1', ...(secret && { authorization: `Bearer ${secret}` }) };
  const request = { headers, socket: { remoteAddress: '127.0.0.1' } } as IncomingMessage;
  const body = Buffer.from('{}');
  const texts = () => ({});
  const raw = { method: 'POST', path: `/alerts/webhook/${name}/`, headers, body, texts, receivedAt: NOW };
  const proof = await authenticate(driver, raw, request);
  if (!proof.ok) throw new Error(proof.reason);
  return proof;
}

describe('a credential is known by whose secret it is', () => {
  test.each([
    ['grafana', 'of-grafana', 'secret:grafana'],
    ['grafana', 'of-grafana-before', 'secret:grafana'],
    ['generic', 'of-generic', 'secret:generic'],
    ['mytool', 'of-generic', 'secret:generic'],
    ['zabbix', undefined, 'local:zabbix'],
    ['cluster', undefined, 'local:cluster'],
  ])('%s with %p: %s', async (name, secret, expected) => {
    expect((await ask(name, secret)).credential).toEqual({ name: expected });
  });
});

test('a tool that sends too much takes nothing from another', async () => {
  const taken: string[] = [];
  const intake = createIntake({
    ownMarker: () => 'mh-0123456789ab',
    drivers: DRIVERS,
    limit: createLimiter({ perSecond: 1, burst: 2 }),
    monotonic: () => 0,
    resolveTimeoutMs: 0,
    submit: async ({ open }) => {
      const submission = open();
      if (submission === null) return null;
      taken.push(submission.source);
      return { outcome: 'refused', reason: 'only the limit is asked here' };
    },
    onFailure: () => {},
  });
  const send = async (name: string, secret?: string) => {
    const { verified, credential } = await ask(name, secret);
    const body = Buffer.from('{"ruleId":1,"ruleName":"r","title":"t","event_id":"1"}');
    const job = { driver: name, receivedAt: NOW, userAgent: '', body, contentType: '', verified, credential, flow: '' };
    return replyTo(await intake(job)).status;
  };
  const statuses = [];
  for (let turn = 0; turn < 3; turn += 1) statuses.push(await send('grafana', 'of-grafana'));
  statuses.push(await send('zabbix'), await send('generic', 'of-generic'));
  expect(statuses).toEqual([403, 403, 429, 403, 403]);
  expect(taken).toEqual(['grafana', 'grafana', 'zabbix', 'generic']);
});
