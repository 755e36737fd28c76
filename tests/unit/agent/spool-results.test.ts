import { describe, expect, test } from '@jest/globals';
import { type Findings, spoolResults } from '../../../src/agent/spool-results.ts';
import { emptyState } from '../../../src/agent/state.ts';
import type { CheckResult, CheckStatus } from '../../../src/core/check.ts';
import { systemClock } from '../../../src/lib/clock.ts';

const T0 = Date.parse('2026-03-29T12:00:00.000Z');
const MINUTE = 60_000;
const SENDER = { instanceId: 'web-1', hostname: 'host-1' };

type Mounts = Readonly<Record<string, CheckStatus>>;

/** One run of `disk` over these mounts; null for a check that could not look. */
function disk(mounts: Mounts | null, minute: number): CheckResult {
  const checkedAt = T0 + minute * MINUTE;
  const shared = { checker: 'disk', metrics: { mount_count: 1 }, checkedAt, durationMs: 1 };
  if (mounts === null) return { ...shared, status: 'unknown', message: 'no answer', metrics: {} };
  const items = Object.entries(mounts).map(([mount, status]) => ({
    name: `disk:${mount}`,
    title: `Disk usage of ${mount}`,
    status,
    message: `${mount} is ${status}`,
    metrics: {},
    labels: { mount },
  }));
  return { ...shared, status: 'critical', message: 'the worst', items };
}

/** An agent over several runs: what each adds to the spool, as `name status severity`. */
function agent() {
  const state = emptyState();
  let minute = 0;
  return {
    state,
    run(result: (minute: number) => CheckResult, more: Partial<Findings> = {}, sender = SENDER) {
      const found: Findings = {
        results: [result(minute)],
        titles: new Map([['disk', 'Disk usage']]),
        whole: true,
        remember: {},
        ...more,
      };
      state.spool = [];
      const clock = { ...systemClock, now: () => T0 + minute * MINUTE };
      spoolResults(state, found, { sender, spool: { maxAlerts: 100, maxBytes: 1e6 }, clock });
      minute += 1;
      return state.spool.map(({ alert }) => `${alert.fingerprint} ${alert.status} ${alert.severity}`);
    },
    wait: (minutes: number) => {
      minute += minutes;
    },
  };
}

const of = (mounts: Mounts | null) => (minute: number) => disk(mounts, minute);

describe('one thing, one alert', () => {
  test('each item has its own, and the check tells only figures', () => {
    const { run, state } = agent();
    expect(run(of({ '/var': 'warning', '/srv': 'ok' }))).toEqual([
      'disk-check-web-1 resolved info',
      'disk:/var-check-web-1 firing warning',
      'disk:/srv-check-web-1 resolved info',
    ]);
    const [summary, item] = state.spool.map(({ alert }) => alert);
    expect(summary?.annotations.message).toBe('2 looked at, each an alert of its own; not ok: disk:/var');
    expect(summary?.metrics).toEqual({ mount_count: 1 });
    expect(item).toMatchObject({
      name: 'Disk usage of /var',
      labels: { mount: '/var', checker: 'disk:/var', instance_id: 'web-1' },
    });
  });

  test('one that is well and was never otherwise is told once; one that had a problem is told again', () => {
    const { run } = agent();
    run(of({ '/var': 'ok', '/srv': 'critical' }));
    expect(run(of({ '/var': 'ok', '/srv': 'ok' })).slice(1)).toEqual(['disk:/srv-check-web-1 resolved info']);
    expect(run(of({ '/var': 'ok', '/srv': 'ok' })).slice(1)).toEqual(['disk:/srv-check-web-1 resolved info']);
  });

  test('a second one that goes wrong beside the first is news', () => {
    const { run } = agent();
    run(of({ '/var': 'critical', '/srv': 'ok' }));
    expect(run(of({ '/var': 'critical', '/srv': 'critical' })).slice(1)).toEqual([
      'disk:/var-check-web-1 firing critical',
      'disk:/srv-check-web-1 firing critical',
    ]);
  });

  test('one that is no longer there ends, once', () => {
    const { run, state } = agent();
    run(of({ '/var': 'ok', '/usb': 'critical' }));
    expect(run(of({ '/var': 'ok' })).slice(1)).toEqual(['disk:/usb-check-web-1 resolved info']);
    expect(state.spool.at(-1)?.alert).toMatchObject({
      name: 'Disk usage of /usb',
      annotations: { message: 'no longer on this machine' },
    });
    expect(run(of({ '/var': 'ok' })).slice(1)).toEqual([]);
  });

  test('a check that cannot look is unknown itself, and what it said of its items stays, however long that lasts', () => {
    const { run, wait } = agent();
    run(of({ '/var': 'critical' }));
    expect(run(of(null))).toEqual(['disk-check-web-1 firing warning']);
    wait(90);
    run(of(null));
    wait(90);
    expect(run(of(null))).toEqual(['disk-check-web-1 firing warning']);
    expect(run(of({ '/var': 'critical' }))).toEqual([
      'disk-check-web-1 resolved info',
      'disk:/var-check-web-1 firing critical',
    ]);
  });

  test('items of a check that nobody runs any more end after an hour', () => {
    const { run, wait } = agent();
    run(of({ '/var': 'critical' }));
    wait(60);
    expect(run((minute) => ({ ...disk(null, minute), checker: 'cpu', status: 'ok' }))).toEqual([
      'cpu-check-web-1 resolved info',
      'disk:/var-check-web-1 resolved info',
    ]);
  });

  test('what an older version said of the whole check ends in the run that tells of its items', () => {
    const { run, state } = agent();
    state.states.disk = { status: 'critical', problemSince: T0 - MINUTE, okSince: null, seenAt: T0 - MINUTE };
    expect(run(of({ '/var': 'critical' }))).toEqual([
      'disk-check-web-1 resolved info',
      'disk:/var-check-web-1 firing critical',
    ]);
  });
});

describe('confirmation', () => {
  const cpu = (status: CheckStatus) => (minute: number) => ({ ...disk(null, minute), checker: 'cpu', status });
  const story = (rule: { attempts: number; forMs: number }, statuses: readonly CheckStatus[]) => {
    const { run, state } = agent();
    const told = statuses.map((status) => {
      const [line = ''] = run(cpu(status), { confirmations: new Map([['cpu', rule]]) });
      return line.replace('cpu-check-web-1 ', '');
    });
    return { told, alert: state.spool[0]?.alert };
  };
  const [ok, warning, critical] = ['resolved info', 'firing warning', 'firing critical'];

  test.each([
    ['at once', { attempts: 1, forMs: 0 }, ['warning', 'ok'], [warning, ok]],
    ['one short peak is not told', { attempts: 3, forMs: 0 }, ['critical', 'ok', 'critical', 'ok'], [ok, ok, ok, ok]],
    [
      'in a row',
      { attempts: 3, forMs: 0 },
      ['warning', 'critical', 'critical', 'warning'],
      [ok, ok, critical, warning],
    ],
    ['not in a row', { attempts: 2, forMs: 0 }, ['warning', 'ok', 'warning', 'warning'], [ok, ok, ok, warning]],
    ['for a time', { attempts: 1, forMs: 2 * MINUTE }, ['warning', 'warning', 'warning'], [ok, ok, warning]],
    ['both', { attempts: 4, forMs: MINUTE }, ['warning', 'warning', 'warning', 'warning'], [ok, ok, ok, warning]],
    ['unknown counts', { attempts: 2, forMs: 0 }, ['unknown', 'unknown'], [ok, warning]],
  ] as const)('%s', (_, rule, statuses, told) => {
    expect(story(rule, statuses).told).toEqual(told);
  });

  test('a confirmed problem began when it was first seen; until then the alert says what is held back', () => {
    const rule = { attempts: 2, forMs: 0 };
    expect(story(rule, ['ok', 'critical']).alert).toMatchObject({
      status: 'resolved',
      annotations: { unconfirmed: 'critical, seen 1 times in a row' },
    });
    expect(story(rule, ['ok', 'critical', 'critical']).alert?.started_at).toBe(new Date(T0 + MINUTE).toISOString());
  });

  test('what an older version said is confirmed', () => {
    const { run, state } = agent();
    state.states.cpu = { status: 'critical', problemSince: T0, okSince: null, seenAt: T0 };
    const rule = new Map([['cpu', { attempts: 5, forMs: 0 }]]);
    expect(run(cpu('critical'), { confirmations: rule })).toEqual([`cpu-check-web-1 ${critical}`]);
  });

  test('it holds for items too', () => {
    const { run } = agent();
    const more = { confirmations: new Map([['disk', { attempts: 2, forMs: 0 }]]) };
    expect(run(of({ '/var': 'critical' }), more)[1]).toBe(`disk:/var-check-web-1 ${ok}`);
    expect(run(of({ '/var': 'critical' }), more)[1]).toBe(`disk:/var-check-web-1 ${critical}`);
  });
});

describe('a machine that is called something else now', () => {
  test('ends what it said under its old name, and goes on under the new one', () => {
    const { run, state } = agent();
    run(of({ '/var': 'critical', '/srv': 'ok' }));
    const lines = run(of({ '/var': 'critical', '/srv': 'ok' }), {}, { instanceId: 'web-2', hostname: 'host-2' });
    expect(lines).toEqual([
      'disk:/var-check-web-1 resolved info',
      'disk-check-web-2 resolved info',
      'disk:/var-check-web-2 firing critical',
    ]);
    expect(state.spool.map((entry) => entry.instanceId)).toEqual(['web-1', 'web-2', 'web-2']);
    expect(state.spool[0]?.alert.labels).toMatchObject({ instance_id: 'web-1', hostname: 'host-1', mount: '/var' });
    expect(run(of({ '/var': 'critical' }), {}, { instanceId: 'web-2', hostname: 'host-2' })).not.toContain(lines[0]);
  });

  test('another hostname under the same name ends nothing', () => {
    const { run } = agent();
    run(of({ '/var': 'critical' }));
    expect(run(of({ '/var': 'critical' }), {}, { instanceId: 'web-1', hostname: 'other' })).toHaveLength(2);
  });
});
