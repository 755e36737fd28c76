import { describe, expect, test } from '@jest/globals';
import type { MatcherSpec, Silence } from '../../../../src/core/policy/silence.ts';
import { compileSilence, stateOfSilence } from '../../../../src/core/policy/silence.ts';
import {
  decideSilence,
  expireSilence,
  LIVE_SILENCES,
  problemsOf,
  type SilenceAction,
  type SilenceRequest,
} from '../../../../src/core/policy/silence-change.ts';
import { anchoredRegex } from '../../../../src/lib/regex.ts';
import { silence, T } from '../../../support/stored.ts';

const HOUR = 3_600_000;
const NOW = T + 60_000;
const NEW = '018bcfe5-6800-7000-8000-00000000ffff';
const matcher = (name: string, value: string, operator = '='): MatcherSpec => ({
  ...{ name, value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') },
});
const stored = silence(1);
const requestOf = (one: Silence, fields: Partial<SilenceRequest> = {}): SilenceRequest => {
  const { id, matchers, startsAt, endsAt, createdBy, comment } = one;
  return { id, kind: null, matchers, startsAt, endsAt, createdBy, comment, ...fields };
};
const set = (request: SilenceRequest): SilenceAction => ({
  ...{ type: 'set_silence', id: NEW, actor: 'ann', origin: 'api', request },
});
const end = (kind: Silence['kind'] | null = null): SilenceAction => ({
  ...{ type: 'end_silence', id: NEW, actor: 'ben', silenceId: stored.id, kind },
});
const decide = (action: SilenceAction, previous?: Silence, made?: Silence, now = NOW, live = 1) =>
  decideSilence(action, { previous, made, live, compile: anchoredRegex, now });

const PENDING = silence(1, { startsAt: NOW + 500_000, endsAt: NOW + HOUR });
const EXPIRED = silence(1, { startsAt: T - HOUR, endsAt: T });
const other = [matcher('host', 'db-9')];

describe('what an action on silences comes to', () => {
  test.each<[string, SilenceAction, Silence | undefined, string, string[]]>([
    ['a new one', set(requestOf(stored, { id: null })), undefined, 'created', ['created new']],
    ['another end', set(requestOf(stored, { endsAt: NOW + HOUR })), stored, 'changed', ['changed asked']],
    ['another comment', set(requestOf(stored, { comment: 'x' })), stored, 'changed', ['changed asked']],
    ['the same', set(requestOf(stored)), stored, 'unchanged', []],
    ['a start in the same second', set(requestOf(stored, { startsAt: T + 400 })), stored, 'unchanged', []],
    [
      'another start, active',
      set(requestOf(stored, { startsAt: T - 5000 })),
      stored,
      'replaced',
      ['expired replaced', 'created replaces'],
    ],
    [
      'other matchers, active',
      set(requestOf(stored, { matchers: other })),
      stored,
      'replaced',
      ['expired replaced', 'created replaces'],
    ],
    [
      'other matchers, pending',
      set(requestOf(PENDING, { matchers: other })),
      PENDING,
      'replaced',
      ['expired replaced', 'created replaces'],
    ],
    [
      'a later start, pending',
      set(requestOf(PENDING, { startsAt: NOW + 900_000 })),
      PENDING,
      'changed',
      ['changed asked'],
    ],
    [
      'a start that has passed, pending',
      set(requestOf(PENDING, { startsAt: T })),
      PENDING,
      'replaced',
      ['expired replaced', 'created replaces'],
    ],
    [
      'one that has expired',
      set(requestOf(EXPIRED, { endsAt: NOW + HOUR })),
      EXPIRED,
      'replaced',
      ['created replaces'],
    ],
    ['one that is not there', set(requestOf(stored)), undefined, 'not_found', []],
    ['one of another kind', set(requestOf(stored, { kind: 'maintenance' })), stored, 'not_found', []],
    ['an end that has passed', set(requestOf(stored, { endsAt: T + 1 })), stored, 'invalid', []],
    ['ended, active', end(), stored, 'ended', ['expired asked']],
    ['ended, pending', end(), PENDING, 'ended', ['expired asked']],
    ['ended again', end(), EXPIRED, 'already_ended', []],
    ['ended, not there', end(), undefined, 'not_found', []],
    ['ended, of another kind', end('maintenance'), stored, 'not_found', []],
  ])('%s: %#', (_name, action, previous, outcome, events) => {
    const verdict = decide(action, previous);
    expect(verdict.outcome).toBe(outcome);
    const told = 'events' in verdict ? verdict.events.map(({ kind, reason }) => `${kind} ${reason}`) : [];
    expect(told).toEqual(events);
  });

  test('of those that have not expired there are so many at most; what makes no more of them goes on', () => {
    const outcome = (action: SilenceAction, previous?: Silence, live = LIVE_SILENCES) =>
      decide(action, previous, undefined, NOW, live).outcome;
    const isNew = set(requestOf(stored, { id: null }));
    expect(outcome(isNew, undefined, LIVE_SILENCES - 1)).toBe('created');
    expect(decide(isNew, undefined, undefined, NOW, LIVE_SILENCES)).toMatchObject({
      outcome: 'invalid',
      problems: [{ fault: 'too_many', message: expect.stringContaining('end some first') }],
    });
    expect(outcome(set(requestOf(EXPIRED, { endsAt: NOW + HOUR })), EXPIRED)).toBe('invalid');
    expect(outcome(set(requestOf(stored, { endsAt: NOW + HOUR })), stored)).toBe('changed');
    expect(outcome(set(requestOf(stored, { matchers: other })), stored)).toBe('replaced');
    expect(outcome(end(), stored)).toBe('ended');
  });

  test('one that begins in the past begins now; its id is that of the action, its author and door are kept', () => {
    const verdict = decide(set(requestOf(stored, { id: null, startsAt: T - HOUR, kind: 'maintenance' })));
    expect(verdict).toMatchObject({
      silence: {
        id: NEW,
        startsAt: NOW,
        createdAt: NOW,
        kind: 'maintenance',
        createdBy: 'ann',
        origin: 'api',
        replaces: null,
      },
      events: [{ subject: 'silence', subjectId: NEW, actor: 'ann', at: NOW }],
    });
  });

  test('a change that makes a new one ends the old one at once and names it', () => {
    const verdict = decide(set(requestOf(PENDING, { matchers: other })), PENDING);
    expect(verdict).toMatchObject({
      silence: { id: NEW, replaces: stored.id, matchers: other, startsAt: PENDING.startsAt },
      changed: [{ id: stored.id, startsAt: NOW, endsAt: NOW, endedAt: NOW, endedBy: 'ann' }, { id: NEW }],
    });
  });

  test('the same action again changes nothing and answers the same', () => {
    const first = decide(set(requestOf(stored, { matchers: other })), stored);
    if (!('silence' in first)) throw new Error('it was refused');
    const again = decide(set(requestOf(stored, { matchers: other })), first.changed[0], first.silence, NOW + HOUR * 9);
    expect(again).toEqual({ outcome: 'unchanged', silence: first.silence, changed: [], events: [] });
  });

  test('the order of matchers is no change', () => {
    const two = [matcher('a', '1'), matcher('b', '2')];
    const one = silence(1, { matchers: two });
    expect(decide(set(requestOf(one, { matchers: two.toReversed() })), one).outcome).toBe('unchanged');
    const other = [matcher('a', '1'), matcher('b', '2', '!=')];
    expect(decide(set(requestOf(one, { matchers: other })), one).outcome).toBe('replaced');
  });

  test('one whose time is over gets that into the history', () => {
    expect(expireSilence(EXPIRED, NOW)).toMatchObject({
      silence: { endedAt: T, endedBy: 'monitor', endsAt: T },
      event: { kind: 'expired', reason: 'time_over', actor: 'monitor', at: NOW },
    });
  });
});

describe('what is wrong with a silence', () => {
  const faults = (fields: Partial<SilenceRequest>) =>
    problemsOf(requestOf(stored, fields), { compile: anchoredRegex, now: NOW }).map(
      ({ fault, path }) => `${fault} ${path}`,
    );
  test.each<[string, Partial<SilenceRequest>, string[]]>([
    ['nothing', {}, []],
    ['no matcher', { matchers: [] }, ['no_matcher matchers']],
    ['one of an empty value', { matchers: [matcher('a', '')] }, ['matches_all matchers']],
    ['all that match nothing', { matchers: [matcher('a', ''), matcher('b', '.*', '=~')] }, ['matches_all matchers']],
    ['one of two that does not', { matchers: [matcher('a', ''), matcher('b', '.+', '=~')] }, []],
    ['only a negative one', { matchers: [matcher('x', 'y', '!=')] }, []],
    ['a pattern that is none', { matchers: [matcher('a', '(', '=~')] }, ['bad_pattern matchers.0.value']],
    ['look-ahead', { matchers: [matcher('b', 'c'), matcher('a', '(?=a)', '=~')] }, ['bad_pattern matchers.1.value']],
    ['a name of digits', { matchers: [matcher('1a', 'b')] }, ['bad_name matchers.0.name']],
    ['no name', { matchers: [matcher('', 'b')] }, ['bad_name matchers.0.name']],
    ['a name with a blank', { matchers: [matcher('a b', 'c')] }, ['bad_name matchers.0.name']],
    ['a name as Kubernetes has them', { matchers: [matcher('app.kubernetes.io/name', 'b')] }, []],
    ['an end at its start', { startsAt: NOW + 5, endsAt: NOW + 5 }, ['start_after_end ends_at']],
    ['an end that has passed', { startsAt: T, endsAt: NOW }, ['end_passed ends_at']],
    ['a long comment', { comment: 'x'.repeat(4097) }, ['too_long comment']],
    ['a long author', { createdBy: 'x'.repeat(257) }, ['too_long created_by']],
    ['a long value', { matchers: [matcher('a', 'x'.repeat(5000))] }, ['too_long matchers.0.value']],
    ['many matchers', { matchers: Array.from({ length: 65 }, (_, n) => matcher(`a${n}`, 'b')) }, ['too_long matchers']],
  ])('%s', (_name, fields, expected) => {
    expect(faults(fields)).toEqual(expected);
  });
});

test.each([
  [T - 1, 'pending'],
  [T, 'active'],
  [T + HOUR - 1, 'active'],
  [T + HOUR, 'expired'],
])('at %i it is %s', (now, state) => {
  expect(stateOfSilence(stored, now)).toBe(state);
});

test('a stored pattern that nobody can read any more holds nothing back', () => {
  const { matches } = compileSilence(silence(1, { matchers: [matcher('a', '(', '=~')] }), anchoredRegex);
  expect(matches({ a: '(' })).toBe(false);
});
