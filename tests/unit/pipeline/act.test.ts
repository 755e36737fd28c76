import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Action } from '../../../src/core/action/action.ts';
import type { Severity } from '../../../src/core/alert/alert.ts';
import { incoming, openWorld, submission, T, type World } from '../../support/world.ts';

const MINUTE = 60_000;
let world: World;
let ids = 0;
beforeEach(() => {
  world = openWorld();
  ids = 0;
});
afterEach(() => world.close());

const fires = (at: number, name = 'cpu', severity: Severity = 'warning') =>
  world.commit(submission(at, [incoming(name, 'firing', severity)]));
const ends = (at: number, name = 'cpu') => world.commit(submission(at, [incoming(name, 'resolved', 'warning')]));
const idOfLast = async () => (await world.store.listIncidents({ limit: 1 })).items[0]?.id ?? '';
const act = async (at: number, fields: Partial<Action> & Pick<Action, 'kind'>) => {
  ids += 1;
  const incidentId = await idOfLast();
  const action = { id: `action ${ids}`, incidentId, actor: 'api', by: 'alice', comment: '', ...fields } as Action;
  return world.act(at, action);
};
/** Status and history of each incident, and of each alert its status. */
const state = async () => {
  const { alerts, incidents } = await world.story();
  return {
    alerts: alerts.map((one) => `${one.fingerprint} ${one.status}`),
    incidents: incidents.map(({ status, history }) => ({
      status,
      history: history.map((line) => line.split(' ').slice(1, 4).join(' ')),
    })),
  };
};

test('an action is on disk with its history, and asked again under its id changes nothing', async () => {
  await fires(0);
  const first = await act(1000, { kind: 'assign', assignee: 'bob', id: 'x' });
  expect(first).toMatchObject({ outcome: 'done', reason: 'asked', incident: { assignee: 'bob' } });
  await act(2000, { kind: 'assign', assignee: 'carol' });
  expect(await act(3000, { kind: 'assign', assignee: 'bob', id: 'x' })).toEqual(first);
  expect(await world.store.findIncident(await idOfLast())).toMatchObject({ assignee: 'carol' });
  expect((await state()).incidents[0]?.history).toEqual([
    'opened new cluster:web-1',
    'assigned asked api',
    'assigned reassigned api',
  ]);
});

test('an id that comes back with another action is refused', async () => {
  await fires(0);
  await act(1000, { kind: 'acknowledge', id: 'x' });
  expect(await act(2000, { kind: 'resolve', id: 'x' })).toEqual({
    ...{ outcome: 'refused', reason: 'id_reused', incident: null },
  });
  expect((await state()).incidents).toMatchObject([{ status: 'acknowledged' }]);
});

test('a shelf for a span that is asked again under its id is the first one', async () => {
  await fires(0);
  const shelve = (at: number, forMs: number) => act(at, { kind: 'shelve', id: 'x', forMs, until: T + at + forMs });
  const first = await shelve(1000, MINUTE);
  expect(await shelve(5000, MINUTE)).toEqual(first);
  expect(await shelve(6000, 2 * MINUTE)).toMatchObject({ outcome: 'refused', reason: 'id_reused' });
});

test('what was refused is decided anew under the same id', async () => {
  await fires(0);
  await ends(1000);
  expect(await act(2000, { kind: 'acknowledge', id: 'x' })).toMatchObject({ outcome: 'refused', reason: 'is_over' });
  await fires(3000);
  expect(await act(4000, { kind: 'acknowledge', id: 'x' })).toMatchObject({ outcome: 'done' });
});

test('an acknowledgement ends by itself on recovery, and says so', async () => {
  await fires(0);
  await act(1000, { kind: 'acknowledge' });
  await ends(2000);
  expect((await state()).incidents).toEqual([
    {
      status: 'resolved',
      history: [
        'opened new cluster:web-1',
        'acknowledged asked api',
        'resolved all_resolved cluster:web-1',
        'unacknowledged recovered cluster:web-1',
      ],
    },
  ]);
});

test.each<[string, () => Promise<unknown>]>([
  ['an alert that grows worse', () => fires(2000, 'cpu', 'critical')],
  ['a worse alert that joins', () => fires(2000, 'disk', 'critical')],
])('%s ends an acknowledgement: nobody has seen that', async (_, happens) => {
  await fires(0);
  await act(1000, { kind: 'acknowledge' });
  await happens();
  const [incident] = (await state()).incidents;
  expect(incident?.status).toBe('open');
  expect(incident?.history).toContain('unacknowledged severity_raised cluster:web-1');
});

test('an alert that is no worse leaves an acknowledgement', async () => {
  await fires(0);
  await act(1000, { kind: 'acknowledge' });
  await fires(2000, 'disk', 'info');
  await fires(3000, 'load', 'warning');
  expect((await state()).incidents).toMatchObject([{ status: 'acknowledged' }]);
});

test('resolve ends all that fires, in one turn of the incident', async () => {
  await fires(0, 'cpu');
  await fires(0, 'disk', 'critical');
  const result = await act(1000, { kind: 'resolve', comment: 'rebooted' });
  expect(result).toMatchObject({
    outcome: 'done',
    incident: { status: 'resolved', firing: { critical: 0, warning: 0 } },
  });
  const { alerts, incidents } = await state();
  expect(alerts).toEqual(['cpu resolved', 'disk resolved']);
  const [incident] = incidents;
  expect(incident?.status).toBe('resolved');
  expect(incident?.history.filter((line) => line.startsWith('resolved'))).toEqual(['resolved asked api']);
  const [cpu] = (await world.story()).alerts;
  expect(cpu?.history.at(-1)).toContain('resolved ended_by_hand api');
});

test('after a resolve the same firing is no news for five minutes, then it reopens the incident', async () => {
  await fires(0);
  await act(MINUTE, { kind: 'resolve' });
  for (let minute = 2; minute < 6; minute += 1) await fires(minute * MINUTE);
  expect((await state()).incidents.map(({ status }) => status)).toEqual(['resolved']);
  await fires(6 * MINUTE + 1);
  const { alerts, incidents } = await state();
  expect(alerts).toEqual(['cpu firing']);
  expect(incidents.map(({ status }) => status)).toEqual(['open']);
  expect(incidents[0]?.history.at(-1)).toBe('reopened refired cluster:web-1');
});

test('after a resolve, what fires again after an end, or worse, is news at once', async () => {
  await fires(0);
  await act(MINUTE, { kind: 'resolve' });
  await fires(2 * MINUTE);
  await ends(3 * MINUTE);
  await fires(4 * MINUTE);
  expect((await state()).incidents.map(({ status }) => status)).toEqual(['open']);
  await act(5 * MINUTE, { kind: 'resolve' });
  await fires(6 * MINUTE);
  expect((await state()).incidents.map(({ status }) => status)).toEqual(['resolved']);
  await fires(7 * MINUTE, 'cpu', 'critical');
  expect((await state()).incidents.map(({ status }) => status)).toEqual(['open']);
});

test('an end that is confirmed by its sender changes no time of it', async () => {
  await fires(0);
  await act(MINUTE, { kind: 'resolve' });
  const [before] = (await world.story()).alerts;
  await ends(2 * MINUTE);
  const [after] = (await world.story()).alerts;
  expect(after).toMatchObject({ endedAt: before?.endedAt, occurrences: 1, severity: 'warning', expiresAt: null });
});

test('closed is over for good: what fires after it begins anew', async () => {
  await fires(0);
  const result = await act(1000, { kind: 'close' });
  expect(result).toMatchObject({ outcome: 'done', incident: { status: 'closed', firing: { warning: 0 } } });
  await ends(2000);
  await fires(3000);
  expect((await state()).incidents.map(({ status }) => status)).toEqual(['closed', 'open']);
});

test.each(['resolve', 'close'] as const)(
  'who takes a %s back has the alerts fire again that it ended',
  async (kind) => {
    await fires(0, 'cpu', 'critical');
    await fires(0, 'disk');
    await act(1000, { kind });
    await ends(2000, 'disk');
    const result = await act(3000, { kind: 'reopen' });
    expect(result).toMatchObject({
      outcome: 'done',
      incident: { status: 'open', severity: 'critical', firing: { critical: 1, warning: 0 } },
    });
    const { alerts, incidents } = await state();
    expect(alerts).toEqual(['cpu firing', 'disk resolved']);
    expect(incidents).toHaveLength(1);
    expect((await world.store.listIncidents({ limit: 1 })).items[0]).toMatchObject({ status: 'open', alertCount: 2 });
    // And it is an alert like any other from then on.
    await fires(4000, 'cpu', 'critical');
    await ends(5000, 'cpu');
    expect((await state()).incidents).toMatchObject([{ status: 'resolved' }]);
  },
);

test('what its sender ended, or was ended long ago, stays so when the incident is reopened', async () => {
  await fires(0);
  await act(1000, { kind: 'resolve' });
  await act(10 * MINUTE, { kind: 'reopen' });
  expect(await state()).toMatchObject({ alerts: ['cpu resolved'], incidents: [{ status: 'open' }] });
});

test('reopen opens what was resolved or closed, unless its key has a live one', async () => {
  await fires(0);
  const incidentId = await idOfLast();
  await act(1000, { kind: 'close' });
  expect(await act(2000, { kind: 'reopen', incidentId })).toMatchObject({
    outcome: 'done',
    incident: { status: 'open' },
  });
  await act(3000, { kind: 'close', incidentId });
  await fires(4000, 'disk');
  expect(await act(5000, { kind: 'reopen', incidentId })).toMatchObject({
    ...{ outcome: 'refused', reason: 'another_is_open', incident: { status: 'closed' } },
  });
});
