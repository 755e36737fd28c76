import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PreparedNotify } from '../../../src/app/notify/prepare.ts';
import { type TestRequest, testNotices } from '../../../src/notify/test-notices.ts';
import { handClock } from '../../support/hand-clock.ts';
import { type NotifyConfig, notifyConfig } from '../../support/notify-config.ts';
import { createTestChannels } from '../../support/test-channels.ts';

let config: NotifyConfig;
let prepared: PreparedNotify;
beforeAll(async () => {
  config = notifyConfig(`
channels:
  ops: {type: webhook, url: env:OPS}
  pager: {type: webhook, url: env:OPS}
  db: {type: webhook, url: env:OPS}
catch_all: ops
routes:
  - name: database team
    matchers: team="db"
    channels: db
    routes:
      - {name: its tables, matchers: table=~".+"}
  - {matchers: severity="critical", channels: [pager, ops]}
`);
  const read = await config.prepare({ OPS: 'https://hooks.example.com/x' });
  if (read === null) throw new Error('nothing is configured');
  prepared = read;
});
afterAll(() => config.remove());

const report = (request: Partial<TestRequest>, channels = createTestChannels(['ops', 'pager', 'db'])) =>
  testNotices(
    {
      ...{ policy: prepared.policy, channels: channels.map, clock: handClock().clock, newKey: () => 'ab'.repeat(32) },
      hub: { name: 'hub-1', url: '', marker: '' },
    },
    { targets: [], all: false, labels: {}, ...request },
  );

const CASES: readonly (readonly [about: string, request: Partial<TestRequest>, channels: readonly string[]])[] = [
  ['a channel', { targets: ['pager'] }, ['pager']],
  ['two channels', { targets: ['pager', 'ops'] }, ['pager', 'ops']],
  ['a route by its name', { targets: ['database team'] }, ['db']],
  ['a route that inherits its channels', { targets: ['its tables'] }, ['db']],
  ['a route by its place', { targets: ['routes[1]'] }, ['pager', 'ops']],
  ['the same by its whole place', { targets: ['notify.routes[1]'] }, ['pager', 'ops']],
  ['the catch-all', { targets: ['catch-all'] }, ['ops']],
  ['all', { all: true }, ['ops', 'pager', 'db']],
  ['nothing but the routes', {}, ['ops']],
  ['labels', { labels: { team: 'db' } }, ['db']],
  ['a severity', { labels: { severity: 'critical' } }, ['pager', 'ops']],
];

describe('who is sent a test', () => {
  test.each(CASES)('%s', async (_, request, channels) => {
    const told = await report(request);
    if (!told.ok) throw new Error(told.problem);
    expect(told.results.map(({ channel }) => channel).toSorted()).toEqual(channels.toSorted());
    expect(told.results.every(({ ok, chosenBy }) => ok && chosenBy.length === 1)).toBe(true);
  });

  test('a channel that several things choose gets one, and says what chose it', async () => {
    const channels = createTestChannels(['ops', 'pager', 'db']);
    const told = await report({ targets: ['ops', 'routes[1]'] }, channels);
    if (!told.ok) throw new Error(told.problem);
    expect(channels.sent.map(({ channel }) => channel).toSorted()).toEqual(['ops', 'pager']);
    const [ops] = told.results.filter(({ channel }) => channel === 'ops');
    expect(ops?.chosenBy).toEqual(['its name', expect.stringContaining('notify.routes[1]')]);
  });
});

test('the message says that it is a test, bears the labels, and no two have one key', async () => {
  const channels = createTestChannels(['ops']);
  await report({ targets: ['ops'], labels: { severity: 'warning', team: 'x' } }, channels);
  expect(channels.sent[0]).toMatchObject({
    ...{ phase: 'test', channel: 'ops', groupLabels: { severity: 'warning', team: 'x' } },
    incident: { severity: 'warning', title: 'Test of ops' },
  });
});

describe('what a target answers', () => {
  test('stands in the result', async () => {
    const channels = createTestChannels(['ops', 'pager', 'db']);
    channels.answers.set('ops', { ok: true, answer: 'HTTP 204' });
    channels.answers.set('pager', { ok: false, kind: 'gone', permanent: true, reason: 'HTTP 404' });
    channels.answers.set('db', { ok: false, kind: 'unavailable', permanent: false, reason: 'HTTP 503' });
    expect(await report({ all: true }, channels)).toMatchObject({
      ok: true,
      results: [
        { channel: 'ops', ok: true, answer: 'HTTP 204', permanent: false },
        { channel: 'pager', ok: false, answer: 'HTTP 404', permanent: true },
        { channel: 'db', ok: false, answer: 'HTTP 503', permanent: false },
      ],
    });
  });
});

describe('what cannot be tried is told with the fix', () => {
  const PROBLEMS: readonly (readonly [Partial<TestRequest>, string])[] = [
    [{ targets: ['pagr'] }, 'there is no channel or route "pagr"; did you mean pager?'],
    [{ targets: ['nothing at all'] }, 'there are ops, pager, db, catch-all, database team, its tables'],
    [{ labels: { severity: 'urgent' } }, 'the severity of a test must be one of critical, warning, info, not "urgent"'],
  ];
  test.each(PROBLEMS)('%j', async (request, problem) => {
    expect(await report(request)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  test('without channels', async () => {
    expect(await report({ all: true }, createTestChannels([]))).toMatchObject({
      problem: expect.stringContaining('no channel is configured'),
    });
  });
});
