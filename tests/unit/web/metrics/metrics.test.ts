import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createNoticeCounters, HAND_OVER_SECONDS } from '../../../../src/notify/figures.ts';
import { expositionText } from '../../../../src/web/metrics/exposition.ts';
import { type FigureParts, familiesOf } from '../../../../src/web/metrics/families.ts';
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
};
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
      familiesOf({ ...PARTS, notices })
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
