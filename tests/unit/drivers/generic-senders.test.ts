import { expect, test } from '@jest/globals';
import { generic, namedSources, sourcesSchema } from '../../../src/drivers/generic.ts';

const CONTEXT = { userAgent: '', receivedAt: Date.UTC(2026, 6, 1, 12) };
const monitor = { id: 7, name: 'Shop', url: 'https://shop.example.com' };
const heartbeat = (status: number) => ({
  monitorID: 7,
  status,
  msg: 'timeout of 48000ms exceeded',
  time: '2026-07-01',
});

function read(body: unknown, driver = generic) {
  const parsed = driver.parse(body, CONTEXT);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}

test.each([
  [0, 'firing'],
  [1, 'resolved'],
  [2, 'firing'],
])('a heartbeat of status %d is %s, by the monitor', (status, means) => {
  const { alerts } = read({ heartbeat: heartbeat(status), monitor, msg: '[Shop] text' });
  expect(alerts).toMatchObject([{ fingerprint: '7', name: 'Shop', status: means }]);
});

test('a test of the notification is taken, opens nothing and says so', () => {
  const body = { heartbeat: null, monitor: null, msg: 'hub Testing' };
  const mapped = namedSources(sourcesSchema.parse({ kuma: { map: { name: '$.monitor.name' } } }));
  for (const driver of [generic, ...mapped]) {
    expect(read(body, driver)).toMatchObject({
      alerts: [],
      remarks: [expect.stringContaining('a test of Uptime Kuma')],
    });
  }
  expect(generic.claims(body)).toBe(true);
});

test('words of a map may be numbers, as YAML has them', () => {
  const map = { identity: '$.monitor.id', name: '$.monitor.name', status: '$.heartbeat.status' };
  const schema = { kuma: { map: { ...map, resolved_words: [1], firing_words: [0] } } };
  const [kuma] = namedSources(sourcesSchema.parse(schema));
  const statusOf = (status: number) => read({ monitor, heartbeat: heartbeat(status) }, kuma).alerts[0]?.status;
  expect([statusOf(0), statusOf(1)]).toEqual(['firing', 'resolved']);
});

test.each([
  [{ title: 'Disk full', status: 'firing' }, true],
  [{ message: 'Disk full' }, true],
  [{ alert_name: 'Disk full', alert_status: 'ok' }, true],
  [{ alerts: [{ title: 'Disk full', severity: 'critical' }] }, true],
  [{ alerts: [{ labels: { alertname: 'a' } }] }, true],
  [{ name: 'Ada', email: 'ada@example.com' }, false],
  [{ message: 'hello', user: { id: 1 }, channel: 'x' }, false],
  [{ alerts: [{ foo: 1 }] }, false],
  [{ name: 'app', version: '1.0.0', scripts: {} }, false],
])('without a route, %j is claimed: %s', (body, isClaimed) => {
  expect(generic.claims(body)).toBe(isClaimed);
});
