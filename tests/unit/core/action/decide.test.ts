import { expect, test } from '@jest/globals';
import type { Action } from '../../../../src/core/action/action.ts';
import { decideAction } from '../../../../src/core/action/decide.ts';
import type { Incident } from '../../../../src/core/incident/incident.ts';
import { idOf, incident, T } from '../../../support/stored.ts';

const NOW = T + 60_000;
const LATER = NOW + 3_600_000;

const asked = (fields: Partial<Action> & Pick<Action, 'kind'>) =>
  ({ id: 'a1', incidentId: idOf(1), actor: 'api', by: 'alice', comment: '', ...fields }) as Action;
const open = (fields: Partial<Incident> = {}) => incident(1, fields);
const acked = (fields: Partial<Incident> = {}) =>
  incident(1, { status: 'acknowledged', acknowledgedAt: T, acknowledgedBy: 'alice', ...fields });
const over = (fields: Partial<Incident> = {}) => incident(1, { status: 'resolved', resolvedAt: T + 5, ...fields });
const closed = () => over({ status: 'closed' });
const shelved = () => open({ shelvedUntil: LATER, shelvedBy: 'alice' });

const FREE = { status: 'open', acknowledgedAt: null, acknowledgedBy: null, acknowledgedUntil: null } as const;
const BY_ALICE = { status: 'acknowledged', acknowledgedAt: NOW, acknowledgedBy: 'alice' } as const;

test.each<[string, Incident, Action, Partial<Incident>, string, Record<string, unknown>]>([
  ['acknowledge', open(), asked({ kind: 'acknowledge' }), BY_ALICE, 'acknowledged asked', {}],
  [
    'acknowledge what another has',
    acked(),
    asked({ kind: 'acknowledge', by: 'bob' }),
    { acknowledgedAt: NOW, acknowledgedBy: 'bob' },
    'acknowledged taken_over',
    { by: 'bob', previously: 'alice' },
  ],
  [
    'acknowledge for a time',
    open(),
    asked({ kind: 'acknowledge', until: LATER }),
    { ...BY_ALICE, acknowledgedUntil: LATER },
    'acknowledged asked',
    { until: new Date(LATER).toISOString() },
  ],
  [
    'acknowledge for longer',
    acked({ acknowledgedUntil: LATER }),
    asked({ kind: 'acknowledge', until: LATER + 1 }),
    { acknowledgedUntil: LATER + 1 },
    'acknowledged end_moved',
    { until: new Date(LATER + 1).toISOString() },
  ],
  ['unacknowledge', acked(), asked({ kind: 'unacknowledge' }), FREE, 'unacknowledged asked', {}],
  [
    'assign',
    open(),
    asked({ kind: 'assign', assignee: 'bob' }),
    { assignee: 'bob' },
    'assigned asked',
    { assignee: 'bob' },
  ],
  [
    'assign to another',
    over({ assignee: 'bob' }),
    asked({ kind: 'assign', assignee: 'carol' }),
    { assignee: 'carol' },
    'assigned reassigned',
    { assignee: 'carol', previously: 'bob' },
  ],
  [
    'assign to nobody',
    open({ assignee: 'bob' }),
    asked({ kind: 'assign', assignee: '' }),
    { assignee: null },
    'unassigned asked',
    { previously: 'bob' },
  ],
  ['note', closed(), asked({ kind: 'note', comment: 'was a cable' }), {}, 'noted asked', { comment: 'was a cable' }],
  [
    'shelve',
    open(),
    asked({ kind: 'shelve', until: LATER }),
    { shelvedUntil: LATER, shelvedBy: 'alice' },
    'shelved asked',
    { until: new Date(LATER).toISOString() },
  ],
  [
    'shelve for longer',
    shelved(),
    asked({ kind: 'shelve', until: LATER + 1, by: 'bob' }),
    { shelvedUntil: LATER + 1, shelvedBy: 'bob' },
    'shelved end_moved',
    { by: 'bob', until: new Date(LATER + 1).toISOString() },
  ],
  [
    'shelve again, after the first time is over',
    open({ shelvedUntil: NOW, shelvedBy: 'bob' }),
    asked({ kind: 'shelve', until: LATER }),
    { shelvedUntil: LATER, shelvedBy: 'alice' },
    'shelved asked',
    { until: new Date(LATER).toISOString() },
  ],
  ['unshelve', shelved(), asked({ kind: 'unshelve' }), { shelvedUntil: null, shelvedBy: null }, 'unshelved asked', {}],
  ['resolve', acked(), asked({ kind: 'resolve' }), { status: 'resolved', resolvedAt: NOW }, 'resolved asked', {}],
  ['close', open(), asked({ kind: 'close' }), { status: 'closed', resolvedAt: NOW }, 'closed asked', {}],
  ['close what is over', over(), asked({ kind: 'close' }), { status: 'closed' }, 'closed asked', {}],
  [
    'reopen',
    over({ acknowledgedAt: T, acknowledgedBy: 'bob' }),
    asked({ kind: 'reopen' }),
    { ...FREE, resolvedAt: null },
    'reopened asked',
    {},
  ],
  [
    'reopen what is closed',
    closed(),
    asked({ kind: 'reopen' }),
    { status: 'open', resolvedAt: null },
    'reopened asked',
    {},
  ],
])('%s: done', (_, before, action, change, said, data) => {
  const decision = decideAction(before, action, NOW, before);
  if (decision.outcome !== 'done') throw new Error(`${decision.outcome} ${decision.reason}`);
  expect(decision.incident).toEqual({ ...before, ...change, changedAt: NOW });
  const { kind, reason, ...event } = decision.event;
  expect(`${kind} ${reason}`).toBe(said);
  expect(decision.reason).toBe(reason);
  expect(event).toEqual({
    ...{ at: NOW, subject: 'incident', subjectId: idOf(1), actor: 'api' },
    data: { by: 'alice', action_id: 'a1', ...data },
  });
});

test.each<[string, Incident, Action, string]>([
  ['acknowledge again', acked(), asked({ kind: 'acknowledge' }), 'already_acknowledged'],
  [
    'acknowledge what another has, without a name',
    acked(),
    asked({ kind: 'acknowledge', by: '' }),
    'already_acknowledged',
  ],
  ['unacknowledge what nobody has', open(), asked({ kind: 'unacknowledge' }), 'not_acknowledged'],
  ['assign to who has it', open({ assignee: 'bob' }), asked({ kind: 'assign', assignee: 'bob' }), 'already_assigned'],
  ['take it from nobody', open(), asked({ kind: 'assign', assignee: '' }), 'not_assigned'],
  ['shelve until the same time', shelved(), asked({ kind: 'shelve', until: LATER }), 'already_shelved'],
  ['unshelve what is not', open(), asked({ kind: 'unshelve' }), 'not_shelved'],
  ['unshelve when the time is over', open({ shelvedUntil: NOW }), asked({ kind: 'unshelve' }), 'not_shelved'],
  ['resolve again', over(), asked({ kind: 'resolve' }), 'already_resolved'],
  ['resolve what is closed', closed(), asked({ kind: 'resolve' }), 'already_closed'],
  ['close again', closed(), asked({ kind: 'close' }), 'already_closed'],
  ['reopen what is open', acked(), asked({ kind: 'reopen' }), 'already_open'],
])('%s: unchanged, and a comment is kept as a note', (_, before, action, reason) => {
  expect(decideAction(before, action, NOW, before)).toEqual({ outcome: 'unchanged', reason, event: null });
  const spoken = decideAction(before, { ...action, comment: 'on my way' }, NOW, before);
  expect(spoken).toMatchObject({
    outcome: 'unchanged',
    event: { kind: 'noted', reason, data: { by: action.by, comment: 'on my way' } },
  });
});

const other = incident(2, { key: 'key-1' });
test.each<[string, Incident | undefined, Action, Incident | undefined, string]>([
  ['what is not there', undefined, asked({ kind: 'acknowledge' }), undefined, 'not_found'],
  ['acknowledge until now', open(), asked({ kind: 'acknowledge', until: NOW }), undefined, 'until_is_past'],
  ['acknowledge what is over', over(), asked({ kind: 'acknowledge' }), undefined, 'is_over'],
  ['unacknowledge what is over', closed(), asked({ kind: 'unacknowledge' }), undefined, 'is_over'],
  ['assign what is closed', closed(), asked({ kind: 'assign', assignee: 'bob' }), undefined, 'is_closed'],
  ['shelve what is over', over(), asked({ kind: 'shelve', until: LATER }), undefined, 'is_over'],
  ['shelve until now', open(), asked({ kind: 'shelve', until: NOW }), undefined, 'until_is_past'],
  ['note without a word', open(), asked({ kind: 'note', comment: ' ' }), undefined, 'note_is_empty'],
  ['reopen while another of its key is open', over(), asked({ kind: 'reopen' }), other, 'another_is_open'],
])('%s: refused', (_, before, action, latest, reason) => {
  expect(decideAction(before, action, NOW, latest)).toEqual({ outcome: 'refused', reason });
});

test('only what ends by a person takes its firing alerts with it', () => {
  const ends = (before: Incident, kind: 'resolve' | 'close' | 'acknowledge') => {
    const decision = decideAction(before, asked({ kind }), NOW);
    return decision.outcome === 'done' && decision.endsAlerts;
  };
  expect([ends(open(), 'resolve'), ends(acked(), 'close')]).toEqual([true, true]);
  expect([ends(over(), 'close'), ends(open(), 'acknowledge')]).toEqual([false, false]);
});
