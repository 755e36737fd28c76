import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/core/alert/decide.ts';
import { readTitle } from '../../../src/drivers/datadog/title.ts';
import { datadog } from '../../../src/drivers/datadog.ts';

const ARRIVAL = Date.UTC(2026, 2, 29, 12, 5);
const SENT = ARRIVAL - 60_000;

const NOTICE = {
  alert_id: '309811',
  alert_scope: 'role:dock,host:web-1',
  alert_transition: 'Triggered',
  alert_type: 'error',
  title: '[Triggered on {host:web-1,role:dock}] Disk is full',
  date: String(SENT),
  last_updated: String(SENT),
};

function read(changes: Record<string, unknown>) {
  const parsed = datadog.parse({ ...NOTICE, ...changes }, { userAgent: '', receivedAt: ARRIVAL });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}
const states = (changes: Record<string, unknown>) =>
  read(changes).alerts.map(({ labels, status, severity }) => `${labels.alert_kind ?? 'real'} ${status} ${severity}`);
const titled = (title: string) => ({ alert_transition: undefined, alert_type: undefined, title });

describe('the transition', () => {
  test.each([
    ['Triggered', ['real firing critical', 'no_data resolved warning']],
    ['Re-Triggered', ['real firing critical', 'no_data resolved warning']],
    ['Warn', ['real firing warning', 'no_data resolved warning']],
    ['Re-Warn', ['real firing warning', 'no_data resolved warning']],
    ['Renotify', ['real firing critical']],
    ['No Data', ['no_data firing warning']],
    ['Re-No Data', ['no_data firing warning']],
    ['recovered', ['real resolved critical', 'no_data resolved warning']],
    ['Recovered from No Data', ['real resolved critical', 'no_data resolved warning']],
    ['Escalated', ['real firing critical']],
  ])('%s', (alert_transition, expected) => {
    expect(states({ alert_transition, title: 'Disk is full' })).toEqual(expected);
  });

  test('an unknown one fires, and is kept', () => {
    const [alert] = read({ alert_transition: 'Escalated', title: 'Disk is full' }).alerts;
    expect(alert).toMatchObject({ status: 'firing', annotations: { original_status: 'Escalated' } });
  });

  test('without it the type tells, then the prefix of the title', () => {
    expect(states({ alert_transition: '$ALERT_TRANSITION', alert_type: 'success' })[0]).toBe('real resolved info');
    expect(states({ ...titled('Disk is full'), alert_type: 'warning' })).toEqual(['real firing warning']);
    expect(states(titled('[P1] [Triggered] Disk is full'))[0]).toBe('real firing critical');
    expect(states(titled('[Warn on {host:web-1}] Disk is full'))[0]).toBe('real firing warning');
    expect(states(titled('[Recovered on {host:web-1}] Disk is full'))[0]).toBe('real resolved warning');
    expect(states(titled('[No Data on {host:web-1}] Disk is full'))).toEqual(['no_data firing warning']);
  });

  test('a type alone does not say that there is data: it ends no alert about missing data', () => {
    expect(states({ ...titled('Disk is full'), alert_type: 'error' })).toEqual(['real firing critical']);
  });

  test('without any of them it is no notice of a monitor', () => {
    expect(read(titled('Deployed 1.2.3'))).toMatchObject({
      alerts: [],
      remarks: [expect.stringContaining('Deployed')],
    });
  });
});

test('missing data neither resolves the real alert nor hides it, and its end ends both', () => {
  const known = new Map<string, { status: 'firing' | 'resolved'; severity: 'critical'; observedAt: number }>();
  const submit = (alert_transition: string, at: number) => {
    for (const alert of read({ alert_transition, last_updated: String(at), title: 'Disk is full' }).alerts) {
      const decision = decide(known.get(alert.fingerprint), alert, ARRIVAL);
      if (decision.action !== 'drop') known.set(alert.fingerprint, { ...alert, severity: 'critical' });
    }
    return [...known.values()].map(({ status }) => status);
  };
  expect(submit('Triggered', SENT)).toEqual(['firing']);
  expect(submit('No Data', SENT + 1000)).toEqual(['firing', 'firing']);
  expect(submit('Recovered from No Data', SENT + 2000)).toEqual(['resolved', 'resolved']);
  expect(submit('No Data', SENT + 3000)).toEqual(['resolved', 'firing']);
  expect(submit('Triggered', SENT + 4000)).toEqual(['firing', 'resolved']);
  expect(submit('Recovered', SENT + 3500)).toEqual(['firing', 'resolved']);
});

describe('severity', () => {
  test.each([
    [{ alert_priority: 'P1' }, 'critical', 'P1'],
    [{ alert_priority: 'P3' }, 'warning', 'P3'],
    [{ alert_priority: 'P5' }, 'info', 'P5'],
    [{ priority: 'P4' }, 'info', 'P4'],
    [{ priority: 'low' }, 'critical', 'error'],
    [{ alert_type: 'info' }, 'info', undefined],
    [{ alert_type: 'zorblax' }, 'warning', 'zorblax'],
    [{ alert_transition: 'Warn', alert_priority: 'P1' }, 'warning', 'P1'],
    [{ alert_transition: 'Warn', alert_priority: 'P5' }, 'info', 'P5'],
    [{ alert_transition: 'Renotify', alert_priority: 'P1', alert_type: 'warning' }, 'warning', 'P1'],
    [{ alert_type: undefined }, 'critical', 'Triggered'],
  ])('of %j is %s', (changes, severity, original) => {
    const [alert] = read(changes).alerts;
    expect([alert?.severity, alert?.annotations.original_severity]).toEqual([severity, original]);
  });
});

describe('identity', () => {
  const fingerprint = (changes: Record<string, unknown>) => read(changes).alerts[0]?.fingerprint;

  test('is monitor and scope, in whatever order, and never the id of the event', () => {
    expect(fingerprint({ id: '1' })).toBe('309811:host:web-1,role:dock');
    expect(fingerprint({ id: '2', alert_scope: 'host:web-1, role:dock' })).toBe(fingerprint({}));
    expect(fingerprint({ alert_scope: 'host:web-2,role:dock' })).not.toBe(fingerprint({}));
  });

  test('falls back on aggregation, monitor, cycle, and the name without its prefix', () => {
    const none = { alert_scope: '$ALERT_SCOPE', title: 'Disk is full' };
    expect(fingerprint({ ...none, aggreg_key: 'a1' })).toBe('aggreg:a1');
    expect(fingerprint(none)).toBe('309811');
    expect(fingerprint({ ...none, alert_id: null, alert_cycle_key: 'c1' })).toBe('cycle:c1');
    const byTitle = (title: string) => fingerprint({ ...none, alert_id: null, title, org: { id: '7' } });
    expect(byTitle('[P1] [Triggered on {host:a}] Full')).toBe(byTitle('[P2] [Recovered on {host:a}] Full'));
    expect(byTitle('[Triggered on {host:a}] Full')).not.toBe(byTitle('[Triggered on {host:b}] Full'));
  });

  test('is short however long the scope is', () => {
    expect(fingerprint({ alert_scope: 'x'.repeat(9999) })).toMatch(/^sha256:/);
  });
});

test('variables that Datadog left are absent', () => {
  const [alert] = read({ tags: '$TAGS', hostname: '$HOSTNAME', link: '$LINK', alert_metric: '$TAGS[env]' }).alerts;
  expect(Object.keys(alert?.labels ?? {})).toEqual(['alert_id', 'scope']);
  expect(alert?.annotations.url).toBeUndefined();
});

test('a tag cannot say that data is missing', () => {
  expect(read({ tags: 'alert_kind:no_data,env:prod' }).alerts[0]?.labels).not.toHaveProperty('alert_kind');
});

test('a test notification opens nothing', () => {
  expect(read({ title: '[TEST] [Triggered] Disk is full' })).toMatchObject({
    alerts: [],
    remarks: ['a test notification of "Disk is full": nothing is opened'],
  });
});

test('times are milliseconds as text; absurd ones are the arrival', () => {
  expect(read({ last_updated: '5', date: 'soon' }).alerts[0]).toMatchObject({
    observedAt: ARRIVAL,
    startedAt: ARRIVAL,
  });
  expect(read({ last_updated: '9999999999999' }).alerts[0]?.observedAt).toBe(ARRIVAL);
  expect(read({ date_posix: '1759343584', date: undefined }).alerts[0]?.startedAt).toBe(1759343584000);
});

test('a body of another kind is refused with what is missing', () => {
  expect(datadog.parse({ colour: 'red' }, { userAgent: '', receivedAt: ARRIVAL })).toMatchObject({
    ok: false,
    message: expect.stringContaining('title, alert_id and alert_transition are missing'),
  });
  expect(datadog.claims({ source: 'cluster', alert_transition: 'Triggered' })).toBe(false);
});

test('brackets that are no prefix belong to the name', () => {
  expect(readTitle('[prod] Disk is full')).toEqual({ name: '[prod] Disk is full', isTest: false });
  expect(readTitle('[P2] [Re-Triggered on {host:a,env:b}] [prod] Disk')).toEqual({
    ...{ name: '[prod] Disk', priority: 'P2', transition: 'Re-Triggered', scope: 'host:a,env:b', isTest: false },
  });
});
