import { createRollups } from '../../src/core/endpoint/rollup.ts';
import type { StoredLook, StoredOutage } from '../../src/stores/contract/endpoints.ts';
import { openSqliteStore } from '../../src/stores/sqlite/store.ts';
import { request } from './cluster-push.ts';

const STEP_MS = 30 * 60_000;
const DAY_MS = 86_400_000;
// Looks of each probe that are reported, and those before them that stand in the store.
const TOLD = 4;
const LOOKED = 60;
const LOOK = { errors: [], conditions: [], abstains: false, certificateMs: null };
const PROBES = [
  { id: 'fra', name: 'Frankfurt', region: 'eu', version: '0.9.2', offsetMs: 0 },
  { id: 'vir', name: 'Virginia', region: 'us', version: '0.9.2', offsetMs: 3400 },
  { id: 'osl', name: 'Oslo', region: 'eu', version: '0.9.1', offsetMs: 0 },
  { id: 'sin', name: 'Singapore', region: 'ap', version: '0.9.1', offsetMs: 0 },
] as const;
type ProbeId = (typeof PROBES)[number]['id'];

interface Site {
  readonly group: string;
  readonly name: string;
  readonly url: string;
  readonly probes: readonly ProbeId[];
  readonly ms: number;
  /** Which of the last looks fail, counted from the newest, 0; by all probes, or by the first alone. */
  readonly fails?: (back: number) => boolean;
  readonly isLonely?: boolean;
  readonly error?: string;
  readonly certificateDays?: number;
}

const ALL = ['fra', 'vir', 'osl'] as const;
const SITES: readonly Site[] = [
  {
    ...{ group: 'core', name: 'web', url: 'https://www.example.com/', probes: ALL, ms: 84, certificateDays: 54 },
    ...{ fails: (back) => back < 3 || back === 700, error: 'connect ECONNREFUSED 203.0.113.10:443' },
  },
  {
    ...{ group: 'core', name: 'shop', url: 'https://shop.example.com/', probes: ALL, ms: 182, certificateDays: 9 },
    fails: (back) => back === 90 || back === 91,
  },
  {
    ...{
      group: 'core',
      name: 'api',
      url: 'https://api.example.com/v1/health',
      probes: ALL,
      ms: 64,
      certificateDays: 54,
    },
    ...{ fails: (back) => back === 0, isLonely: true, error: 'no answer within 10 s' },
  },
  { group: 'core', name: 'dns', url: 'dns://192.0.2.53', probes: ALL, ms: 9, fails: (back) => back === 12 },
  {
    ...{ group: 'internal', name: 'checkout-service-readiness', probes: ['fra'], ms: 1840 },
    url: 'https://checkout-service.eu-central-1.internal.example.com/healthz/ready?deep=true&region=eu-central-1',
    ...{ certificateDays: 212, fails: (back: number) => back % 31 === 7 },
  },
  { group: 'mail', name: 'smtp', url: 'starttls://mail.example.com:587', probes: ALL, ms: 120, certificateDays: 81 },
  { group: 'edge', name: 'sin-gw', url: 'tcp://203.0.113.77:22', probes: ['sin'], ms: 31, fails: () => false },
];

/** What monitor.yaml says of them. */
export const ENDPOINTS_YAML = `endpoints:
${SITES.map(({ group, name, url, probes }) => {
  const conditions = url.startsWith('https')
    ? '["[STATUS] == 200", "[RESPONSE_TIME] < 2000"]'
    : '["[CONNECTED] == true"]';
  const wanted = url.startsWith('dns') ? 'dns: {query_name: www.example.com, query_type: A}, ' : '';
  return `  - {name: ${name}, group: ${group}, url: "${url}", interval: 30m, ${wanted}monitored_by: [${probes.join(', ')}], strategy: majority-down,
     conditions: ${url.startsWith('dns') ? '["[DNS_RCODE] == NOERROR"]' : conditions}, alerts: [{failure_threshold: 1, success_threshold: 1}]}`;
}).join('\n')}
push_endpoints:
  - {name: nightly-backup, group: jobs, token: nightly-backup-token, period: 1d, grace: 2h}
probes:
${PROBES.map(
  ({ id, name, region }) =>
    `  - {id: ${id}, name: ${name}, region: ${region}, token: ${id}-token-of-a-probe, rate_per_second: 10000, stale_after: ${id === 'sin' ? '1s' : '1h'}}`,
).join('\n')}
`;

/**
 * Has each probe tell its last looks, one of them silent since, and writes what looks over so many days
 * before that came to into the store: reports of long ago are no news to a hub.
 */
export async function fillEndpoints(url: string, storeFile: string, days: number): Promise<void> {
  const now = Date.now();
  await writePast(storeFile, days, now);
  for (let back = TOLD - 1; back >= 0; back -= 1) {
    for (const { id, version, offsetMs } of PROBES) {
      const sites = SITES.filter(({ probes }) => (probes as readonly string[]).includes(id));
      const results = sites.map((site) => lookOf(site, id, back, now, offsetMs));
      const body = JSON.stringify({ version, sent_at: new Date(Date.now() + offsetMs).toISOString(), results });
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${id}-token-of-a-probe` };
      const { status, text } = await request(`${url}/api/v1/probes/${id}/results`, { body, headers });
      if (status !== 202) throw new Error(`results of ${id}: ${status} ${text}`);
    }
  }
}

async function writePast(storeFile: string, days: number, now: number): Promise<void> {
  const store = openSqliteStore(storeFile);
  for (const site of SITES) {
    const rollups = createRollups();
    const outages: StoredOutage[] = [];
    const looks: StoredLook[] = [];
    const endpoint = `${site.group}_${site.name}`;
    for (let back = Math.floor((days * DAY_MS) / STEP_MS); back >= TOLD; back -= 1) {
      const [from, to] = [now - (back + 1) * STEP_MS, now - back * STEP_MS];
      const success = !(site.fails?.(back) && site.isLonely !== true);
      rollups.charge(endpoint, { from, to, standing: success ? 'up' : 'down' });
      const durationMs = tookMs(site, back);
      rollups.look(endpoint, { ...LOOK, probe: 'fra', at: from, success, durationMs });
      if (back < LOOKED) looks.push(...site.probes.map((probe) => storedLook(site, probe, back, now)));
      if (!success) outages.push({ endpoint, startedAt: from, endedAt: to });
    }
    await store.transaction((tx) =>
      tx.saveEndpoints({ states: [], looks, probes: [], rollups: rollups.all(), pings: [], outages }),
    );
  }
  await store.close();
}

function storedLook(site: Site, probe: ProbeId, back: number, now: number): StoredLook {
  const { key, success, duration_ms, errors, condition_results, timestamp } = lookOf(site, probe, back, now, 0);
  const told = { success, durationMs: duration_ms, errors, conditions: condition_results };
  return { ...LOOK, ...told, endpoint: key, probe, at: Date.parse(timestamp) };
}

function lookOf(site: Site, probe: string, back: number, now: number, offsetMs: number) {
  const { group, name, fails, isLonely, error = 'status 502', certificateDays, url } = site;
  const success = !(fails?.(back) && (isLonely !== true || probe === site.probes[0]));
  const status = success ? '[STATUS] == 200' : '[STATUS] (502) == 200';
  return {
    key: `${group}_${name}`,
    ...{ success, duration_ms: tookMs(site, back), errors: success ? [] : [error] },
    timestamp: new Date(now + offsetMs - back * STEP_MS - 5000).toISOString(),
    certificate_ms: certificateDays === undefined ? null : certificateDays * DAY_MS,
    condition_results: url.startsWith('https')
      ? [
          { condition: status, success },
          { condition: '[RESPONSE_TIME] < 2000', success: true },
        ]
      : [{ condition: success ? '[CONNECTED] == true' : '[CONNECTED] (false) == true', success }],
  };
}

/** Waves of a day and some unrest, the same each time. */
function tookMs({ ms }: Site, back: number): number {
  const day = Math.sin((back / 48) * 2 * Math.PI);
  return Math.round(ms * (1 + 0.25 * day + 0.2 * Math.abs(Math.sin(back * 12.9898 + ms))));
}
