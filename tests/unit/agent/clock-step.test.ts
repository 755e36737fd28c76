import { describe, expect, test } from '@jest/globals';
import { clockStep, correctTimes } from '../../../src/agent/clock-step.ts';
import { emptyState } from '../../../src/agent/state.ts';
import { nextState, wireAlert } from '../../../src/core/cluster/payload.ts';

const NOW = Date.parse('2026-03-29T12:00:00.000Z');
const YEAR = 365 * 86_400_000;
const HOUR = 3_600_000;
const SENDER = { instanceId: 'web-1', hostname: 'host-1' };

describe('by how much the clock was set', () => {
  const before = { at: NOW, uptimeMs: HOUR, boot: 'b1' };
  test.each([
    ['not at all', before, { at: NOW + HOUR, uptimeMs: 2 * HOUR, boot: 'b1' }, 0],
    ['drift', before, { at: NOW + HOUR + 5000, uptimeMs: 2 * HOUR, boot: 'b1' }, 0],
    ['forward', before, { at: NOW + YEAR, uptimeMs: 2 * HOUR, boot: 'b1' }, YEAR - HOUR],
    ['back', before, { at: NOW - YEAR, uptimeMs: 2 * HOUR, boot: 'b1' }, -YEAR - HOUR],
    ['another start', before, { at: NOW + YEAR, uptimeMs: 2 * HOUR, boot: 'b2' }, 0],
    ['an uptime that began anew', before, { at: NOW + YEAR, uptimeMs: 10, boot: 'b1' }, 0],
    ['starts without ids', { ...before, boot: '' }, { at: NOW + YEAR, uptimeMs: 2 * HOUR, boot: '' }, 0],
    ['nothing known', undefined, { at: NOW, uptimeMs: 0, boot: 'b1' }, 0],
  ])('%s', (_, earlier, now, step) => {
    expect(clockStep(earlier, now)).toBe(step);
  });
});

/** A state with a problem seen at `at` and told to nobody yet, corrected `uptimeMs` later by a clock that says NOW. */
function corrected(at: number, boot: string, uptimeMs: number) {
  const state = emptyState();
  const found = { checker: 'cpu', status: 'critical', message: '', metrics: {}, checkedAt: at } as const;
  state.states.cpu = nextState(undefined, found);
  const alert = wireAlert(found, 'CPU', state.states.cpu, SENDER);
  state.spool = [{ seq: 1, ...SENDER, alert }];
  state.clocks = { at, uptimeMs: 0, boot: 'b1' };
  correctTimes(state, { at: NOW, uptimeMs, boot });
  const [entry] = state.spool;
  return [state.states.cpu?.problemSince, Date.parse(entry?.alert.observed_at ?? '')];
}

describe('times of a wrong clock', () => {
  test.each([
    ['ahead, one start', NOW + 4 * YEAR, 'b1', NOW - HOUR],
    ['behind, one start', NOW - 53 * YEAR, 'b1', NOW - HOUR],
    ['a little behind, one start', NOW - 2 * HOUR, 'b1', NOW - HOUR],
    ['ahead, another start', NOW + 4 * YEAR, 'b2', NOW],
    ['behind, another start', NOW - 53 * YEAR, 'b2', NOW],
    ['right, another start', NOW - 5 * HOUR, 'b2', NOW - 5 * HOUR],
    ['right, one start', NOW - HOUR, 'b1', NOW - HOUR],
  ])('%s', (_, at, boot, right) => {
    expect(corrected(at, boot, HOUR)).toEqual([right, right]);
  });
});

test('no problem begins after it ended, whatever is remembered', () => {
  const state = { status: 'critical', problemSince: NOW + YEAR, okSince: null, seenAt: NOW + YEAR } as const;
  const found = { checker: 'cpu', status: 'ok', message: '', metrics: {}, checkedAt: NOW } as const;
  const alert = wireAlert(found, 'CPU', nextState(state, found), SENDER);
  expect([alert.started_at, alert.ended_at]).toEqual([new Date(NOW).toISOString(), new Date(NOW).toISOString()]);
});
