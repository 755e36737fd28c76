import { expect, test } from '@jest/globals';
import { type Notice, newNotice } from '../../../../src/core/notice/notice.ts';
import { standingOf } from '../../../../src/core/notice/standing.ts';
import { idOf, T } from '../../../support/stored.ts';

const notice = (channel: string, fields: Partial<Notice> = {}): Notice => ({
  ...newNotice(idOf(1), channel, T),
  ...fields,
});
const told: Notice['told'] = {
  ...{ state: 'firing', at: T, severity: 'critical', ref: null },
  members: { ids: [], total: 0, hash: '' },
};
const pending = { retryAt: T + 9, isUnderWay: false } as Notice['pending'];

test('nobody knows of it, and nothing is planned', () => {
  const rest = { action: 'rest', reason: 'never_told', until: null } as const;
  expect(standingOf([])).toEqual({ notified: [], isFlapping: false, next: null });
  expect(standingOf([notice('a', { decision: rest })])).toEqual({ notified: [], isFlapping: false, next: null });
});

test.each<[string, Partial<Notice>, object | null]>([
  [
    'a first message',
    { decision: { action: 'wait', until: T + 5, reason: 'group_wait' } },
    { what: 'notify', at: T + 5 },
  ],
  [
    'the word that it is over',
    { decision: { action: 'wait', until: T + 5, reason: 'group_interval' }, want: { kind: 'ended', since: T } },
    { what: 'resolve', at: T + 5 },
  ],
  [
    'the end of a silence',
    { decision: { action: 'hold', until: T + 5, reason: 'silenced', by: 's' } },
    { what: 'notify' },
  ],
  ['a mute without an end', { decision: { action: 'hold', until: null, reason: 'inhibited', by: 's' } }, null],
  ['an attempt after one that failed', { pending }, { what: 'retry', at: T + 9 }],
  ['an attempt under way', { pending: { ...pending, isUnderWay: true } as Notice['pending'] }, null],
  ['a reminder', { told, decision: { action: 'rest', reason: 'told', until: T + 7 } }, { what: 'remind', at: T + 7 }],
  [
    'a step',
    { decision: { action: 'rest', reason: 'escalation_later', until: T + 7 } },
    { what: 'escalate', at: T + 7 },
  ],
])('next: %s', (_, fields, next) => {
  const found = standingOf([notice('ops', fields)]).next;
  if (next === null) expect(found).toBeNull();
  else expect(found).toMatchObject({ channel: 'ops', ...next });
});

test('the first of several, the channels that told it, and whether it flaps', () => {
  const flapping = { action: 'rest', reason: 'flapping', until: T + 20 } as const;
  const notices = [
    notice('a', { told, decision: { action: 'rest', reason: 'told', until: T + 9 } }),
    notice('b', { decision: { action: 'rest', reason: 'escalation_later', until: T + 3 } }),
    notice('c', { told, decision: flapping }),
  ];
  expect(standingOf(notices)).toEqual({
    ...{ notified: ['a', 'c'], isFlapping: true, next: { what: 'escalate', channel: 'b', at: T + 3 } },
  });
});
