import { expect, test } from '@jest/globals';
import type { IncomingNote } from '../../../src/core/alert/note.ts';
import { incoming, openWorld, T } from '../../support/world.ts';

const note = (kind: IncomingNote['kind'], at: number): IncomingNote => ({
  fingerprint: 'cpu',
  kind,
  at,
  by: 'Jo',
  message: `${kind} by Jo`,
});
const blank = { source: 'pagerduty', origin: '', actor: 'pagerduty', errors: [], replay: null, instance: null };

test('an acknowledgement moves the live incident, is taken back, and ends with the recovery', async () => {
  const world = openWorld();
  try {
    const fire = incoming('cpu', 'firing', 'critical', { observedAt: T, groupKey: 'cpu' });
    await world.commit({ ...blank, receivedAt: T, alerts: [fire] });
    const steps = [
      { kind: 'acknowledged', status: 'acknowledged' },
      { kind: 'noted', status: 'acknowledged' },
      { kind: 'unacknowledged', status: 'open' },
      { kind: 'acknowledged', status: 'acknowledged' },
      { kind: 'acknowledged', status: 'acknowledged' },
    ] as const;
    for (const [index, { kind, status }] of steps.entries()) {
      const at = T + 1000 * (index + 1);
      await world.commit({ ...blank, receivedAt: at, alerts: [], notes: [note(kind, at)] });
      const { items } = await world.store.listIncidents({ limit: 5 });
      expect(items.map((incident) => incident.status)).toEqual([status]);
    }
    const resolve = incoming('cpu', 'resolved', 'critical', { observedAt: T + 60_000, groupKey: 'cpu' });
    await world.commit({ ...blank, receivedAt: T + 60_000, alerts: [{ ...resolve, resolution: 'rule_changed' }] });
    const { items } = await world.store.listIncidents({ limit: 5 });
    expect(items[0]?.status).toBe('resolved');
    const alert = (await world.store.listAlerts({ limit: 1 })).items[0];
    const events = await world.store.history([alert?.id ?? '', items[0]?.id ?? ''], 50);
    expect(events.map(({ subject, kind }) => `${subject} ${kind}`)).toEqual([
      'alert opened',
      'incident opened',
      'alert acknowledged',
      'incident acknowledged',
      'alert noted',
      'alert unacknowledged',
      'incident unacknowledged',
      'alert acknowledged',
      'incident acknowledged',
      'alert acknowledged',
      'alert resolved',
      'incident resolved',
      'incident unacknowledged',
    ]);
    expect(events.find((event) => event.kind === 'resolved')?.data.resolution).toBe('rule_changed');
  } finally {
    await world.close();
  }
});

test('a note of an alert in the same batch finds it; one of an unknown alert is left out', async () => {
  const world = openWorld();
  try {
    const fire = incoming('cpu', 'firing', 'critical', { observedAt: T, groupKey: 'cpu' });
    const unknown = { ...note('acknowledged', T), fingerprint: 'never seen' };
    await world.commit({ ...blank, receivedAt: T, alerts: [fire], notes: [note('acknowledged', T), unknown] });
    const { items } = await world.store.listIncidents({ limit: 5 });
    expect(items.map((incident) => incident.status)).toEqual(['acknowledged']);
  } finally {
    await world.close();
  }
});

test.each([
  ['older than what is stored of the alert', T + 9_999, 'open', 'stale'],
  ['as old as that', T + 10_000, 'acknowledged', 'told'],
])('an acknowledgement %s', async (_, at, status, reason) => {
  const world = openWorld();
  try {
    for (const [observedAt, state] of [
      [T, 'firing'] as const,
      [T + 5000, 'resolved'] as const,
      [T + 10_000, 'firing'] as const,
    ]) {
      const alert = incoming('cpu', state, 'critical', { observedAt, groupKey: 'cpu' });
      await world.commit({ ...blank, receivedAt: observedAt, alerts: [alert] });
    }
    await world.commit({ ...blank, receivedAt: T + 20_000, alerts: [], notes: [note('acknowledged', at)] });
    expect((await world.store.listIncidents({ limit: 5 })).items.map((incident) => incident.status)).toEqual([status]);
    const alert = (await world.store.listAlerts({ limit: 1 })).items[0];
    const events = await world.store.history([alert?.id ?? ''], 50);
    expect(events.at(-1)).toMatchObject({ kind: 'acknowledged', reason });
  } finally {
    await world.close();
  }
});
