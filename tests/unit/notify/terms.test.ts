import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ENDPOINT_SOURCE } from '../../../src/core/endpoint/alert.ts';
import { termsKey } from '../../../src/core/policy/terms.ts';
import { alertOf, traceRoutes } from '../../../src/notify/policy/trace.ts';
import { openNoticeHub, policyOf } from '../../support/notice-hub.ts';
import { incoming, T } from '../../support/world.ts';

const own = (key: string, repeatMs: number | null, tellsEnd: boolean) =>
  [termsKey({ source: ENDPOINT_SOURCE, fingerprint: key }), { repeatMs, tellsEnd, place: `alerts of ${key}` }] as const;
// Any probe is enough for the first alert, and all of them for the second, which is told more often and whose end is not.
const POLICY = policyOf({ terms: new Map([own('web', 60_000, true), own('web#2', 20_000, false)]) });

let hub: ReturnType<typeof openNoticeHub>;
beforeEach(async () => {
  hub = openNoticeHub(POLICY);
  await hub.start();
});
afterEach(() => hub.close());

const say = (source: string, fingerprint: string, status: 'firing' | 'resolved') =>
  hub.take(source, [incoming(fingerprint, status, 'warning', { observedAt: T + hub.now(), groupKey: 'endpoint:web' })]);
const until = (second: number) => hub.tick(second * 1000 - hub.now());
const said = () => hub.said.map(({ at, message }) => `${message.phase} ${at / 1000}`);

test('each alert of an endpoint is told again by its own interval, and ends quietly where it says so', async () => {
  await say(ENDPOINT_SOURCE, 'web', 'firing');
  await until(70);
  await say(ENDPOINT_SOURCE, 'web#2', 'firing');
  await until(100);
  await say(ENDPOINT_SOURCE, 'web#2', 'resolved');
  await until(160);
  await say(ENDPOINT_SOURCE, 'web', 'resolved');
  await until(300);
  expect(said()).toEqual(['firing 2', 'reminder 62', 'firing 72', 'reminder 92', 'reminder 152', 'resolved 162']);
});

test('the same over a restart, and for no alert of another source', async () => {
  await say(ENDPOINT_SOURCE, 'web#2', 'firing');
  await until(10);
  await hub.replace();
  await until(25);
  await say(ENDPOINT_SOURCE, 'web#2', 'resolved');
  await until(40);
  await say('generic', 'web#2', 'firing');
  await until(100);
  await say('generic', 'web#2', 'resolved');
  await until(110);
  expect(said()).toEqual(['firing 2', 'reminder 22', 'firing 42', 'resolved 102']);
});

test('a trace says where the interval comes from', () => {
  const { hops } = traceRoutes(POLICY, alertOf({ alertname: 'web', source: ENDPOINT_SOURCE, key: 'web' }), [], T);
  expect(hops.map(({ repeatMs }) => repeatMs)).toEqual([{ value: 60_000, place: 'alerts of web' }]);
});
