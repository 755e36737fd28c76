import { describe, expect, test } from '@jest/globals';
import { SEVERITIES } from '../../../../src/core/alert/alert.ts';
import {
  type Decision,
  decide,
  latestBelieved,
  latestSeen,
  type PreviousAlert,
} from '../../../../src/core/alert/decide.ts';

const NOW = 1_000_000;
const OLD = NOW - 1000;

const stored = (
  status: 'firing' | 'resolved',
  severity: 'critical' | 'warning' | 'info' = 'warning',
): PreviousAlert => ({
  status,
  severity,
  observedAt: OLD,
});
const said = (status: 'firing' | 'resolved', severity: 'critical' | 'warning' | 'info' = 'warning', at = NOW) => ({
  status,
  severity,
  observedAt: at,
});

describe('the table of the design, a row a reason', () => {
  test.each<[string, PreviousAlert | undefined, ReturnType<typeof said>, Decision]>([
    ['never seen, firing', undefined, said('firing'), { action: 'open', reason: 'new' }],
    ['never seen, resolved', undefined, said('resolved'), { action: 'drop', reason: 'resolved_unseen' }],
    ['firing, same severity', stored('firing'), said('firing'), { action: 'refresh', reason: 'repeat' }],
    ['firing, worse', stored('firing'), said('firing', 'critical'), { action: 'update', reason: 'severity_changed' }],
    ['firing, better', stored('firing'), said('firing', 'info'), { action: 'update', reason: 'severity_changed' }],
    ['firing, resolved', stored('firing'), said('resolved'), { action: 'resolve', reason: 'resolved' }],
    [
      'firing, resolved with another severity',
      stored('firing', 'critical'),
      said('resolved', 'info'),
      { action: 'resolve', reason: 'resolved' },
    ],
    ['resolved, resolved', stored('resolved'), said('resolved'), { action: 'confirm', reason: 'already_resolved' }],
    ['resolved, firing', stored('resolved'), said('firing'), { action: 'open', reason: 'refired' }],
    [
      'resolved, firing with another severity',
      stored('resolved'),
      said('firing', 'critical'),
      { action: 'open', reason: 'refired' },
    ],
  ])('%s', (_, previous, incoming, decision) => {
    expect(decide(previous, incoming, NOW)).toEqual(decision);
  });
});

describe('of what a person ended', () => {
  const UNTIL = NOW + 600;
  const held = (severity: 'critical' | 'warning' = 'warning') => ({
    ...stored('resolved', severity),
    expiresAt: UNTIL,
  });
  const END = { ...said('resolved'), heldUntil: UNTIL };

  test.each<[string, PreviousAlert, Parameters<typeof decide>[1], number, Decision]>([
    ['it fires', stored('firing'), END, NOW, { action: 'resolve', reason: 'ended_by_hand' }],
    ['the same again', held(), said('firing'), NOW, { action: 'confirm', reason: 'ended_by_hand' }],
    ['less than that', held(), said('firing', 'info'), NOW, { action: 'confirm', reason: 'ended_by_hand' }],
    ['worse than that', held(), said('firing', 'critical'), NOW, { action: 'open', reason: 'refired' }],
    ['an end', held(), said('resolved'), NOW, { action: 'refresh', reason: 'end_confirmed' }],
    ['the same, a moment before', held(), said('firing'), UNTIL - 1, { action: 'confirm', reason: 'ended_by_hand' }],
    ['the same, when its time is over', held(), said('firing'), UNTIL, { action: 'open', reason: 'refired' }],
    [
      'an end, when its time is over',
      held(),
      said('resolved'),
      UNTIL,
      { action: 'confirm', reason: 'already_resolved' },
    ],
    ['what was seen before', held(), said('firing', 'critical', OLD - 1), NOW, { action: 'drop', reason: 'stale' }],
  ])('%s', (_, previous, incoming, now, decision) => {
    expect(decide(previous, incoming, NOW, now)).toEqual(decision);
  });
});

describe('order', () => {
  const states = ['firing', 'resolved'] as const;
  const pairs = states.flatMap((before) => states.map((after) => [before, after] as const));

  test.each(pairs)('%s, then an older %s: stale, whatever its severity', (before, after) => {
    for (const severity of SEVERITIES) {
      expect(decide(stored(before), said(after, severity, OLD - 1), NOW)).toEqual({ action: 'drop', reason: 'stale' });
    }
  });

  test.each(pairs)('%s, then %s of the same millisecond: not stale', (before, after) => {
    expect(decide(stored(before), said(after, 'warning', OLD), NOW)).toEqual(
      decide(stored(before), said(after, 'warning', OLD + 1), NOW),
    );
  });

  test('the word of the hub that an alert has expired counts unless it was told again', () => {
    const expired = { ...said('resolved'), expiresAt: NOW };
    const until = (expiresAt: number | null) => decide({ ...stored('firing'), expiresAt }, expired, NOW);
    expect(until(NOW - 1)).toEqual({ action: 'resolve', reason: 'expired' });
    expect(until(NOW)).toEqual({ action: 'resolve', reason: 'expired' });
    expect(until(NOW + 1)).toEqual({ action: 'drop', reason: 'renewed' });
    expect(until(null)).toEqual({ action: 'drop', reason: 'renewed' });
    expect(decide({ ...stored('resolved'), expiresAt: null }, expired, NOW).reason).toBe('already_resolved');
    expect(decide(undefined, expired, NOW).reason).toBe('resolved_unseen');
    expect(decide({ ...stored('firing'), expiresAt: NOW }, said('resolved'), NOW).reason).toBe('resolved');
  });

  test('what was never seen cannot be stale', () => {
    expect(decide(undefined, said('firing', 'warning', 1), NOW).reason).toBe('new');
  });

  test('a stored state of a time that nobody believes yet shuts nothing out: its clock was set back', () => {
    const ahead = { ...stored('firing'), observedAt: NOW + 1 };
    expect(decide(ahead, said('resolved', 'info', NOW), NOW).action).toBe('resolve');
    expect(decide(ahead, said('resolved', 'info', NOW), NOW + 1).reason).toBe('stale');
  });

  test('what a sender can have seen: up to the arrival, or to the second that its own clock has signed', () => {
    expect(latestSeen({ receivedAt: NOW })).toBe(NOW);
    expect(latestSeen({ receivedAt: NOW, sentAt: NOW - 5000 })).toBe(NOW);
    expect(latestSeen({ receivedAt: NOW, sentAt: NOW + 40_000 })).toBe(NOW + 40_999);
    expect(latestBelieved({ receivedAt: NOW, sentAt: NOW + 40_000 })).toBe(NOW + 40_999);
    // Unsigned: a state of up to 300 s to come may stand there by right, and a copy of an older one must not undo it.
    expect(latestBelieved({ receivedAt: NOW })).toBe(NOW + 300_000);
  });
});
