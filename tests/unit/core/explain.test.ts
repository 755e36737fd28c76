import { describe, expect, test } from '@jest/globals';
import { type ExplainInput, explain } from '../../../src/core/explain/explain.ts';
import type { UntoldReason } from '../../../src/core/explain/untold.ts';
import { reasonText, stepText, storyText, verdictText } from '../../../src/core/explain/words.ts';
import type { HistoryEvent } from '../../../src/core/history.ts';
import { type Incident, UNTOUCHED } from '../../../src/core/incident/incident.ts';
import type { NoticeAttempt } from '../../../src/core/notice/delivery.ts';
import { type Notice, newNotice, unroutedNotice } from '../../../src/core/notice/notice.ts';

const T = Date.UTC(2026, 2, 29, 12);
const INCIDENT: Incident = {
  ...{ id: 'i1', key: 'k', title: 'disk full', status: 'open', severity: 'critical', changedAt: 0, openedAt: T },
  ...UNTOUCHED,
  ...{ resolvedAt: null, alertCount: 1, firing: { critical: 1, warning: 0, info: 0 } },
};
const OVER: Incident = { ...INCIDENT, status: 'resolved', resolvedAt: T + 5000 };
const ALERT = { id: 'a1', name: 'disk full', source: 'cluster', origin: 'web-1', fingerprint: 'd1' };
const BASE = newNotice('i1', 'ops', T);
const NOTHING = { ids: [], total: 0, hash: '' };
const MEMBERS = { ids: ['a1'], total: 1, hash: 'h' };
const TOLD = { state: 'firing', at: T + 1000, severity: 'critical', members: MEMBERS, ref: null } as const;
const NEW = { kind: 'new', since: T } as const;
const DEAD = { phase: 'firing', key: 'k1', reason: 'HTTP 404 Not Found', at: T + 1000, hash: 'h' } as const;
const PENDING: Notice['pending'] = {
  ...{ phase: 'firing', step: 0, reason: 'new', key: 'k1', firstAt: T, attempts: 1, isUnderWay: false },
  ...{ retryAt: T + 9000, maybeTold: false, speaks: { state: 'firing', severity: 'critical', members: MEMBERS } },
  ...{ digest: null, progress: null },
};

const event = (kind: string, reason: string, data = {}, fields: Partial<HistoryEvent> = {}): HistoryEvent => ({
  ...{ seq: 1, at: T, subject: 'incident', subjectId: 'i1', kind, reason, actor: 'monitor', data },
  ...fields,
});
const opened = event(
  'opened',
  'new',
  { severity: 'critical' },
  { subject: 'alert', subjectId: 'a1', actor: 'cluster:web-1' },
);
const ended = event('resolved', 'resolved', {}, { subject: 'alert', subjectId: 'a1', at: T + 5000 });
const attempt = (fields: Partial<NoticeAttempt> = {}): NoticeAttempt => ({
  ...{ channel: 'ops', phase: 'firing', key: 'k1', attempt: 1, at: T + 1000, tookMs: 12, outcome: 'ok' },
  ...{ reason: 'HTTP 200', digest: null },
  ...fields,
});
const input = (fields: Partial<ExplainInput>): ExplainInput => ({
  ...{
    incident: INCIDENT,
    alertId: null,
    alerts: [ALERT],
    events: [opened],
    notices: [],
    attempts: [],
    isFollowed: true,
  },
  ...fields,
});
const wait = (reason: Extract<Notice['decision'], { action: 'wait' }>['reason']): Partial<Notice> => ({
  want: NEW,
  decision: { action: 'wait', until: T + 9000, reason },
});
const hold = (reason: Extract<Notice['decision'], { action: 'hold' }>['reason']): Partial<Notice> => ({
  want: NEW,
  decision: { action: 'hold', until: T + 9000, reason, by: 'x1' },
});
const rest = (reason: Extract<Notice['decision'], { action: 'rest' }>['reason'], fields: Partial<Notice> = {}) => ({
  decision: { action: 'rest', reason, until: null } as const,
  ...fields,
});
const row = (fields: Partial<Notice>) => ({ notices: [{ ...BASE, ...fields }] });
const failed = { attempts: [attempt({ outcome: 'failed', reason: 'HTTP 503' })] };
const AGAINST_ALERT = { alertId: 'a2', alerts: [ALERT, { ...ALERT, id: 'a2' }] };
const second = (fields: Partial<HistoryEvent>) => ({ ...opened, subjectId: 'a2', ...fields });
const told = { attempts: [attempt()], ...row({ told: TOLD, ...rest('told') }) };
const sentEvent = event('notice_sent', 'new', { key: 'k1', channel: 'ops', alerts: ['a1'], alert_count: 1 });

/** For each reason why nobody was told, what is stored in that case, and a part of its words. */
const REASONS: Readonly<Record<UntoldReason, readonly [stored: Partial<ExplainInput>, words: string]>> = {
  silenced: [row(hold('silenced')), 'held back by silence x1, until 2026-03-29 12:00:09 UTC'],
  maintenance: [row(hold('maintenance')), 'held back by the maintenance window x1'],
  inhibited: [row(hold('inhibited')), 'inhibited by alert x1'],
  depends_on: [row(hold('depends_on')), 'alert x1'],
  muted_time: [row(hold('muted_time')), 'the mute interval x1'],
  inactive_time: [row(hold('inactive_time')), 'outside of the active interval x1'],
  shelved: [row(hold('shelved')), 'it is shelved'],
  group_wait: [row(wait('group_wait')), 'the first message is due at 2026-03-29 12:00:09 UTC'],
  group_interval: [
    {
      ...told,
      ...row({ told: TOLD, ...wait('group_interval'), want: { kind: 'changed', since: T } }),
      ...AGAINST_ALERT,
      events: [opened, second({}), sentEvent],
    },
    'changes are told together',
  ],
  under_way: [row({ ...wait('under_way'), pending: { ...PENDING, isUnderWay: true } }), 'on its way'],
  retry: [
    { ...row({ ...wait('retry'), pending: PENDING }), ...failed },
    'the last attempt failed: HTTP 503; the next one is at',
  ],
  rate: [row(wait('rate')), 'as its rate allows'],
  channel_down: [row({ ...wait('channel_down'), pending: PENDING }), 'the channel fails'],
  ended_within_wait: [{ incident: OVER, ...row(rest('never_told')) }, 'ended before its first message was due'],
  ended_undelivered: [
    { incident: OVER, ...row(rest('ended_before_told')), ...failed },
    'it ended before a message could be delivered: HTTP 503',
  ],
  joined_and_ended: [
    { ...told, ...AGAINST_ALERT, events: [opened, second({}), { ...ended, subjectId: 'a2' }, sentEvent] },
    'it joined the incident and ended between two messages',
  ],
  not_routed: [{ notices: [unroutedNotice('i1', T)] }, 'no route names a channel for it'],
  resolved_not_wanted: [{ ...row({ told: null, ...rest('resolved_not_wanted') }) }, 'on_resolved: none'],
  dead_letter: [
    row({ ...rest('dead_letter', { want: NEW, dead: DEAD }) }),
    'the message was given up: HTTP 404 Not Found',
  ],
  dropped: [
    row({ ...rest('dead_letter', { want: NEW, dead: { ...DEAD, dropped: { by: 'ann', comment: 'known' } } }) }),
    'the message was dropped by ann: known',
  ],
  flapping: [row(rest('flapping', { want: NEW })), 'it flaps'],
  acknowledged: [row(rest('acknowledged', { want: NEW })), 'somebody has acknowledged it'],
  escalation_later: [row(rest('escalation_later', { want: NEW })), 'only a step of the escalation'],
  channel_removed: [row(rest('channel_removed', { want: NEW })), 'the channel is not configured any more'],
  no_channels: [{ isFollowed: false }, 'no channel was configured'],
  no_incident: [{}, ''],
  not_looked_at: [{}, 'it has not been looked at yet'],
};

describe('of what nobody was told there is one reason', () => {
  const cases = Object.entries(REASONS).filter(([reason]) => reason !== 'no_incident');
  test.each(cases)('%s', (reason, [stored, words]) => {
    const explained = explain(input(stored));
    expect(explained.isTold).toBe(false);
    expect(explained.untold).toMatchObject({ what: 'all', reason });
    expect(verdictText(explained)).toContain(`Nobody was told: `);
    expect(verdictText(explained)).toContain(words);
  });
});

describe('an end of what was held back, given up, or never due', () => {
  const held = event('notice_held', 'silenced', { channel: 'ops', by: 's1' });
  const ROWS: readonly (readonly [string, Partial<ExplainInput>, string])[] = [
    [
      'a silence lasted longer than it',
      { incident: OVER, events: [opened, held], ...row(rest('never_told')) },
      'silenced',
    ],
    [
      'a silence of an episode before',
      { incident: OVER, events: [{ ...held, at: T - 1 }], ...row(rest('never_told')) },
      'ended_within_wait',
    ],
    [
      'a silence on another channel',
      { incident: OVER, events: [event('notice_held', 'silenced', { channel: 'x' })], ...row(rest('never_told')) },
      'ended_within_wait',
    ],
    ['a dead letter', { incident: OVER, ...row(rest('never_told', { dead: DEAD })) }, 'dead_letter'],
    [
      'a dead letter of an end, whose start nobody knows to have arrived',
      { incident: OVER, ...row(rest('told', { told: { ...TOLD, state: 'resolved' }, dead: DEAD })) },
      'dead_letter',
    ],
    [
      'the same of one alert',
      {
        ...{ incident: OVER, alertId: 'a1', events: [opened, ended] },
        ...row(rest('told', { told: { ...TOLD, state: 'resolved' }, dead: DEAD })),
      },
      'dead_letter',
    ],
    ['gone before there was a channel', { incident: OVER }, 'no_channels'],
    [
      'a silence of this alert alone',
      {
        ...told,
        ...AGAINST_ALERT,
        events: [
          opened,
          second({}),
          sentEvent,
          { ...held, subject: 'alert', subjectId: 'a2' },
          { ...ended, subjectId: 'a2' },
        ],
      },
      'silenced',
    ],
    [
      'held back apart from the others, still',
      {
        ...AGAINST_ALERT,
        attempts: [attempt()],
        events: [opened, second({}), sentEvent],
        ...row({
          told: TOLD,
          ...rest('told'),
          apart: [{ alertId: 'a2', reason: 'maintenance', by: 'w1', until: null }],
        }),
      },
      'maintenance',
    ],
    [
      'an alert that no route matches, beside one that was told',
      {
        ...told,
        ...AGAINST_ALERT,
        events: [
          opened,
          second({}),
          sentEvent,
          event('notice_skipped', 'not_routed', { channel: null }, { subject: 'alert', subjectId: 'a2' }),
        ],
      },
      'not_routed',
    ],
    [
      'what is in hand comes first',
      {
        notices: [
          { ...BASE, channel: 'a', ...rest('dead_letter', { want: NEW, dead: DEAD }) },
          { ...BASE, ...wait('group_wait') },
        ],
      },
      'group_wait',
    ],
  ];
  test.each(ROWS)('%s', (_, stored, reason) => {
    const explained = explain(input(stored));
    expect([explained.isTold, explained.untold?.reason]).toEqual([false, reason]);
  });
});

describe('what a channel told', () => {
  const both = { incident: OVER, attempts: [attempt(), attempt({ phase: 'resolved', key: 'k2', at: T + 6000 })] };
  const ROWS: readonly (readonly [string, Partial<ExplainInput>, readonly string[]])[] = [
    ['the start', told, ['told that it fires, 2026-03-29 12:00:01 UTC: HTTP 200']],
    [
      'start and end',
      { ...both, ...row({ told: { ...TOLD, state: 'resolved', members: NOTHING }, ...rest('told') }) },
      [
        'told that it fires, 2026-03-29 12:00:01 UTC: HTTP 200',
        'told that it is over, 2026-03-29 12:00:06 UTC: HTTP 200',
      ],
    ],
    [
      'the start, and its end is waited for',
      { ...told, incident: OVER, ...row({ told: TOLD, ...wait('group_wait'), want: { kind: 'ended', since: T } }) },
      [
        'told that it fires, 2026-03-29 12:00:01 UTC: HTTP 200',
        expect.stringMatching(/^its end is not told: it is due at .* unless it fires again/) as unknown as string,
      ],
    ],
    [
      'the start, and ends are not wanted',
      { ...told, incident: OVER, ...row({ told: { ...TOLD, state: 'resolved' }, ...rest('resolved_not_wanted') }) },
      [
        'told that it fires, 2026-03-29 12:00:01 UTC: HTTP 200',
        'its end is not told: ends are not told here (on_resolved: none of the channel, or send_on_resolved: false of the alert)',
      ],
    ],
    [
      'a change that waits',
      { ...told, ...row({ told: TOLD, ...hold('silenced'), want: { kind: 'changed', since: T } }) },
      [
        'told that it fires, 2026-03-29 12:00:01 UTC: HTTP 200',
        expect.stringMatching(/^what changed is not told: held back by silence/) as unknown as string,
      ],
    ],
  ];
  test.each(ROWS)('%s', (_, stored, lines) => {
    const { isTold, untold, channels } = explain(input(stored));
    expect([isTold, untold]).toEqual([true, null]);
    expect(channels.map(storyText)).toEqual([lines]);
  });

  test('of one alert only the messages that spoke of it', () => {
    const end = attempt({ phase: 'resolved', key: 'k2', at: T + 6000 });
    const stored = input({
      ...told,
      attempts: [attempt(), end],
      events: [opened, second({}), sentEvent],
      alerts: [ALERT, { ...ALERT, id: 'a2' }],
    });
    expect(explain({ ...stored, alertId: 'a1' }).channels[0]?.told.map(({ phase }) => phase)).toEqual([
      'firing',
      'resolved',
    ]);
    expect(explain({ ...stored, alertId: 'a2' }).channels[0]?.told).toEqual([]);
  });

  test.each<[string, Partial<ExplainInput>, string | null]>([
    ['is waited for', row({ told: TOLD, ...wait('group_wait'), want: { kind: 'ended', since: T } }), 'end group_wait'],
    ['is on its way', row({ told: TOLD, ...wait('under_way'), want: { kind: 'ended', since: T } }), 'end under_way'],
    ['waits with others', row({ told: TOLD, ...wait('rate'), want: { kind: 'changed', since: T } }), 'end rate'],
    ['has not been looked at', {}, 'end not_looked_at'],
    ['was told', { attempts: [attempt(), attempt({ phase: 'resolved', key: 'k2', at: T + 6000 })] }, null],
    [
      'was told by a message that leaves it out, while others fire',
      {
        attempts: [attempt(), attempt({ key: 'k2', at: T + 6000 })],
        events: [
          opened,
          ended,
          sentEvent,
          event('notice_sent', 'changed', { key: 'k2', channel: 'ops', alerts: ['a2'], alert_count: 1 }),
        ],
      },
      null,
    ],
    [
      'is not wanted',
      row({ told: { ...TOLD, state: 'resolved' }, ...rest('resolved_not_wanted') }),
      'end resolved_not_wanted',
    ],
  ])('the end of one alert: it %s', (_, stored, expected) => {
    const events = [opened, sentEvent, ended];
    const [story] = explain(input({ ...told, incident: OVER, alertId: 'a1', events, ...stored })).channels;
    expect(story?.untold === null ? null : `${story?.untold.what} ${story?.untold.reason}`).toBe(expected);
  });

  test('of a message that names not all of its alerts, those that fired then', () => {
    const many = { ...sentEvent, data: { ...sentEvent.data, alert_count: 99 } };
    const stored = input({ ...told, ...AGAINST_ALERT, events: [opened, second({}), many] });
    expect(explain(stored).channels[0]?.told).toHaveLength(1);
    expect(explain({ ...stored, events: [opened, second({ at: T + 2000 }), many] }).channels[0]?.told).toEqual([]);
  });
});

test('the steps of a life stand in their order, each in words', () => {
  const events = [
    { ...opened, data: { severity: 'critical', message: '/var at 99 %' } },
    event('opened', 'new', { severity: 'critical' }, { actor: 'cluster:web-1' }),
    event('notice_held', 'silenced', { channel: 'ops', by: 's1', until: new Date(T + 2000).toISOString() }),
    event('notice_waiting', 'group_wait', { channel: 'ops', until: new Date(T + 3000).toISOString() }),
    { ...sentEvent, at: T + 3000 },
    event('notice_failed', 'new', { key: 'k1', channel: 'ops' }, { at: T + 3000 }),
    event('acknowledged', 'note', { comment: 'on it' }, { at: T + 4000, actor: 'ann' }),
    { ...ended, actor: 'cluster:web-1' },
    event('notice_dead', 'all_resolved', { channel: 'ops', phase: 'resolved', answer: 'HTTP 404' }, { at: T + 6000 }),
    event('notice_skipped', 'never_told', { channel: 'mail' }, { at: T + 7000 }),
    event('notice_retried', 'asked', { channel: 'ops', by: 'ann', comment: 'it works again' }, { at: T + 8000 }),
    event('notice_dropped', 'asked', { channel: 'ops', by: '' }, { at: T + 8500, actor: 'api' }),
    event('notice_skipped', 'something new', { channel: null }, { at: T + 9000 }),
  ];
  const attempts = [
    attempt({ at: T + 2500, attempt: 2, outcome: 'unknown', reason: 'no answer', digest: 'g1' }),
    attempt({ at: T + 2600 }),
  ];
  const stored = input({ events, attempts });
  expect(explain(stored).steps.map((step) => stepText(step, stored))).toEqual([
    'alert "disk full" opened critical (new), received from cluster:web-1 by the driver cluster: /var at 99 %',
    'incident opened critical (new) by cluster:web-1',
    'ops: held back by silence s1, until 2026-03-29 12:00:02 UTC',
    'ops: waits until 2026-03-29 12:00:03 UTC, so that what comes together is one message (group_wait)',
    'ops: firing in digest g1 (new), attempt 2 may have arrived in 12 ms: no answer',
    'ops: firing (new) arrived in 12 ms: HTTP 200',
    'incident acknowledged (note) by ann: on it',
    'alert "disk full" resolved (resolved), received from cluster:web-1 by the driver cluster',
    'ops: given up (resolved): HTTP 404',
    'mail: it ended, and nobody had been told of it',
    'ops: to be sent again, by ann: it works again',
    'ops: dropped, by api',
    'something new',
  ]);
});

test('every reason has words without gaps', () => {
  for (const reason of Object.keys(REASONS) as UntoldReason[]) {
    for (const detail of [{}, { by: 'x', until: T, said: 'no' }]) {
      expect(reasonText({ what: 'all', reason, detail })).toMatch(/^[^ ].*[^ :,]$/);
    }
  }
});

test.each<[string, HistoryEvent, string]>([
  [
    'who did it, by which way, and what they said',
    event(
      'acknowledged',
      'asked',
      { by: 'ann', comment: 'on it', until: '2026-03-29T16:00:00.000Z' },
      { actor: 'api' },
    ),
    'incident acknowledged until 2026-03-29 16:00:00 UTC (asked) by ann (api): on it',
  ],
  [
    'nobody who says who they are',
    event('acknowledged', 'asked', { by: '' }, { actor: 'link:slack' }),
    'incident acknowledged (asked) by link:slack',
  ],
  [
    'to whom it was given',
    event('assigned', 'asked', { by: 'ann', assignee: 'bob' }, { actor: 'api' }),
    'incident assigned to bob (asked) by ann (api)',
  ],
  [
    'whose acknowledgement ended by itself',
    event('unacknowledged', 'recovered', { by: 'ann' }, { actor: 'cluster:web-1' }),
    'the acknowledgement of ann ended (recovered)',
  ],
  [
    'a person who ended an alert',
    event('resolved', 'ended_by_hand', {}, { subject: 'alert', subjectId: 'a1', actor: 'api' }),
    'alert "disk full" resolved (ended_by_hand), by a person (api)',
  ],
])('a step names %s', (_, one, expected) => {
  const stored = input({ events: [one] });
  expect(explain(stored).steps.map((step) => stepText(step, stored))).toEqual([expected]);
});
