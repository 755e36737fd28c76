import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findChromium, startBrowser } from '../support/browser.ts';
import { axeFindings, type Look, watchPage } from '../support/dashboard-page.ts';
import { HOSTILE_TEXTS } from '../support/hostile-text.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const TOKEN = 'a-token-of-the-hub-itself';
const PROBE = 'a-token-of-the-probe';
const NAMES = ['core/web', 'core/api', 'hidden/db'];
const configOf = (statusPage: object, announcements: object[] = [], names = NAMES) =>
  JSON.stringify({
    endpoints: names.map((title) => {
      const [group, ...name] = title.split('/');
      return {
        ...{
          name: name.join('/'),
          group,
          url: 'tcp://10.9.8.7:5432',
          monitored_by: ['oslo-1'],
          labels: { team: 'inside' },
        },
        ...{ conditions: ['[CONNECTED] == true'], alerts: [{ failure_threshold: 1, success_threshold: 1 }] },
      };
    }),
    probes: [{ id: 'oslo-1', token: PROBE, rate_per_second: 1000 }],
    ...{ status_page: statusPage, announcements },
  });

let home: HubHome;
let hub: Hub;
const config = (text: string) => writeFileSync(join(home.folder, 'monitor.yaml'), text);
const ask = (path: string, init: RequestInit = {}) => fetch(`${hub.url}${path}`, init);
const tell = (key: string, success: boolean) =>
  ask(`/api/v1/agents/oslo-1/endpoints/${encodeURIComponent(key)}/results`, {
    ...{ method: 'POST', headers: { authorization: `Bearer ${PROBE}` } },
    body: JSON.stringify({
      ...{ success, duration_ms: 120, timestamp: new Date().toISOString() },
      errors: success ? [] : ['connect ECONNREFUSED 10.9.8.7:5432'],
    }),
  });
const reloaded = async (text: string) => {
  config(text);
  const done = await ask('/api/v1/config/reload', { method: 'POST', headers: { authorization: `Bearer ${TOKEN}` } });
  expect(done.status).toBe(200);
};
beforeAll(async () => {
  home = makeHubHome({ MONITOR_CHECKERS: 'cpu', MONITOR_API_TOKEN: TOKEN });
  config(configOf({ endpoints: ['core/*'] }));
  hub = await home.serve();
  expect([(await tell('core_web', false)).status, (await tell('core_api', true)).status]).toEqual([202, 202]);
  expect((await tell('hidden_db', false)).status).toBe(202);
});
afterAll(() => home.remove());

const BADGES = [
  ['health/badge.svg', ''],
  ['health/badge.shields', ''],
  ['uptimes/24h', 'uptime'],
  ['uptimes/24h/badge.svg', 'uptime'],
  ['response-times/24h', 'response_time'],
  ['response-times/1h/badge.svg', 'response_time'],
  ['response-times/24h/chart.svg', 'response_time'],
  ['response-times/7d/history', 'response_time'],
] as const;

test('nobody sees anything unless it is wanted', async () => {
  for (const path of ['/status', '/api/v1/status-page']) expect((await ask(path)).status).toBe(404);
  for (const [path] of BADGES) expect((await ask(`/api/v1/endpoints/core_web/${path}`)).status).toBe(401);
});

test('everybody sees what is listed, from the moment at which the configuration is read again, and nothing else', async () => {
  const page = { enabled: true, title: 'Status of Example', endpoints: ['core/*'], fields: ['uptime', 'incidents'] };
  const said = { timestamp: '2026-01-01T00:00:00Z', type: 'warning', message: 'Slow until noon.' };
  await reloaded(configOf(page, [said]));
  const answers = [await ask('/status'), await ask('/api/v1/status-page')];
  expect(answers.map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual([
    [200, 'public, max-age=5'],
    [200, 'public, max-age=5'],
  ]);
  const [html = '', json = ''] = await Promise.all(answers.map((one) => one.text()));
  expect(JSON.parse(json)).toMatchObject({
    ...{ title: 'Status of Example', verdict: 'partly_down', announcements: [{ message: 'Slow until noon.' }] },
    groups: [
      {
        name: 'core',
        endpoints: [
          { name: 'api', state: 'up' },
          { name: 'web', state: 'down' },
        ],
      },
    ],
    incidents: [{ name: 'web', ended_at: null }],
  });
  for (const text of ['Slow until noon.', 'Something is down', '>web<']) expect(html).toContain(text);
  for (const inside of ['10.9.8.7', 'inside', 'oslo', 'ECONN', 'hidden_', 'hidden/', '>db<', 'Response']) {
    expect([inside, json.includes(inside), html.includes(inside)]).toEqual([inside, false, false]);
  }
  const known = { headers: { 'if-none-match': answers[0]?.headers.get('etag') ?? '' } };
  expect((await ask('/status', known)).status).toBe(304);
  expect((await ask('/status', { method: 'HEAD' })).headers.get('content-type')).toMatch(/^text\/html/);
  expect((await ask('/status', { method: 'POST' })).status).toBe(405);
});

test('badges are open for what the page shows, as far as it tells that', async () => {
  for (const [path, field] of BADGES) {
    const status = async (key: string, headers = {}) =>
      (await ask(`/api/v1/endpoints/${key}/${path}`, { headers })).status;
    const open = field === 'response_time' ? 401 : path === 'uptimes/24h' ? 404 : 200;
    expect([path, await status('core_api'), await status('hidden_db'), await status('none')]).toEqual([
      path,
      open,
      401,
      401,
    ]);
    const reader = { authorization: `Bearer ${TOKEN}` };
    expect([200, 404]).toContain(await status('hidden_db', reader));
    expect(await status('none', reader)).toBe(404);
    // What is shown is no way to anything else.
    expect((await ask(`/api/v1/endpoints/core_api/${path}`, { method: 'DELETE' })).status).toBe(401);
  }
  const badge = await ask('/api/v1/endpoints/core_web/health/badge.svg');
  expect(Object.fromEntries(badge.headers)).toMatchObject({
    ...{ 'content-type': 'image/svg+xml; charset=utf-8', 'cache-control': 'no-cache, no-store, must-revalidate' },
    ...{ expires: '0', 'cross-origin-resource-policy': 'cross-origin', 'x-content-type-options': 'nosniff' },
  });
  expect(await badge.text()).toMatch(/aria-label="health: down"[\s\S]*#c7130a/);
  expect((await ask('/api/v1/endpoints/core_web/uptimes/2h/badge.svg')).status).toBe(400);
});

test('what is wrong with it is told with its place and a fix', async () => {
  config(
    'status_page: {enabled: true, endpoints: [core/wep], fields: [uptime, adress]}\nannouncements:\n  - {timestamp: yesterday, typ: x, message: ""}\nendpoints: [{name: web, group: core, url: "tcp://127.0.0.1:9"}]\n',
  );
  const { code, stdout, stderr } = await home.run(['config', 'check']);
  expect(code).toBe(2);
  for (const words of [
    'monitor.yaml:1: status_page.fields: must be a list of uptime, history, incidents, response_time',
    'monitor.yaml:3: announcements[0].timestamp: must be a time such as 2026-01-31T09:00:00Z, in quotes',
    'monitor.yaml:3: announcements[0].typ: unknown setting; did you mean type?',
    'monitor.yaml:3: announcements[0].message: must be text',
  ])
    expect(`${stdout}${stderr}`).toContain(words);
  config(
    'status_page: {enabled: true, endpoints: [core/wep]}\nendpoints: [{name: web, group: core, url: "tcp://127.0.0.1:9"}]\n',
  );
  const warned = await home.run(['config', 'check']);
  expect([warned.code, `${warned.stdout}${warned.stderr}`]).toEqual([
    0,
    expect.stringContaining('status_page.endpoints: there is no endpoint "core/wep"; did you mean core/web?'),
  ]);
});

const chromium = findChromium();
const inChromium = chromium === null ? describe.skip : describe;
inChromium(
  `in a browser${chromium === null ? ': Chromium is not installed here (Debian: apt-get install chromium)' : ''}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser(chromium ?? '');
    });
    afterAll(() => browser?.close());
    const LOOKS: readonly (readonly [string, Look])[] = [
      ['light', {}],
      ['dark, on a phone', { isDark: true, isPhone: true }],
    ];

    test.each(LOOKS)('%s: hostile text is text, nothing is loaded, and axe finds nothing', async (_, look) => {
      const texts = HOSTILE_TEXTS.map((text) => text.replaceAll(/\p{Cc}/gu, ''));
      const said = texts.map((message) => ({ timestamp: '2026-01-01T00:00:00Z', type: 'outage', message }));
      const names = texts.map((text, index) => `${text.replaceAll('/', '|')}/${index} ${text}`);
      const fields = ['uptime', 'history', 'incidents', 'response_time'];
      await reloaded(
        configOf({ enabled: true, title: texts[0], endpoints: ['*'], fields }, said, [...NAMES, ...names]),
      );
      const { page, faults, close } = await watchPage(browser, look);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goto(`${hub.url}/status`);
      const found = await page.evaluate<{ hacked: unknown; foreign: number; wide: boolean; text: string }>(`({
        hacked: window.hacked,
        foreign: document.querySelectorAll('script, iframe, img, base, a, math, [onerror], [onload]').length,
        wide: document.documentElement.scrollWidth > innerWidth,
        text: document.body.innerText,
      })`);
      expect(found).toMatchObject({ foreign: 0, wide: false });
      expect(found.hacked).toBeUndefined();
      expect(found.text).toContain('<script>window.hacked=1</script>');
      expect(await axeFindings(page)).toEqual([]);
      expect([
        asked.filter((path) => path !== '/favicon.ico'),
        faults.filter((one) => !one.includes('favicon')),
      ]).toEqual([['/status'], []]);
      await close();
    });
  },
);
