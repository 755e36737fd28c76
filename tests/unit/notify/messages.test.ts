import { expect, test } from '@jest/globals';
import type { Alert } from '../../../src/core/alert/alert.ts';
import type { Incident } from '../../../src/core/incident/incident.ts';
import { alertmanagerBody } from '../../../src/core/notice/alertmanager.ts';
import { membersOf, newNotice, type Pending } from '../../../src/core/notice/notice.ts';
import { messageOf } from '../../../src/notify/messages.ts';
import { alert, idOf, incident, T } from '../../support/stored.ts';

const hash = (text: string) => text;

/** A claimed message that says `state` of these alerts, of an incident with that status. */
function claim(number: number, state: 'firing' | 'resolved', status: Incident['status'], digest: string | null = null) {
  const members = membersOf(state === 'firing' ? [idOf(number + 10)] : [], hash);
  const pending: Pending = {
    ...{ phase: state, step: 0, reason: 'new', key: `key-${number}`, firstAt: T, attempts: 1, isUnderWay: true },
    ...{ retryAt: T, maybeTold: false, speaks: { state, severity: 'critical', members }, digest, progress: null },
  };
  const notice = { ...newNotice(idOf(number), 'ops', T), pending };
  return { notice, incident: incident(number, { status, alertCount: 1 }), timeoutMs: 1000 };
}

const parts = (alerts: readonly Alert[]) => ({
  store: {
    alertsForMessage: async (id: string, limit: number) =>
      alerts.filter(({ incidentId }) => incidentId === id).slice(0, limit),
    hasLiveTold: async () => false,
  },
  ...{ hub: { name: 'hub', url: '', marker: '' }, hash, heldCount: () => 0, keepsIncidents: () => false },
  links: () => ({ incident: null, acknowledge: null, silence: null }),
});
const fires = (number: number, status: Alert['status'] = 'firing') =>
  alert(number + 10, { name: `alert ${number}`, incidentId: idOf(number), status });

test.each([
  ['firing', 'resolved', 'open', 'firing'],
  ['firing', 'closed', 'open', 'firing'],
  ['firing', 'acknowledged', 'acknowledged', 'firing'],
  ['resolved', 'open', 'resolved', 'resolved'],
  ['resolved', 'closed', 'closed', 'resolved'],
] as const)('%s is told of an incident that is %s: as %s', async (state, status, told, v4) => {
  const status4 = state === 'firing' ? 'firing' : 'resolved';
  const message = await messageOf(parts([fires(1, status4)]), [claim(1, state, status)], T);
  expect(message?.incident.status).toBe(told);
  expect(message === null ? null : alertmanagerBody(message).status).toBe(v4);
});

test('a digest lists what it tells of, what fires first, and leaves out what has changed since', async () => {
  const outgoing = [
    claim(1, 'resolved', 'resolved', 'd'),
    claim(2, 'firing', 'open', 'd'),
    claim(3, 'firing', 'open', 'd'),
  ];
  const message = await messageOf(parts([fires(1, 'resolved'), fires(2), fires(3, 'resolved')]), outgoing, T);
  if (message === null) throw new Error('nothing to tell');
  const body = alertmanagerBody(message);
  expect(body.alerts.map(({ labels, status }) => `${labels.alertname} ${status}`)).toEqual([
    'alert 2 firing',
    'alert 1 resolved',
  ]);
  expect(body).toMatchObject({
    status: 'firing',
    truncatedAlerts: 1,
    commonAnnotations: { summary: expect.any(String) },
  });
});

test('a digest of ends alone is an end, and its list has a bound', async () => {
  const numbers = Array.from({ length: 500 }, (_, n) => 1000 + n * 20);
  const outgoing = numbers.map((number) => claim(number, 'resolved', 'resolved', 'd'));
  const message = await messageOf(parts(numbers.map((number) => fires(number, 'resolved'))), outgoing, T);
  if (message === null) throw new Error('nothing to tell');
  const { status, alerts, truncatedAlerts } = alertmanagerBody(message);
  expect([status, alerts.length, truncatedAlerts]).toEqual(['resolved', 200, 300]);
});
