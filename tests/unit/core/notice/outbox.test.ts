import { describe, expect, test } from '@jest/globals';
import { type Incident, UNTOUCHED } from '../../../../src/core/incident/incident.ts';
import { type Notice, newNotice } from '../../../../src/core/notice/notice.ts';
import { decideOutbox, dropped, type OutboxAction, retried } from '../../../../src/core/notice/outbox.ts';
import { stateOfNotice } from '../../../../src/stores/contract/notices.ts';

const T = 1_700_000_000_000;
const OPEN: Incident = {
  ...{ id: 'i1', key: 'k', title: 'disk', status: 'open', severity: 'critical', openedAt: T, resolvedAt: null },
  ...UNTOUCHED,
  ...{ alertCount: 1, firing: { critical: 1, warning: 0, info: 0 } },
} as Incident;
const OVER: Incident = { ...OPEN, status: 'resolved', resolvedAt: T };
const MEMBERS = { ids: ['a1'], total: 1, hash: 'h' };
const REST = { action: 'rest', reason: 'dead_letter', until: null } as const;
const BASE: Notice = { ...newNotice('i1', 'ops', T), decision: REST };
const DEAD: Notice = { ...BASE, dead: { phase: 'firing', key: 'k1', reason: 'HTTP 404', at: T, hash: 'h' } };
const END: Notice = {
  ...BASE,
  told: { state: 'resolved', at: T, severity: 'critical', members: MEMBERS, ref: null },
  dead: { phase: 'resolved', key: 'k2', reason: 'HTTP 404', at: T, hash: '' },
};
const DROPPED = dropped(DEAD, { by: 'ann', comment: 'known' }, T);
const RETRY: Notice = {
  ...BASE,
  pending: {
    ...{ phase: 'firing', step: 0, reason: 'new', key: 'k1', firstAt: T, attempts: 3, isUnderWay: false },
    ...{ retryAt: T + 300_000, maybeTold: false, speaks: { state: 'firing', severity: 'critical', members: MEMBERS } },
    ...{ digest: null, progress: null },
  },
};
const UNDER_WAY = { ...RETRY, pending: { ...RETRY.pending, isUnderWay: true } } as Notice;
const action = (kind: OutboxAction['kind']): OutboxAction => ({
  ...{ kind, incidentId: 'i1', channel: 'ops', actor: 'api', by: 'ann', comment: 'why' },
});

const CASES: readonly (readonly [
  about: string,
  kind: OutboxAction['kind'],
  Notice | undefined,
  Incident | undefined,
  string,
])[] = [
  ['a dead letter', 'retry', DEAD, OPEN, 'asked'],
  ['a dead letter', 'drop', DEAD, OPEN, 'asked'],
  ['what waits for its next attempt', 'retry', RETRY, OPEN, 'asked'],
  ['what waits for its next attempt', 'drop', RETRY, OPEN, 'asked'],
  ['what was dropped', 'retry', DROPPED, OPEN, 'asked'],
  ['what was dropped', 'drop', DROPPED, OPEN, 'already_dropped'],
  ['an end that was given up', 'retry', END, OVER, 'asked'],
  ['an end of what fires again', 'retry', END, OPEN, 'is_over'],
  ['a start of what is over', 'retry', DEAD, OVER, 'is_over'],
  ['a start of what is over', 'drop', DEAD, OVER, 'asked'],
  ['what is on its way', 'retry', UNDER_WAY, OPEN, 'under_way'],
  ['what is on its way', 'drop', UNDER_WAY, OPEN, 'under_way'],
  ['what has not failed', 'retry', BASE, OPEN, 'nothing_failed'],
  ['no notice', 'drop', undefined, OPEN, 'not_found'],
  ['no incident', 'retry', DEAD, undefined, 'not_found'],
];

describe('what may be asked of a message', () => {
  test.each(CASES)('%s: %s', (_, kind, notice, incident, verdict) => {
    const { outcome, ...rest } = decideOutbox(action(kind), notice, incident, T);
    expect('reason' in rest ? rest.reason : outcome).toBe(verdict);
  });

  test('a request stands in the history with who wants it and why', () => {
    expect(decideOutbox(action('drop'), DEAD, OPEN, T)).toMatchObject({
      event: {
        ...{ subject: 'incident', subjectId: 'i1', kind: 'notice_dropped', actor: 'api', at: T },
        data: { channel: 'ops', by: 'ann', comment: 'why' },
      },
    });
  });
});

describe('what follows of it', () => {
  test('a message that was given up is nothing that keeps the next one back', () => {
    expect(retried(DEAD, T).dead).toBeNull();
    expect(retried(DROPPED, T).dead).toBeNull();
  });
  test('an end that was given up is to be told again, unless something new is', () => {
    expect(retried(END, T)).toMatchObject({ dead: null, told: { state: 'firing' } });
    expect(retried({ ...END, want: { kind: 'new', since: T } }, T).told?.state).toBe('resolved');
  });
  test('what waits for its next attempt is due', () => expect(retried(RETRY, T).pending?.retryAt).toBe(T));
  test('what is dropped is no dead letter any more, and says who dropped it', () => {
    expect([stateOfNotice(DEAD), stateOfNotice(DROPPED)]).toEqual(['dead', 'rest']);
    expect(dropped(RETRY, { by: '', comment: 'x' }, T)).toMatchObject({
      pending: null,
      dead: { key: 'k1', dropped: { by: '', comment: 'x' } },
    });
  });
  test('what is on its way, or has not failed, stays as it is', () => {
    for (const notice of [UNDER_WAY, BASE]) {
      expect(retried(notice, T)).toBe(notice);
      expect(dropped(notice, { by: '', comment: '' }, T)).toBe(notice);
    }
  });
});
