import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EndpointEntry, EndpointsDocument, PushEndpointEntry } from '../../../../src/config/endpoints/document.ts';
import type { ProbeRun } from '../../../../src/core/endpoint/run.ts';
import { type EndpointState, newState } from '../../../../src/core/endpoint/state.ts';
import type { EndpointLook } from '../../../../src/endpoints/look.ts';
import { endpointPlan } from '../../../../src/endpoints/plan.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import type { EndpointReads } from '../../../../src/stores/contract/endpoints.ts';
import type { RouteRequest } from '../../../../src/web/api/route.ts';
import { type EndpointParts, endpointRoutes } from '../../../../src/web/endpoints/routes.ts';
import { ENDPOINTS, HISTORY, REPORTS, TRIED, WHOLE_ENDPOINT } from '../../../../src/web/endpoints/schemas.ts';

const NOW = Date.parse('2026-11-28T12:00:00.000Z');
const HOUR = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();

const NAMED = { enabled: true, description: '', labels: {}, dependsOn: [], maintenance: [] };
const ALERT = { failureThreshold: 1, successThreshold: 1, quorum: null, severity: 'warning', description: '' } as const;
const UI = {
  hideUrl: false,
  hideHostname: false,
  hideConditions: false,
  hideErrors: false,
  conditionsAsWritten: false,
  hidePort: false,
  conditionsResolved: false,
  badgeSteps: null,
};
const entry = (group: string, name: string, more: Partial<EndpointEntry> = {}): EndpointEntry => ({
  ...{ ...NAMED, key: `${group}_${name}`, group, name, url: `https://${name}.example/`, options: new Secret('{}') },
  ...{
    conditions: ['[STATUS] == 200'],
    intervalMs: 60_000,
    timeoutMs: 10_000,
    retries: 0,
    confirm: false,
    monitoredBy: ['p1', 'p2'],
  },
  ...{ regions: [], strategy: 'any-down', quorum: null, ui: UI },
  ...{ alerts: [{ ...ALERT, reminderMs: 0, sendOnResolved: true }], ...more },
});
const PUSH: PushEndpointEntry = {
  ...{ ...NAMED, key: '_backup', group: '', name: 'backup', token: new Secret('x'), alerts: [], schedule: null },
  ...{ graceMs: 0, maxRunMs: null, postOnly: false },
};
const probe = (id: string, name: string) => ({
  ...{ id, name, region: 'eu', token: new Secret('x'), previousToken: null, ratePerSecond: 1 },
  ...{ staleAfterMs: 1, allowFrom: [] },
});
const run = (at: number, success: boolean, more: Partial<ProbeRun> = {}): ProbeRun => ({
  ...{ at, success, abstains: false, failures: success ? 0 : 2, successes: success ? 2 : 0 },
  ...{ votes: [success ? 'up' : 'down'], durationMs: 40, errors: success ? [] : ['refused'], certificateMs: null },
  ...more,
});
const state = (key: string, runs: EndpointState['runs'], more: Partial<EndpointState> = {}): EndpointState => ({
  ...{ ...newState(key), runs, verdict: 'up', since: NOW - HOUR },
  ...more,
});

const DOCUMENT: EndpointsDocument = {
  endpoints: [
    entry('core', 'web', { labels: { team: 'web' } }),
    entry('core', 'api', { strategy: 'majority-down', description: 'for partners', dependsOn: ['core_web'] }),
    entry('edge', 'cdn', {
      monitoredBy: ['local'],
      ui: { ...UI, hideUrl: true, hideErrors: true, hideConditions: true },
    }),
  ],
  pushEndpoints: [PUSH],
  probes: [probe('p1', 'Frankfurt'), probe('p2', 'Oslo')],
  announcements: [],
};
const STATES = [
  state(
    'core_web',
    {
      p1: run(NOW - 5000, false),
      p2: run(NOW - 9000, true, { certificateMs: 9 * HOUR }),
      gone: run(NOW, true),
    },
    { verdict: 'down', alerts: [{ isFiring: true, saidAt: NOW }] },
  ),
  state('core_api', { p1: run(NOW - HOUR, true) }),
  state('edge_cdn', { local: run(NOW - 1, false, { votes: ['undecided'] }) }, { verdict: 'unknown', since: 0 }),
];
const sums = (endpoint: string, upMs: number, downMs: number) => ({
  ...{ endpoint, step: HOUR, start: 0, upMs, downMs, looks: 10, successes: 8, durationMs: 80 },
});
const lookAt = (endpoint: string, at: number) => ({
  ...{ endpoint, probe: 'p1', at, success: at % 2 === 0, durationMs: 7, errors: ['no route', 'second'] },
  ...{ conditions: [{ condition: '[STATUS] (500) == 200', success: false }], abstains: false, certificateMs: null },
});

let asked: string[];
let routes: ReturnType<typeof endpointRoutes>;
beforeEach(() => {
  asked = [];
  const reads: EndpointReads = {
    endpointStates: async () => STATES,
    probeStates: async () => [],
    endpointPings: async () => [],
    endpointLooks: async (endpoint) => [lookAt(endpoint, NOW - 1)],
    endpointRollups: async (endpoint, step, from) => {
      asked.push(`rollups ${step} ${iso(from)}`);
      return [{ ...sums(endpoint, 3000, 1000), step, start: from }];
    },
    latestLooks: async (endpoints) => {
      asked.push(`looks ${endpoints.join(' ')}`);
      return endpoints.flatMap((one) => [lookAt(one, NOW - 1), lookAt(one, NOW - 2)]);
    },
    endpointSums: async (endpoints) => {
      asked.push(`sums ${endpoints.length}`);
      return endpoints.filter((one) => one === 'core_web').map((one) => sums(one, 99_999, 1));
    },
    endpointOutages: async (endpoints, from) => [
      { endpoint: endpoints[0] ?? '', startedAt: from, endedAt: from + 4000 },
      { endpoint: endpoints[0] ?? '', startedAt: NOW - 5, endedAt: null },
    ],
  };
  const plan = endpointPlan(DOCUMENT);
  const parts: EndpointParts['endpoints'] = {
    ...{ document: () => DOCUMENT, watched: () => plan.endpoints, isMaintained: (key) => key === 'core_api', reads },
    looks: () => [],
    tryNow: async ({ key }) => tried(key),
  };
  routes = endpointRoutes({ endpoints: parts, now: () => NOW });
});

async function get(path: string, query: object = {}, confinement: RouteRequest['confinement'] = null, key = '') {
  const route = routes.find((one) => one.path === path);
  const answer = await route?.answer({ query, params: { key }, confinement } as unknown as RouteRequest);
  if (answer === undefined || !('status' in answer)) throw new Error('no answer');
  return answer.body as Record<string, unknown> & { readonly items: readonly Record<string, unknown>[] };
}
const list = (query: object = {}, confinement: RouteRequest['confinement'] = null) =>
  get('/api/v1/endpoints', query, confinement);
const keys = ({ items }: Awaited<ReturnType<typeof list>>) => items.map(({ key }) => key);

describe('a look that somebody asks for', () => {
  const post = async (key: string, confinement: RouteRequest['confinement'] = null) => {
    const route = routes.find((one) => one.path === '/api/v1/endpoints/:key/try');
    return (await route?.answer({ params: { key }, confinement } as unknown as RouteRequest)) as {
      readonly status: number;
      readonly body: object;
    };
  };

  test('shows what it came to, but for what the endpoint hides', async () => {
    const { status, body } = await post('core_web');
    expect([status, TRIED.parse(body)]).toEqual([200, body]);
    expect(body).toMatchObject({
      ...{ success: false, at: iso(NOW), error: 'core_web.example refused', status: 500 },
      conditions: [{ condition: '[STATUS] (500) == 200', success: false }],
      timings: { dns_ms: 1.5, connect_ms: null, total_ms: 7 },
    });
    expect((await post('edge_cdn')).body).toMatchObject({ conditions: [], error: null });
  });

  test('is refused for what calls, for what is not theirs, and while too many are under way', async () => {
    const confined = [{ name: 'team', values: ['db'], isNot: false }];
    const outcomes = [
      await post('_backup'),
      await post('core_x'),
      await post('core_web', confined),
      await post('core_api'),
    ];
    expect(outcomes.map(({ status }) => status)).toEqual([422, 404, 404, 503]);
  });
});

/** What a look at an endpoint came to; null while too many are under way. */
function tried(key: string): EndpointLook | null {
  if (key === 'core_api') return null;
  const timings = { dnsMs: 1.5, connectMs: null, tlsMs: null, firstByteMs: 3, totalMs: 7 };
  return {
    ...{ success: false, at: NOW, domainExpiresAt: null },
    conditions: [{ condition: '[STATUS] (500) == 200', success: false }],
    look: {
      ...{ connected: true, status: 500, ip: '192.0.2.7', body: 'a secret page', isBodyCut: false, dnsRcode: '' },
      ...{ certificate: null, redirects: [], version: 'HTTP/1.1', timings },
      error: { reason: 'refused', message: `${key}.example refused` },
    },
  };
}

describe('the list', () => {
  test('shows of each what is found, by which probes, and never asks once a row', async () => {
    const answer = await list();
    expect(ENDPOINTS.parse(answer)).toEqual(answer);
    expect(keys(answer)).toEqual(['_backup', 'core_api', 'core_web', 'edge_cdn']);
    expect(asked).toEqual(['looks _backup core_api core_web edge_cdn', 'sums 4', 'sums 4', 'sums 4']);
    const [backup, api, web, cdn] = answer.items;
    expect(web).toMatchObject({
      ...{ kind: 'active', url: 'https://web.example/', state: 'down', since: iso(NOW - HOUR), reason: 'enough_down' },
      votes: { up: 1, down: 1, needed: 1, of: 2 },
      probes: [
        { id: 'p1', name: 'Frankfurt', region: 'eu', state: 'down', failures: 2, error: 'refused', duration_ms: 40 },
        { id: 'p2', name: 'Oslo', state: 'up', seen_at: iso(NOW - 9000), error: '' },
      ],
      ...{ last_look_at: iso(NOW - 5000), response_ms: 10, certificate_ends_at: iso(NOW - 9000 + 9 * HOUR) },
      uptime: { '24h': 0.99999, '7d': 0.99999, '30d': 0.99999 },
      results: [{ at: iso(NOW - 2), errors: ['no route'] }, { at: iso(NOW - 1) }],
    });
    // Its only look is too old: what was up is not known to be up now.
    expect(api).toMatchObject({
      ...{ state: 'unknown', since: null, reason: 'no_witness', maintenance: true, response_ms: null },
      probes: [{ state: 'stale' }, { id: 'p2', state: 'waiting', seen_at: null, duration_ms: null }],
      uptime: { '24h': null, '7d': null, '30d': null },
    });
    expect(backup).toMatchObject({ kind: 'push', url: '', interval_ms: null, probes: [], state: 'unknown' });
    expect(cdn).toMatchObject({ url: '', probes: [{ name: 'This hub', state: 'down', error: '' }] });
    expect(cdn?.results).toMatchObject([{ errors: [] }, { errors: [] }]);
  });

  test('is filtered by state, group, kind, probe and words, with counts of the states under the other filters', async () => {
    expect(await list({ state: 'down,unknown', group: 'core' })).toMatchObject({
      items: [{ key: 'core_api' }, { key: 'core_web' }],
      ...{ total: 2, counts: { up: 0, down: 1, unknown: 1 }, groups: ['', 'core', 'edge'] },
    });
    expect(keys(await list({ kind: 'push' }))).toEqual(['_backup']);
    expect(keys(await list({ probe: 'local' }))).toEqual(['edge_cdn']);
    expect(keys(await list({ q: 'TEAM we' }))).toEqual(['core_web']);
    // What is hidden is not found either.
    expect(keys(await list({ q: 'cdn example' }))).toEqual([]);
    expect(keys(await list({ q: 'api' }))).toEqual(['core_api']);
  });

  test.each([undefined, 'attention'])('gives each once, page by page (%s)', async (sort) => {
    const found: unknown[] = [];
    let cursor: unknown;
    do {
      const page = await list({ limit: '1', ...(sort && { sort }), ...(cursor === undefined ? {} : { cursor }) });
      found.push(...keys(page));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(
      sort === undefined
        ? ['_backup', 'core_api', 'core_web', 'edge_cdn']
        : ['core_web', '_backup', 'core_api', 'edge_cdn'],
    );
  });

  test('shows whoever is confined what the alerts about them would be shown of', async () => {
    const within = [{ name: 'team', values: ['web'], isNot: false }];
    expect(await list({}, within)).toMatchObject({ items: [{ key: 'core_web' }], total: 1, groups: ['core'] });
    const one = (key: string) => get('/api/v1/endpoints/:key', {}, within, key);
    expect(await one('core_web')).toMatchObject({ key: 'core_web' });
    expect(await one('core_api')).toEqual(await one('core_none'));
    expect(keys(await list({}, [{ name: 'source', values: ['endpoint'], isNot: true }]))).toEqual([]);
  });

  test.each([{ state: 'gone' }, { kind: 'x' }, { limit: '0' }, { cursor: 'eA' }, { sort: 'name' }, { from: '1h' }])(
    'refuses %j',
    async (query) => {
      await expect(list(query)).rejects.toThrow(/wrong query/);
    },
  );
});

test('one endpoint tells what it is looked at by, and its last looks in full but for what is hidden', async () => {
  const one = await get('/api/v1/endpoints/:key', {}, null, 'core_web');
  expect(WHOLE_ENDPOINT.parse(one)).toEqual(one);
  expect(one).toMatchObject({
    ...{ conditions: ['[STATUS] == 200'], timeout_ms: 10_000, strategy: 'any-down', depends_on: [] },
    alerts: [{ severity: 'warning', failure_threshold: 1, success_threshold: 1, quorum: null, firing: true }],
    looks: [{ errors: ['no route', 'second'], conditions: [{ condition: '[STATUS] (500) == 200', success: false }] }],
  });
  expect(await get('/api/v1/endpoints/:key', {}, null, 'edge_cdn')).toMatchObject({
    ...{ conditions: [], looks: [{ errors: [], conditions: [] }] },
  });
  expect(await get('/api/v1/endpoints/:key', {}, null, 'core_api')).toMatchObject({
    ...{ description: 'for partners', strategy: 'majority-down', depends_on: ['core_web'] },
  });
});

test('the history of one is told by the finest step that is kept and is not too long', async () => {
  const history = (query: object) => get('/api/v1/endpoints/:key/history', query, null, 'core_web');
  const day = await history({});
  expect(HISTORY.parse(day)).toEqual(day);
  expect(day).toMatchObject({
    ...{ step_ms: 300_000, from: iso(NOW - 24 * HOUR), to: iso(NOW) },
    points: [{ up_ms: 3000, down_ms: 1000, looks: 10, successes: 8, response_ms: 10 }],
    outages: [{ started_at: iso(NOW - 24 * HOUR) }, { ended_at: null }],
    report: { uptime: 0.75, outages: 2, mttr_ms: 4000, mtbf_ms: 1500, response_ms: 10 },
  });
  expect(await history({ from: '30d' })).toMatchObject({ step_ms: HOUR });
  expect(await history({ from: '90d' })).toMatchObject({ step_ms: 24 * HOUR });
  // What is too old to be kept by five minutes is told by the hour, however short the span.
  expect(await history({ from: '9d', to: '8d' })).toMatchObject({ step_ms: HOUR, to: iso(NOW - 8 * 24 * HOUR) });
  await expect(history({ from: '1h', to: '2h' })).rejects.toThrow(/before the end/);
  await expect(history({ from: '999d' })).rejects.toThrow(/730 days/);
});

test('the report is of all that are asked for, in one look at the store', async () => {
  const report = await get('/api/v1/endpoints/report', { from: '7d', group: 'core' });
  expect(REPORTS.parse(report)).toEqual(report);
  expect(report).toMatchObject({
    from: iso(NOW - 168 * HOUR),
    items: [
      { key: 'core_api', state: 'unknown', uptime: null, outages: 2 },
      { key: 'core_web', state: 'down', uptime: 0.99999, outages: 0, mttr_ms: null, mtbf_ms: null },
    ],
  });
  expect(asked).toEqual(['sums 2']);
  expect((await get('/api/v1/endpoints/report', { state: 'down' })).items).toHaveLength(1);
});
