import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { alertmanager } from '../../src/drivers/alertmanager.ts';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { firingBody } from '../support/payloads.ts';

let home: HubHome;
let hub: Hub;
beforeEach(async () => {
  home = makeHubHome({ MONITOR_CHECKERS: '', WEBHOOK_SECRET_GRAFANA: '0d7a1c55b2f94e68a3c1' });
  hub = await home.serve();
});
afterEach(() => home.remove());

const send = (name: string, body: string, headers: Record<string, string> = {}) =>
  request(`${hub.url}/alerts/webhook/${name}/`, { body, headers });

/** The command's table, a row for each source. */
async function table(): Promise<Map<string, string>> {
  const { code, stdout, stderr } = await home.run(['sources'], { MONITOR_URL: hub.url });
  expect([code, stderr]).toEqual([0, '']);
  const [head = '', ...rows] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^SOURCE +HEARD +REMARKS AND REFUSALS$/);
  return new Map(rows.map((row) => [row.split(' ')[0] ?? '', row.replace(/\s+/g, ' ').trim()]));
}

test('says who was heard, what was remarked, and why somebody is refused, also after a restart', async () => {
  expect((await table()).get('zabbix')).toBe('zabbix never');
  expect((await send('alertmanager', firingBody(alertmanager))).status).toBe(200);
  expect((await send('grafana', '{}', { Authorization: 'Bearer wrong' })).status).toBe(403);
  expect((await send('zabbix', '{"trigger": "\u001b[2J')).status).toBe(400);
  const ping = JSON.stringify({ event: { id: '01', event_type: 'pagey.ping', occurred_at: '2026-03-29T12:00:00Z' } });
  expect((await send('pagerduty', ping)).status).toBe(200);

  const rows = {
    alertmanager: /^alertmanager \S+ \d+s ago: .*max_alerts/,
    datadog: /^datadog never$/,
    grafana: /^grafana never refused \d+s ago: .*(token|secret|signature)/,
    pagerduty: /^pagerduty \S+ \d+s ago: .*test/,
    zabbix: /^zabbix never refused \d+s ago: .*JSON/,
  };
  for (let start = 0; start < 2; start += 1) {
    const found = await table();
    for (const [name, row] of Object.entries(rows)) expect(found.get(name)).toMatch(row);
    expect((await hub.stop()).code).toBe(0);
    hub = await home.serve();
  }
});

test('what a stranger sent moves no cursor', async () => {
  const event = { id: '01', event_type: '\u001b[2J\u0007bad\nword', occurred_at: '2026-03-29T12:00:00Z' };
  expect((await send('pagerduty', JSON.stringify({ event }))).status).toBe(200);
  const { stdout } = await home.run(['sources'], { MONITOR_URL: hub.url });
  expect(stdout).toContain('bad');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
