import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { NEW_STANDING } from '../../../../src/core/peer/standing.ts';
import { createNoticeCounters, HAND_OVER_SECONDS } from '../../../../src/notify/figures.ts';
import { ENDPOINTS_NAMED } from '../../../../src/web/metrics/endpoints.ts';
import { expositionText } from '../../../../src/web/metrics/exposition.ts';
import { type FigureParts, familiesOf } from '../../../../src/web/metrics/families.ts';
import { createLookCounter } from '../../../../src/web/metrics/looks.ts';
import { createRequestCounter } from '../../../../src/web/metrics/requests.ts';
import { tableOf } from '../../../support/pages.ts';
import { ROOT } from '../../../support/sources.ts';

const PARTS: FigureParts = {
  ...{ version: '1.2.3', now: 20_000, startedAt: 1500, memoryBytes: 1024, cpuSeconds: 0.25, isReady: true },
  requests: [{ source: 'cluster', outcome: 'accepted', count: 3 }],
  store: {
    firing: [{ severity: 'critical', count: 2 }],
    live: [{ status: 'open', severity: 'critical', count: 1 }],
    outbox: [{ channel: 'slack', state: 'dead', count: 4 }],
    nextEvaluationAt: 8000,
  },
  notices: null,
  endpoints: { endpoints: [], looks: [], probes: [] },
  heartbeat: null,
  peers: [],
};
const PEER: FigureParts['peers'][number] = {
  ...{ name: 'b', url: 'http://b', kind: 'native', filter: { words: ['*'], match: [] }, condition: 'ok' },
  ...{ standing: NEW_STANDING, nextAttemptAt: null, lag: null },
};
const NOTHING = { endpoints: [], looks: [], probes: [] };
const WEB = { key: 'web', state: 'up' } as const;
const lines = (parts: Partial<FigureParts>) => expositionText(familiesOf({ ...PARTS, ...parts })).split('\n');

describe('the text', () => {
  test('has a help, a type and its samples for each name', () => {
    const text = expositionText([
      {
        name: 'a',
        help: 'Back\\slash,\nline.',
        type: 'gauge',
        samples: [{ value: 1.5 }, { labels: { x: 'a"b\\c\nd', y: '' }, value: Number.POSITIVE_INFINITY }],
      },
      { name: 'b', help: 'None.', type: 'counter', samples: [] },
    ]);
    expect(text).toBe(
      '# HELP a Back\\\\slash,\\nline.\n# TYPE a gauge\na 1.5\na{x="a\\"b\\\\c\\nd",y=""} +Inf\n# HELP b None.\n# TYPE b counter\n',
    );
  });
});

describe('the figures', () => {
  test('of a hub that tells nobody', () => {
    expect(lines({})).toEqual(
      expect.arrayContaining([
        'monitor_build_info{version="1.2.3"} 1',
        'monitor_ready 1',
        'monitor_requests_total{source="cluster",outcome="accepted"} 3',
        'monitor_alerts_firing{severity="critical"} 2',
        'monitor_alerts_firing{severity="info"} 0',
        'monitor_incidents{status="open",severity="critical"} 1',
        'monitor_notices{channel="slack",state="dead"} 4',
        'monitor_notices_oldest_due_seconds 12',
        'process_start_time_seconds 1.5',
        'process_cpu_seconds_total 0.25',
      ]),
    );
    expect(lines({}).join()).not.toContain('monitor_notice_attempts_total');
  });

  test('of the heartbeat, where one is wanted', () => {
    const name = 'monitor_heartbeat_sent_timestamp_seconds';
    expect(lines({}).join()).not.toContain(name);
    expect(lines({ heartbeat: { sentAt: null, problem: null } })).toContain(`${name} 0`);
    expect(lines({ heartbeat: { sentAt: 12_500, problem: 'x' } })).toContain(`${name} 12.5`);
  });

  test('of endpoints and probes: what is found, looks by what they came to, and who is silent', () => {
    const looks = createLookCounter((key) => key !== 'made up');
    const look = (key: string, probe: string, success: boolean, abstains = false) => ({
      ...{ key, probe, success, abstains, at: 1, durationMs: 1, errors: [], conditions: [], certificateMs: null },
    });
    looks.count({ looks: [look('web', 'fra', true), look('web', 'local', false), look('made up', 'fra', true)] });
    looks.count({ looks: [look('web', 'fra', true), look('db', 'fra', false, true)] });
    const ping = { at: 1, run: '', exitCode: null, durationMs: null, error: '', body: '', isBinary: false };
    const kinds = ['start', 'success', 'fail', 'log'] as const;
    looks.count({ looks: [], pings: kinds.map((kind) => ({ ...ping, key: 'job', kind })) });
    const found = lines({
      endpoints: {
        endpoints: [
          { key: 'db', state: 'down' },
          { key: 'job', state: 'unknown' },
          { key: 'web', state: 'up' },
        ],
        looks: looks.read(),
        probes: [
          { id: 'fra', isStale: false, lastSeenAt: 9000, clockOffsetMs: -1500 },
          { id: 'sin', isStale: true, lastSeenAt: null, clockOffsetMs: null },
        ],
      },
    }).filter((line) => /^monitor_(endpoint|probe)/.test(line));
    expect(found).toEqual([
      'monitor_endpoints{state="up"} 1',
      'monitor_endpoints{state="down"} 1',
      'monitor_endpoints{state="unknown"} 1',
      'monitor_endpoint_up{endpoint="db"} 0',
      'monitor_endpoint_up{endpoint="web"} 1',
      'monitor_endpoint_looks_total{endpoint="web",outcome="success"} 2',
      'monitor_endpoint_looks_total{endpoint="web",outcome="failure"} 1',
      'monitor_endpoint_looks_total{endpoint="db",outcome="abstained"} 1',
      'monitor_endpoint_looks_total{endpoint="job",outcome="success"} 1',
      'monitor_endpoint_looks_total{endpoint="job",outcome="failure"} 1',
      'monitor_probe_looks_total{probe="fra",outcome="success"} 2',
      'monitor_probe_looks_total{probe="local",outcome="failure"} 1',
      'monitor_probe_looks_total{probe="fra",outcome="abstained"} 1',
      'monitor_probe_stale{probe="fra"} 0',
      'monitor_probe_stale{probe="sin"} 1',
      'monitor_probe_last_seen_timestamp_seconds{probe="fra"} 9',
      'monitor_probe_last_seen_timestamp_seconds{probe="sin"} 0',
      'monitor_probe_clock_offset_seconds{probe="fra"} -1.5',
    ]);
  });

  test('of more endpoints than have figures of their own: all are counted, and the looks at the others are one', () => {
    const keys = Array.from({ length: ENDPOINTS_NAMED + 20 }, (_, n) => `e${String(n).padStart(5, '0')}`);
    const found = lines({
      endpoints: {
        endpoints: keys.map((key) => ({ key, state: 'up' })),
        looks: keys.map((endpoint) => ({ endpoint, probe: 'local', outcome: 'success', count: 2 })),
        probes: [],
      },
    });
    expect(found).toContain(`monitor_endpoints{state="up"} ${ENDPOINTS_NAMED + 20}`);
    expect(found.filter((line) => line.startsWith('monitor_endpoint_up{'))).toHaveLength(ENDPOINTS_NAMED);
    expect(found.filter((line) => line.startsWith('monitor_endpoint_looks_total{'))).toHaveLength(ENDPOINTS_NAMED + 1);
    expect(found).toContain('monitor_endpoint_looks_total{endpoint="others",outcome="success"} 40');
  });

  test('of what is due later, or never', () => {
    for (const nextEvaluationAt of [null, 30_000])
      expect(lines({ store: { ...PARTS.store, nextEvaluationAt } })).toContain('monitor_notices_oldest_due_seconds 0');
  });

  test('of what was told: attempts by outcome, the time to the first one, and the lag', () => {
    const counters = createNoticeCounters();
    const one = { channel: 'slack', tookMs: 250, incidents: 1 };
    counters.attempt({ ...one, result: { ok: true }, waits: [{ severity: 'critical', ms: 7 }] });
    counters.attempt({ ...one, result: { ok: true }, waits: [{ severity: 'critical', ms: 10_001 }] });
    counters.attempt({ ...one, result: { ok: false, kind: 'gone', permanent: true, reason: 'x' }, waits: [] });
    counters.unrouted();
    const notices = counters.read({ events: 5, ms: 1500 });
    expect(lines({ notices })).toEqual(
      expect.arrayContaining([
        'monitor_notice_attempts_total{channel="slack",outcome="ok"} 2',
        'monitor_notice_attempts_total{channel="slack",outcome="gone"} 1',
        'monitor_notice_attempt_seconds_sum{channel="slack"} 0.75',
        'monitor_notice_attempt_seconds_count{channel="slack"} 3',
        'monitor_notice_handover_seconds_bucket{severity="critical",le="0.005"} 0',
        'monitor_notice_handover_seconds_bucket{severity="critical",le="0.01"} 1',
        'monitor_notice_handover_seconds_bucket{severity="critical",le="10"} 1',
        'monitor_notice_handover_seconds_bucket{severity="critical",le="30"} 2',
        'monitor_notice_handover_seconds_bucket{severity="critical",le="+Inf"} 2',
        'monitor_notice_handover_seconds_count{severity="critical"} 2',
        'monitor_incidents_unrouted_total 1',
        'monitor_follower_lag_events{follower="notices"} 5',
        'monitor_follower_lag_seconds{follower="notices"} 1.5',
      ]),
    );
    expect(lines({ notices: counters.read(null) }).join()).not.toContain('lag');
  });

  test('stand in docs/metrics.md, each of them and no other', () => {
    const page = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8');
    const documented = tableOf(page).flatMap(([names = '']) => names.split(', '));
    const notices = createNoticeCounters().read({ events: 0, ms: 0 });
    expect(documented.toSorted()).toEqual(
      familiesOf({
        ...PARTS,
        notices,
        heartbeat: { sentAt: null, problem: null },
        endpoints: { ...NOTHING, endpoints: [WEB] },
        peers: [PEER],
      })
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  test('of a histogram never fall', () =>
    expect([...HAND_OVER_SECONDS]).toEqual([...HAND_OVER_SECONDS].sort((a, b) => a - b)));

  test('of requests have one name for all sources that nobody knows', () => {
    const counter = createRequestCounter(new Set(['grafana']));
    const refused = { outcome: 'refused', cause: 'forbidden', message: '' } as const;
    for (const source of ['grafana', 'a', 'b']) counter.count({ source, outcome: refused });
    expect(counter.read()).toEqual([
      { source: 'grafana', outcome: 'forbidden', count: 1 },
      { source: 'other', outcome: 'forbidden', count: 2 },
    ]);
  });
});
