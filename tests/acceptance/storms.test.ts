import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

// Groups that their sender cannot split: a hub takes them whole, or says that it did not.
const SECRET = 'a-secret-of-the-alertmanager';
const home: HubHome = makeHubHome({ WEBHOOK_SECRET_ALERTMANAGER: SECRET, MONITOR_CHECKERS: '' });
let hub: Hub;
beforeAll(async () => {
  hub = await home.serve();
});
afterAll(async () => {
  await hub.stop();
  await home.remove();
});

const alert = (at: number, text = 'x') => ({
  status: 'firing',
  labels: { alertname: 'Storm', i: String(at) },
  annotations: { summary: text },
  startsAt: '2026-07-01T12:00:00Z',
  fingerprint: at.toString(16).padStart(16, '0'),
});
const group = (count: number, text?: string) =>
  JSON.stringify({
    ...{ version: '4', groupKey: '{}:{alertname="Storm"}', status: 'firing', receiver: 'monitor' },
    alerts: Array.from({ length: count }, (_, at) => alert(at, text)),
  });
const send = (body: string, headers: Record<string, string> = { authorization: `Bearer ${SECRET}` }) =>
  request(`${hub.url}/alerts/webhook/alertmanager/`, { body, headers });
const source = async () => (await items(hub.url, 'sources')).find((one) => one.source === 'alertmanager');
const own = () => items(hub.url, 'alerts?source=monitor');

describe('of a sender that shows its secret', () => {
  test('1,000 alerts of 8 KiB are taken', async () => {
    const body = group(1000, 'x'.repeat(8000));
    expect(body.length).toBeGreaterThan(8_000_000);
    expect(await send(body)).toMatchObject({ status: 200, json: { status: 'success', alerts_created: 1000 } });
  });

  test('5,000 alerts of one group are taken', async () => {
    expect(await send(group(5000))).toMatchObject({ status: 200, json: { status: 'success' } });
    expect(await own()).toEqual([]);
  });

  test.each([
    ['10,001 alerts', () => group(10_001), 413, 'at most 10000 alerts'],
    ['more than 8 MiB', () => 'x'.repeat(8 * 1024 * 1024 + 1), 413, 'at most 8388608 bytes'],
    ['no JSON', () => 'x', 400, 'the body is not JSON'],
  ])('%s are refused, and both the list of sources and an alert tell it', async (_, body, status, message) => {
    expect(await send(body())).toMatchObject({ status, json: { message: expect.stringContaining(message) } });
    expect(await source()).toMatchObject({ last_refusal: expect.stringContaining(message) });
    // Stored beside the answer, not before it.
    await eventually(async () =>
      expect(await own()).toMatchObject([{ name: 'Refused what alertmanager sent', status: 'firing' }]),
    );
  });

  test('so is one that is refused before anything is read', async () => {
    const authorization = `Bearer ${SECRET}`;
    expect((await send('{}', { authorization, 'content-encoding': 'gzip' })).status).toBe(415);
    expect(await source()).toMatchObject({ last_refusal: expect.stringContaining('Content-Encoding') });
  });
});

test('of a stranger no more than 1 MiB is read; it is told, and is no alert', async () => {
  const before = await own();
  const { status, json } = await send('x'.repeat(1024 * 1024 + 1), {});
  expect([status, json?.message]).toEqual([413, expect.stringContaining('at most 1048576 bytes')]);
  expect(await source()).toMatchObject({ last_refusal: expect.stringContaining('1048576') });
  expect(await own()).toEqual(before);
});
