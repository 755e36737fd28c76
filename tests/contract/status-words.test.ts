import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isObject } from '../../src/core/reading/read.ts';
import { statusOfWord } from '../../src/core/reading/words.ts';
import type { Driver, Parsed } from '../../src/drivers/contract.ts';
import { parseBody } from '../../src/drivers/read.ts';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { GOLDEN_ARRIVAL } from '../support/golden.ts';
import { bodiesOf } from '../support/payloads.ts';
import { ROOT } from '../support/sources.ts';

interface Table {
  readonly resolved: readonly string[];
  readonly firing: readonly string[];
  readonly unknown: readonly string[];
}
const TABLE = JSON.parse(readFileSync(join(ROOT, 'tests/fixtures/status-words.json'), 'utf8')) as Table;

function tryRead(driver: Driver, value: unknown) {
  const content = { ok: true, value, isForm: false } as const;
  return parseBody(driver, content, { userAgent: '', receivedAt: GOLDEN_ARRIVAL });
}

function read(driver: Driver, value: unknown): Parsed {
  const parsed = tryRead(driver, value);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}

function holdsAlerts(driver: Driver, body: unknown): boolean {
  const parsed = tryRead(driver, body);
  return parsed.ok && parsed.alerts.length > 0;
}

test('the table has 300 words and forms, each once', () => {
  const words = [...TABLE.resolved, ...TABLE.firing, ...TABLE.unknown];
  expect(words.length).toBeGreaterThanOrEqual(300);
  expect(new Set(words).size).toBe(words.length);
});

test.each(['resolved', 'firing'] as const)('what means %s is read so', (meaning) => {
  expect(TABLE[meaning].filter((word) => statusOfWord(word) !== meaning)).toEqual([]);
});

test('what nobody knows is not guessed', () => {
  expect(TABLE.unknown.filter((word) => statusOfWord(word) !== undefined)).toEqual([]);
});

/** How a body of each driver that takes free words says its status; the others have words of their vendor's only. */
const BODIES: Readonly<Record<string, (status: string) => unknown>> = {
  alertmanager: (status) => ({ version: '4', groupKey: 'g', alerts: [{ status, labels: { alertname: 'a' } }] }),
  cluster: (status) => ({ source: 'cluster', instance_id: 'i', alerts: [{ name: 'a', status }] }),
  datadog: (status) => ({ alert_id: '1', title: 'a', alert_transition: status }),
  generic: (status) => ({ id: '1', title: 'a', status }),
  grafana: (status) => ({ version: '1', orgId: 1, alerts: [{ status, labels: { alertname: 'a' } }] }),
  newrelic: (status) => ({ id: 'u-1', issueUrl: 'https://x', title: 'a', state: status, totalIncidents: 1 }),
  opsgenie: (action) => ({ action, alert: { alertId: 'a-1', message: 'a' } }),
  pagerduty: (status) => ({
    event: {
      event_type: 'incident.triggered',
      occurred_at: '2026-01-01T00:00:00Z',
      data: { id: 'P1', title: 'a', status },
    },
  }),
  'pagerduty-events': (event_action) => ({
    event_action,
    dedup_key: 'k',
    payload: { summary: 'a', severity: 'error' },
  }),
  prometheus: (status) => [{ labels: { alertname: 'a' }, status }],
  zabbix: (status) => ({ event_id: '1', event_name: 'a', event_status: status }),
};
/**
 * What those do with a word that they do not know which have another field beside it, or whose senders are told at once:
 * the type of the event counts, the action is kept as a note, or the body is refused as the vendor refuses it.
 */
const OTHERWISE: Readonly<Record<string, RegExp>> = {
  opsgenie: /the action "zorblax" is not known: kept as a note/,
  pagerduty: /the status "zorblax" is not known: the type of the event says/,
  'pagerduty-events': /event_action must be trigger, acknowledge or resolve/,
};
test('they are all drivers', () => {
  expect(Object.keys(BODIES).toSorted()).toEqual(DRIVERS.map(({ name }) => name).toSorted());
});
/** Words that have a meaning of their own in the states of a vendor. */
const VENDORS: Readonly<Record<string, RegExp>> = { newrelic: /^deactivated$/i };
describe.each(DRIVERS.flatMap((driver) => (BODIES[driver.name] ? [[driver.name, driver] as const] : [])))(
  '%s',
  (name, driver) => {
    const statusOf = (word: string) => {
      const { alerts, notes = [] } = read(driver, BODIES[name]?.(word));
      // What acknowledges leaves the alert as it is: it fires.
      return notes.some(({ kind }) => kind === 'acknowledged') ? 'firing' : alerts[0]?.status;
    };

    test('reads the words of the table as they are meant', () => {
      // A word that stands for nothing, such as a blank one, is a status that is missing.
      const wrong = (['resolved', 'firing'] as const).flatMap((meaning) =>
        TABLE[meaning]
          .filter((word) => VENDORS[name]?.test(word) !== true && statusOf(word) !== meaning)
          .map((word) => `${word}: not ${meaning}`),
      );
      expect(wrong).toEqual([]);
    });

    test('takes an unknown one to fire, keeps it, and says so', () => {
      const otherwise = OTHERWISE[name];
      if (otherwise !== undefined) {
        const parsed = tryRead(driver, BODIES[name]?.('zorblax'));
        expect(parsed.ok ? parsed.remarks?.join() : parsed.message).toMatch(otherwise);
        return;
      }
      const { alerts, remarks = [] } = read(driver, BODIES[name]?.('zorblax'));
      expect(alerts[0]).toMatchObject({ status: 'firing', annotations: { original_status: 'zorblax' } });
      expect(remarks.join()).toContain('the status "zorblax" is not known');
    });

    const isTold = ['opsgenie', 'pagerduty', 'pagerduty-events', 'prometheus'].includes(name);
    (isTold ? test.skip : test)('takes a missing one to fire, and says so', () => {
      const parsed = read(driver, BODIES[name]?.('<no value>'));
      if (parsed.alerts.length === 0) expect(parsed.remarks).not.toEqual([]);
      else {
        expect(parsed.alerts[0]?.status).toBe('firing');
        expect(parsed.remarks?.join()).toContain(name === 'cluster' ? '<no value>' : 'no status was told');
      }
    });
  },
);

/** How a body of each driver that may leave the status out says how bad it is; of the others the status is what they are about. */
const GRADED: Readonly<Record<string, (severity: string) => readonly unknown[]>> = {
  alertmanager: (severity) => [{ version: '4', groupKey: 'g', alerts: [{ labels: { alertname: 'a', severity } }] }],
  cluster: (severity) => [{ source: 'cluster', instance_id: 'i', alerts: [{ name: 'a', severity }] }],
  generic: (word) => ['severity', 'level', 'priority'].map((field) => ({ id: '1', title: 'a', [field]: word })),
  grafana: (severity) => [{ version: '1', orgId: 1, alerts: [{ labels: { alertname: 'a', severity } }] }],
  newrelic: (priority) => [{ id: 'u-1', issueUrl: 'https://x', title: 'a', priority, totalIncidents: 1 }],
  zabbix: (event_severity) => [{ event_id: '1', event_name: 'a', event_severity }],
};
test.each(Object.entries(GRADED))(
  'a severity that means "over" ends an alert of %s that tells no status',
  (name, of) => {
    const driver = DRIVERS.find((one) => one.name === name);
    if (driver === undefined) throw new Error(`there is no driver ${name}`);
    const statuses = (word: string) => of(word).map((body) => read(driver, body).alerts[0]?.status);
    for (const word of ['ok', 'OK', 'normal', 'Normal', 'clear', 'cleared', 'Cleared', 'RESOLVED', 'recovered'])
      expect([word, ...new Set(statuses(word))]).toEqual([word, 'resolved']);
    for (const word of ['info', 'low', 'minor', 'major', 'critical', 'High', 'P1', 'not ok', 'abnormal', 'unresolved'])
      expect([word, ...new Set(statuses(word))]).toEqual([word, 'firing']);
  },
);

/** Bodies with a list of alerts inside an envelope; the wire format of pushes has no status of its envelope. */
const GROUPS = DRIVERS.filter(({ name }) => name !== 'cluster').flatMap((driver) =>
  bodiesOf(driver.name).flatMap(([file, body]) =>
    isObject(body) && Array.isArray(body.alerts) && body.alerts.length > 0 && holdsAlerts(driver, body)
      ? [[`${driver.name}/${file}`, driver, body] as const]
      : [],
  ),
);

describe('entries of a list that say nothing of it themselves', () => {
  const stripped = (body: (typeof GROUPS)[number][2], envelope: object) => ({
    ...body,
    ...envelope,
    alerts: (body.alerts as readonly object[]).map((alert) => {
      const { status, state, severity, endsAt, ended_at, labels, ...rest } = alert as Record<string, unknown>;
      const { severity: _, ...others } = isObject(labels) ? labels : {};
      return { ...rest, labels: others };
    }),
  });

  test('there are such bodies of each driver that takes groups', () => {
    expect([...new Set(GROUPS.map(([, { name }]) => name))]).toEqual(['alertmanager', 'generic', 'grafana']);
  });

  test.each(GROUPS)('%s: have the status and severity of their envelope', (_, driver, body) => {
    for (const status of ['resolved', 'firing'] as const) {
      const envelope = { status, severity: 'info', commonLabels: { severity: 'info' } };
      const { alerts } = read(driver, stripped(body, envelope));
      for (const alert of alerts) expect(alert).toMatchObject({ status, severity: 'info' });
    }
  });

  test.each(GROUPS)('%s: have their own where they say so', (_, driver, body) => {
    const alerts = (body.alerts as readonly object[]).map((alert) => ({ ...alert, status: 'firing', endsAt: null }));
    const { alerts: read_ } = read(driver, { ...body, status: 'resolved', alerts });
    for (const alert of read_) expect(alert.status).toBe('firing');
  });
});
