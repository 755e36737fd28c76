import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/core/alert/decide.ts';
import type { Driver } from '../../../src/drivers/contract.ts';
import { tagsOf, timeInZone } from '../../../src/drivers/zabbix/fields.ts';
import { zabbix } from '../../../src/drivers/zabbix.ts';

const ARRIVAL = Date.UTC(2026, 2, 29, 12, 5);
const SECONDS = ARRIVAL / 1000;
const EVENT = {
  ...{ event_id: '459', event_value: '1', event_source: '0', event_update_status: '0', event_nseverity: '4' },
  ...{ event_name: 'HTTP is down', event_timestamp: String(SECONDS - 600), trigger_id: '7', host_name: 'web-1' },
};

function parse(changes: object, driver: Driver = zabbix, receivedAt = ARRIVAL) {
  const parsed = driver.parse({ ...EVENT, ...changes }, { userAgent: '', receivedAt });
  if (!parsed.ok) throw new Error(parsed.message);
  return { ...parsed, alert: parsed.alerts[0], notes: parsed.notes ?? [] };
}
const update = (changes: object) => parse({ event_update_status: '1', event_update_user: 'Ada (ada)', ...changes });

describe('the state', () => {
  test.each([
    [{ event_value: '1' }, 'firing'],
    [{ event_value: 1 }, 'firing'],
    [{ event_value: '0' }, 'resolved'],
    [{ event_value: 0 }, 'resolved'],
    [{ event_value: '0', event_update_status: '1' }, 'resolved'],
    [{ event_value: '1', event_update_status: '1' }, 'firing'],
    [{ event_value: '{EVENT.VALUE}', status: 'OK' }, 'resolved'],
    [{ event_value: undefined, event_status: 'PROBLEM' }, 'firing'],
    [{ event_value: undefined, trigger_status: 'RESOLVED' }, 'resolved'],
    [{ event_value: '2' }, 'firing'],
    [{ event_value: undefined }, 'firing'],
    [{ event_source: '3', event_value: '0' }, 'resolved'],
    [{ event_source: '4' }, 'firing'],
  ])('of %j is %s', (changes, status) => {
    expect(parse(changes).alert?.status).toBe(status);
  });

  test('unknown is kept as it was told', () => {
    expect(parse({ event_value: '2' }).alert?.annotations.original_status).toBe('2');
  });

  test.each(['1', '2', 1])('of a discovery or autoregistration (%p) is none', (event_source) => {
    expect(parse({ event_source })).toMatchObject({ alerts: [], remarks: [expect.stringContaining('no problem')] });
  });

  test('after "Escalation cancelled" is ended, not recovered', () => {
    const { alert } = parse({ alert_message: 'NOTE: Escalation cancelled: host "web-1" disabled.\r\nProblem…' });
    expect(alert).toMatchObject({ status: 'resolved', resolution: 'escalation_cancelled' });
  });
});

describe('severity', () => {
  test.each([
    [{ event_nseverity: '0' }, 'info', 'Not classified'],
    [{ event_nseverity: '1' }, 'info', 'Information'],
    [{ event_nseverity: '2' }, 'warning', 'Warning'],
    [{ event_nseverity: 3 }, 'warning', 'Average'],
    [{ event_nseverity: '4' }, 'critical', 'High'],
    [{ event_nseverity: '5' }, 'critical', 'Disaster'],
    [{ event_nseverity: '{EVENT.NSEVERITY}', severity: 'Disaster' }, 'critical', 'Disaster'],
    [{ event_nseverity: undefined, event_severity: 'Kritisch' }, 'warning', 'Kritisch'],
    [{ event_nseverity: '9' }, 'warning', '9'],
    [{ event_nseverity: undefined }, 'warning', undefined],
  ])('of %j is %s', (changes, severity, original) => {
    const { alert } = parse(changes);
    expect([alert?.severity, alert?.annotations.original_severity]).toEqual([severity, original]);
  });
});

describe('an update', () => {
  const kinds = (changes: object) => update(changes).notes.map(({ kind, message }) => `${kind}: ${message}`);

  test.each([
    ['acknowledged', ['acknowledged: acknowledged in Zabbix']],
    ['unacknowledged', ['unacknowledged: unacknowledged in Zabbix']],
    ['commented', ['noted: hello']],
    ['acknowledged and commented', ['acknowledged: acknowledged in Zabbix', 'noted: hello']],
    ['changed severity from High to Average', ['priority_changed: changed severity from High to Average']],
    [
      'acknowledged, changed severity from Lock, stock and barrel to Very, very high and closed',
      [
        'acknowledged: acknowledged in Zabbix',
        'priority_changed: changed severity from Lock, stock and barrel to Very, very high',
        'noted: closed by hand',
      ],
    ],
    ['suppressed until 2026.03.30 08:00:00', ['noted: suppressed until 2026.03.30 08:00:00']],
    ['suppressed indefinitely and ranked as symptom', ['noted: suppressed indefinitely', 'noted: ranked as symptom']],
    ['unsuppressed', ['noted: unsuppressed']],
    ['teleported', ['noted: teleported']],
    ['{EVENT.UPDATE.ACTION}', ['noted: updated']],
  ])('"%s"', (event_update_action, expected) => {
    const event_update_message = event_update_action.includes('commented') ? 'hello' : '{EVENT.UPDATE.MESSAGE}';
    expect(kinds({ event_update_action, event_update_message })).toEqual(expected);
  });

  test('tells who did it, when, and of which problem', () => {
    const event_update_timestamp = String(SECONDS - 60);
    expect(update({ event_update_action: 'acknowledged', event_update_timestamp }).notes).toEqual([
      {
        ...{ fingerprint: '459', kind: 'acknowledged', by: 'Ada (ada)' },
        at: ARRIVAL - 60_000,
        message: 'acknowledged in Zabbix',
      },
    ]);
  });

  test('by JSON says the same as by words, and changes the severity', () => {
    const json = {
      acknowledge: true,
      message: 'soon',
      severity: { old: 4, new: 2 },
      close: true,
      timestamp: SECONDS - 30,
    };
    for (const event_update_actionjson of [JSON.stringify(json), JSON.stringify([json])]) {
      const { alert, notes } = update({ event_update_actionjson });
      expect(notes.map(({ kind }) => kind)).toEqual(['acknowledged', 'priority_changed', 'noted', 'noted']);
      expect(notes[0]?.at).toBe(ARRIVAL - 30_000);
      expect(alert).toMatchObject({ severity: 'warning', status: 'resolved', resolution: 'closed_manually' });
    }
  });

  test('takes the new severity by number, whatever the severities are called', () => {
    const event_update_action = 'changed severity from Hoch to Katastrophe';
    expect(update({ event_update_action, event_update_nseverity: '5' }).alert?.severity).toBe('critical');
    expect(update({ event_update_action, event_nseverity: '5' }).alert?.severity).toBe('critical');
    expect(update({ event_update_action: 'changed severity from High to Warning' }).alert?.severity).toBe('warning');
  });

  test('is as old as its event, so that a late one opens nothing again', () => {
    const recovery = parse({ event_value: '0', event_recovery_timestamp: String(SECONDS - 300) }).alert;
    const late = update({ event_update_action: 'commented', event_update_timestamp: String(SECONDS - 10) }).alert;
    if (recovery === undefined || late === undefined) throw new Error('no alert');
    expect(decide(recovery, late, ARRIVAL)).toEqual({ action: 'drop', reason: 'stale' });
    expect(decide(late, recovery, ARRIVAL)).toEqual({ action: 'resolve', reason: 'resolved' });
  });
});

describe('identity', () => {
  test('is the event, in its recovery too', () => {
    expect(parse({ event_value: '0', event_recovery_id: '467' }).alert?.fingerprint).toBe('459');
    expect(parse({ event_id: 459 }).alert?.fingerprint).toBe('459');
  });

  test('is trigger and host without one, also from a link, whose event differs', () => {
    const link = (event: number) => `https://zabbix.example.com/tr_events.php?triggerid=14032&eventid=${event}`;
    const of = (event: number, trigger: string) =>
      parse({ event_id: undefined, trigger_id: undefined, event_name: trigger, link: link(event) }).alert?.fingerprint;
    expect(of(10528, 'agent is unreachable')).toBe('trigger:14032:web-1');
    expect(of(10529, 'agent is reachable')).toBe('trigger:14032:web-1');
  });
});

test('the Test dialog, which resolves no macro, opens nothing', () => {
  expect(parse({ event_id: '{EVENT.ID}' })).toMatchObject({ alerts: [], remarks: [expect.stringContaining('a test')] });
});

test('macros that were left are absent wherever they stand', () => {
  const { alert } = parse({
    ...{
      host_ip: '{HOST.IP}',
      zabbix_url: '{$ZABBIX.URL}',
      trigger_url: '{TRIGGER.URL}',
      host_groups: ['{X.Y}', 'Web'],
    },
    ...{ event_opdata: '{ITEM.LASTVALUE1}', event_tags: '{EVENT.TAGSJSON}', alert_message: '*UNKNOWN*' },
    ...{ trigger_description: '{$HTTP.TLS.VERIFY:"Opsgenie"}' },
  });
  expect(alert?.labels).toEqual({ hostname: 'web-1', host_groups: 'Web', trigger_id: '7', event_source: '0' });
  expect(alert?.annotations).toEqual({ event_id: '459', original_severity: 'High' });
});

test.each([
  ['[{"tag":"a","value":"1"},{"tag":"a","value":"2"},{"tag":"b","value":""}]', { a: '1,2', b: '' }],
  [[{ tag: 'a', value: 1 }, 'x', null], { a: '1' }],
  [
    { a: ['1', '2'], b: [], c: 'x' },
    { a: '1,2', c: 'x' },
  ],
  ['a:1, b', { a: '1', b: 'true' }],
  ['[broken', {}],
  [undefined, {}],
])('tags %j', (given, expected) => {
  expect(tagsOf(given)).toEqual(expected);
});

describe('the link to the problem', () => {
  test.each(['https://zabbix.example.com/z', 'https://zabbix.example.com/z/', 'https://zabbix.example.com/z//'])(
    'of %s',
    (zabbix_url) => {
      const url = 'https://zabbix.example.com/z/tr_events.php?triggerid=7&eventid=459';
      expect(parse({ zabbix_url }).alert?.annotations.url).toBe(url);
    },
  );

  test('of a hostile address is made in linear time', () => {
    const zabbix_url = `${'/'.repeat(900_000)}x`;
    expect(parse({ zabbix_url }).alert?.annotations.url).toContain(zabbix_url);
    expect(parse({ zabbix_url: '/'.repeat(900_000) }).alert?.annotations.url).toBeUndefined();
  });
});

describe('times', () => {
  test('are Unix seconds; a date of the server counts only where its zone is known', () => {
    const dated = { event_timestamp: '{EVENT.TIMESTAMP}', event_date: '2026.03.29', event_time: '13:00:00' };
    expect(parse(dated).alert).toMatchObject({ startedAt: ARRIVAL, observedAt: ARRIVAL });
    expect(parse(dated).alert?.annotations.event_date).toBe('2026.03.29 13:00:00');
    const berlin = zabbix.bind?.({ timezone: 'Europe/Berlin' });
    expect(parse(dated, berlin).alert).toMatchObject({ startedAt: Date.UTC(2026, 2, 29, 11), observedAt: ARRIVAL });
    expect(parse({ event_timestamp: '5' }).alert?.startedAt).toBe(ARRIVAL);
  });

  test.each([
    ['2026.03.29', '01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
    ['2026.03.29', '03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026.10.25', '02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026.10.25', '03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['2026.01.01', '00:00:00', 'Asia/Kolkata', '2025-12-31T18:30:00.000Z'],
    ['2026.07.01', '12:00:00', 'America/New_York', '2026-07-01T16:00:00.000Z'],
    ['2026.07.01', '00:00:00', 'UTC', '2026-07-01T00:00:00.000Z'],
  ])('%s %s in %s is %s', (date, time, zone, expected) => {
    expect(new Date(timeInZone(date, time, zone) ?? 0).toISOString()).toBe(expected);
  });

  test('that are none stay unknown, and a zone that is none is refused', () => {
    expect(timeInZone('29.03.2026', '12:00', 'UTC')).toBeUndefined();
    expect(timeInZone('2026.13.01', '12:00:00', 'UTC')).toBeUndefined();
    expect(() => zabbix.bind?.({ timezone: 'Mars/Olympus' })).toThrow(/IANA/);
  });
});

test('a body of another kind is refused with what is missing', () => {
  expect(zabbix.parse({ colour: 'red' }, { userAgent: '', receivedAt: ARRIVAL })).toMatchObject({
    ok: false,
    message: expect.stringContaining('event_id, trigger_id and event_name are missing'),
  });
  expect(zabbix.claims({ ...EVENT, source: 'cluster' })).toBe(false);
});

test.each([
  [{ event: { id: '5', name: 'Disk full', value: '0' } }, 'resolved'],
  [{ event: { id: 5, name: 'Disk full', value: 1, severity: 'High' }, host: { name: 'web-1' } }, 'firing'],
  [{ eventid: '5', name: 'Disk full', value: '0' }, 'resolved'],
  [{ eventid: '5', name: 'Disk full', value: '0', status: 'PROBLEM' }, 'firing'],
])('fields inside an object are read: %j', (body, status) => {
  const parsed = zabbix.parse(body, { userAgent: '', receivedAt: ARRIVAL });
  expect(parsed).toMatchObject({ ok: true, alerts: [{ fingerprint: '5', name: 'Disk full', status }] });
});
