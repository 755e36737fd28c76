import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Announcement, EndpointsDocument } from '../../../../src/config/endpoints/document.ts';
import { type EndpointState, newState } from '../../../../src/core/endpoint/state.ts';
import { endpointPlan } from '../../../../src/endpoints/plan.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import type { RouteRequest } from '../../../../src/web/api/route.ts';
import type { Reply } from '../../../../src/web/reply.ts';
import { type StatusPageParts, statusPageRoutes } from '../../../../src/web/status-page/routes.ts';
import { STATUS_PAGE_DOCUMENT, type StatusPageDocument } from '../../../../src/web/status-page/schemas.ts';
import { isShown, type StatusPageSettings } from '../../../../src/web/status-page/shown.ts';
import { HOSTILE_TEXTS } from '../../../support/hostile-text.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-11-28T12:00:00.000Z');
const SECRETS = ['secret-label', 'internal.example', 'probe-7', 'connect ECONNREFUSED 10.0.0.7', 'team-notes'];

const endpoint = (group: string, name: string): EndpointsDocument['endpoints'][number] => ({
  ...{
    key: `${group}_${name}`,
    group,
    name,
    enabled: true,
    description: 'team-notes',
    labels: { team: 'secret-label' },
  },
  ...{ url: 'https://internal.example/', options: new Secret('{}'), conditions: ['[STATUS] == 200'], alerts: [] },
  ...{
    intervalMs: 60_000,
    timeoutMs: 10_000,
    retries: 0,
    confirm: false,
    monitoredBy: ['probe-7'],
    regions: [],
    quorum: null,
  },
  ...{ strategy: 'any-down', dependsOn: [], maintenance: [] },
  ui: {
    hideUrl: false,
    hideHostname: false,
    hideConditions: false,
    hideErrors: false,
    conditionsAsWritten: false,
    hidePort: false,
    conditionsResolved: false,
    badgeSteps: null,
  },
});
const PROBE: EndpointsDocument['probes'][number] = {
  ...{ id: 'probe-7', name: 'probe-7', region: '', token: new Secret('x'), previousToken: null, ratePerSecond: 1 },
  ...{ staleAfterMs: DAY, allowFrom: [] },
};
const ENDPOINTS = [endpoint('core', 'web'), endpoint('core', 'api'), endpoint('edge', 'cdn'), endpoint('', 'alone')];
const state = (key: string, success: boolean, more: Partial<EndpointState> = {}): EndpointState => ({
  ...newState(key),
  ...{ verdict: success ? 'up' : 'down', since: START - 1000 },
  runs: {
    'probe-7': {
      ...{ at: START - 5000, success, abstains: false, failures: success ? 0 : 3, successes: success ? 3 : 0 },
      ...{ votes: [success ? 'up' : 'down'], durationMs: 40, certificateMs: null },
      errors: success ? [] : ['connect ECONNREFUSED 10.0.0.7'],
    },
  },
  ...more,
});
const said = (message: string, more: Partial<Announcement> = {}): Announcement => ({
  ...{ type: 'information', message, at: START - DAY, until: null, isArchived: false, ...more },
});

let now: number;
let settings: StatusPageSettings;
let states: EndpointState[];
let document: EndpointsDocument;
let asked: Record<string, number>;
let isMaintained: (key: string) => boolean;
let routes: ReturnType<typeof statusPageRoutes>;
beforeEach(() => {
  now = START;
  settings = {
    enabled: true,
    title: 'Example',
    endpoints: ['core/*', 'alone'],
    fields: ['uptime', 'history', 'incidents'],
  };
  states = [state('core_web', false), state('core_api', true), state('edge_cdn', false), state('_alone', true)];
  document = { endpoints: ENDPOINTS, pushEndpoints: [], probes: [PROBE], announcements: [] };
  asked = {};
  isMaintained = () => false;
  const count = <T>(name: string, value: T): Promise<T> => {
    asked[name] = (asked[name] ?? 0) + 1;
    return Promise.resolve(value);
  };
  const sums = { upMs: DAY - 864_000, downMs: 864_000, looks: 10, successes: 9, durationMs: 900 };
  const parts: StatusPageParts = {
    endpoints: {
      ...{ document: () => document, watched: () => endpointPlan(document).endpoints },
      isMaintained: (key) => isMaintained(key),
      reads: {
        ...{ probeStates: async () => [], endpointLooks: async () => [], latestLooks: async () => [] },
        endpointPings: async () => [],
        endpointStates: () => count('states', states),
        endpointRollups: (key, step) =>
          count(
            'days',
            key === 'core_web' ? [{ ...sums, endpoint: key, step, start: START - (START % DAY) - DAY }] : [],
          ),
        endpointSums: (keys, step, from) =>
          count(
            'sums',
            keys.map((key) => ({ ...sums, endpoint: key, step, start: from })),
          ),
        endpointOutages: (keys) =>
          count(
            'outages',
            [
              { endpoint: 'core_web', startedAt: START - 60_000, endedAt: null },
              { endpoint: 'core_api', startedAt: START - DAY, endedAt: START - DAY + 90_000 },
              { endpoint: 'edge_cdn', startedAt: START - 1, endedAt: null },
            ].filter((one) => keys.includes(one.endpoint)),
          ),
      },
    },
    ...{ statusPage: () => settings, now: () => now },
  };
  routes = statusPageRoutes(parts);
});

const ask = async (path: string, headers: Record<string, string> = {}): Promise<Reply> => {
  const route = routes.find((one) => one.path === path);
  const request = { query: {}, params: {}, header: (name: string) => headers[name] };
  return (await route?.answer(request as unknown as RouteRequest)) as Reply;
};
const textOf = (reply: Reply) => Buffer.from(reply.bytes ?? []).toString('utf8');
const html = async () => textOf(await ask('/status'));
const json = async () => JSON.parse(textOf(await ask('/api/v1/status-page'))) as StatusPageDocument;

test('there is none unless it is wanted', async () => {
  settings = { ...settings, enabled: false };
  for (const { path } of routes) expect(await ask(path)).toMatchObject({ status: 404 });
  expect(asked).toEqual({});
});

test('tells what the configuration lets everybody know, by groups', async () => {
  const found = await json();
  expect(STATUS_PAGE_DOCUMENT.parse(found)).toEqual(found);
  expect(found).toMatchObject({ title: 'Example', verdict: 'partly_down', checked_at: '2026-11-28T11:59:55.000Z' });
  expect(found.groups.map(({ name, endpoints }) => [name, endpoints.map((one) => `${one.name} ${one.state}`)])).toEqual(
    [
      ['', ['alone up']],
      ['core', ['api up', 'web down']],
    ],
  );
  expect(found.incidents?.map(({ name, ended_at }) => [name, ended_at])).toEqual([
    ['web', null],
    ['api', '2026-11-27T12:01:30.000Z'],
  ]);
  const web = found.groups[1]?.endpoints[1];
  expect(web?.uptime).toEqual({ '24h': 0.99, '7d': 0.99, '30d': 0.99, '90d': 0.99 });
  expect(web?.days).toHaveLength(90);
  expect(web?.days?.slice(-2)).toEqual([
    { day: '2026-11-27', uptime: 0.99, down_ms: 864_000 },
    { day: '2026-11-28', uptime: null, down_ms: 0 },
  ]);
  expect(web).not.toHaveProperty('response_ms');
});

test('tells nothing else: no label, address, error, probe or description, and no endpoint that is not listed', async () => {
  settings = { ...settings, fields: ['uptime', 'history', 'incidents', 'response_time'] };
  for (const text of [await html(), JSON.stringify(await json())]) {
    expect(SECRETS.filter((one) => text.includes(one))).toEqual([]);
    expect(text).not.toContain('cdn');
  }
});

test.each([
  ['uptime', 'uptime'],
  ['history', 'days'],
  ['response_time', 'response_ms'],
] as const)('%s is told where it is listed alone', async (field, key) => {
  settings = { ...settings, fields: [field] };
  const found = await json();
  expect(Object.keys(found.groups[1]?.endpoints[0] ?? {}).toSorted()).toEqual(['key', 'name', 'state', key].toSorted());
  expect(found.incidents).toBeUndefined();
  expect(asked.outages).toBeUndefined();
});

test.each([
  ['core/web', { group: 'core', name: 'web' }, true],
  ['core/*', { group: 'core', name: 'web' }, true],
  ['*', { group: '', name: 'alone' }, true],
  ['web', { group: 'core', name: 'web' }, false],
  ['core', { group: 'core', name: 'web' }, false],
  ['CORE/web', { group: 'core', name: 'web' }, false],
  ['', { group: '', name: 'alone' }, false],
])('"%s" names %j: %s', (pattern, watched, expected) => {
  const page: StatusPageSettings = { enabled: true, title: '', endpoints: [pattern], fields: [] };
  expect(isShown(page, watched)).toBe(expected);
  expect(isShown(page, watched, 'uptime')).toBe(false);
  expect(isShown({ ...page, enabled: false }, watched)).toBe(false);
});

test.each([
  ['up', [true, true], []],
  ['partly_down', [true, false], []],
  ['down', [false, false], []],
  ['maintenance', [false, true], ['core_web']],
  ['partly_down', [false, false], ['core_web']],
] as const)('the verdict is %s of %j, with %j in maintenance', async (verdict, [web, api], maintained) => {
  settings = { ...settings, endpoints: ['core/*'] };
  states = [state('core_web', web), state('core_api', api)];
  isMaintained = (key) => (maintained as readonly string[]).includes(key);
  expect((await json()).verdict).toBe(verdict);
});

test('the verdict of what nobody has looked at, and of nothing, is not that it works', async () => {
  states = [];
  expect(await json()).toMatchObject({ verdict: 'unknown', checked_at: null });
  settings = { ...settings, endpoints: [] };
  expect(await json()).toMatchObject({ verdict: 'unknown', groups: [], incidents: [] });
  expect(await html()).toContain('Nothing is shown here yet');
});

test('announcements are shown from their time until they end, the newest first, those that are over behind them', async () => {
  document = {
    ...document,
    announcements: [
      said('older', { at: START - 2 * DAY }),
      said('over', { isArchived: true, at: START - 1 }),
      said('to come', { at: START + 1 }),
      said('ended', { until: START }),
      said('newer', { until: START + 1 }),
    ],
  };
  expect((await json()).announcements.map(({ message }) => message)).toEqual(['newer', 'older', 'over']);
  const page = await html();
  expect(page.indexOf('newer')).toBeLessThan(page.indexOf('core'));
  expect(page.indexOf('Earlier announcements')).toBeLessThan(page.indexOf('over<'));
});

describe('a rush', () => {
  test('of many at once reads the store once, and the past once a minute', async () => {
    await Promise.all(Array.from({ length: 500 }, (_, index) => (index % 2 === 0 ? html() : json())));
    expect(asked).toEqual({ states: 1, days: 3, sums: 2, outages: 1 });
    now += 4999;
    await html();
    expect(asked.states).toBe(1);
    now += 1;
    await html();
    expect(asked).toEqual({ states: 2, days: 3, sums: 2, outages: 1 });
    now += 60_000;
    await html();
    expect(asked).toEqual({ states: 3, days: 6, sums: 4, outages: 2 });
  });

  test('costs a 304 for whoever has it, and less with gzip', async () => {
    const first = await ask('/status');
    const tag = String(first.headers?.ETag);
    expect(first.headers).toMatchObject({ 'Cache-Control': 'public, max-age=5', Vary: 'Accept-Encoding' });
    for (const known of [tag, `"x", ${tag}`, '*'])
      expect(await ask('/status', { 'if-none-match': known })).toMatchObject({ status: 304, headers: { ETag: tag } });
    const small = await ask('/status', { 'accept-encoding': 'br, gzip' });
    expect(small.headers?.['Content-Encoding']).toBe('gzip');
    expect(gunzipSync(small.bytes ?? new Uint8Array()).toString()).toBe(textOf(first));
    expect(small.bytes?.length).toBeLessThan((first.bytes?.length ?? 0) / 4);
  });

  test('sees a new configuration, and a clock that was set back, at once', async () => {
    await html();
    settings = { ...settings, title: 'Another' };
    expect(await html()).toContain('Another');
    document = { ...document, announcements: [said('just now')] };
    expect(await html()).toContain('just now');
    now -= DAY;
    states = [];
    expect(await html()).toContain('Not known now');
  });

  test('does not keep what could not be made', async () => {
    const tries: string[] = [];
    const broken = statusPageRoutes({
      endpoints: {
        ...{ document: () => document, watched: () => [], isMaintained: () => false },
        reads: {
          endpointStates: () => Promise.reject(new Error(`locked ${tries.push('once')}`)),
        } as never,
      },
      ...{ statusPage: () => ({ ...settings, fields: [] }), now: () => now },
    });
    const request = { query: {}, header: () => undefined } as unknown as RouteRequest;
    await expect(broken[0]?.answer(request)).rejects.toThrow('locked 1');
    await expect(broken[0]?.answer(request)).rejects.toThrow('locked 2');
  });
});

test('every text from outside stands there as text', async () => {
  const tags = (page: string) => [...page.matchAll(/<(\w+)/g)].map(([, name]) => name).join(' ');
  const plainTags = async (text: string) => {
    settings = { ...settings, title: text, endpoints: ['*'] };
    document = {
      ...document,
      endpoints: [{ ...endpoint(text, text), key: 'core_web' }],
      announcements: [said(text)],
    };
    return tags(await html());
  };
  const expected = await plainTags('plain');
  for (const text of HOSTILE_TEXTS) {
    expect([text, await plainTags(text)]).toEqual([text, expected]);
    expect(await html()).not.toMatch(/[\u202a-\u202e]/);
  }
});

test('the page needs no script and lets none run', async () => {
  const { headers } = await ask('/status');
  const policy = String(headers?.['Content-Security-Policy']);
  expect(policy).toMatch(
    /^default-src 'none';style-src 'sha256-[\w+/=]+';form-action 'none';frame-ancestors 'none';base-uri 'none'$/,
  );
  expect(await html()).not.toMatch(/<script|<link|<img|style=| on\w+=|http-equiv|https?:/);
});
