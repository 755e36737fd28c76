import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Submission } from '../../../src/core/submission.ts';
import { claimed } from '../../support/stored.ts';
import { incoming, openWorld, submission, T, type World } from '../../support/world.ts';

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const told = async (key: string, incidentId: string | null = null) => {
  const lease = await claimed(world.store);
  await world.store.follow(lease, (tx) => tx.notices.saveOwnKeys([{ key, incidentId }], T));
};
const note = { fingerprint: 'cpu', kind: 'acknowledged', at: T + 9, by: 'x', message: '' } as const;
const says = (fields: Partial<Submission>) =>
  submission(1, [incoming('cpu', 'firing', 'critical')], { source: 'pagerduty', origin: '', notes: [note], ...fields });

test.each<[string, Partial<Submission>]>([
  ['bears the marker of this hub', { isOwnNotice: true }],
  ['comes under a key that this hub has told', { ownKey: 'mine' }],
])('what %s opens nothing and acknowledges nothing, and says so', async (_, fields) => {
  await told('mine');
  const [answer] = await world.commit(says(fields));
  expect(answer).toMatchObject({
    ...{ outcome: 'committed', isOwnNotice: true, counts: { alertsCreated: 0, incidentsCreated: 0 } },
    remarks: [expect.stringMatching(/a notice of this hub/)],
  });
  expect(await world.story()).toEqual({ alerts: [], incidents: [] });
});

test.each<[string, Partial<Submission>]>([
  ['bears no key', {}],
  ['comes under the key of another hub', { ownKey: 'theirs' }],
])('what %s is an alert like any other', async (_, fields) => {
  await told('mine');
  const [answer] = await world.commit(says(fields));
  expect(answer).toMatchObject({ counts: { alertsCreated: 1, incidentsCreated: 1 } });
  expect(answer).not.toHaveProperty('isOwnNotice');
});

test('of a batch, only what is this hub’s own is left out', async () => {
  await told('mine');
  const other = submission(1, [incoming('disk', 'firing', 'info')]);
  const answers = await world.commit(other, says({ ownKey: 'mine' }), says({ ownKey: 'theirs' }));
  expect(answers.map((one) => 'isOwnNotice' in one)).toEqual([false, true, false]);
  expect((await world.story()).alerts.map((one) => one.fingerprint).toSorted()).toEqual(['cpu', 'disk']);
});

test.each([
  ['what was told of it', 9, 'acknowledged', 'x'],
  ['an episode that ended before it began', -9, 'open', null],
] as const)('who acknowledges %s at a pager has acknowledged the incident here, where it is of now', async (...row) => {
  const [, seconds, status, by] = row;
  await world.commit(submission(1, [incoming('disk', 'firing', 'critical')]));
  const [incident] = (await world.store.listIncidents({ limit: 1 })).items;
  await told('mine', incident?.id);
  const noted = { ...note, at: T + seconds * 1000 };
  const [answer] = await world.commit(says({ ownKey: 'mine', notes: [noted, { ...noted, kind: 'escalated' }] }));
  expect(answer).toMatchObject({ isOwnNotice: true, counts: { alertsCreated: 0, incidentsCreated: 0 } });
  expect((await world.store.listIncidents({ limit: 9 })).items).toMatchObject([{ status, acknowledgedBy: by }]);
});
