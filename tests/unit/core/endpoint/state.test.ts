import { describe, expect, test } from '@jest/globals';
import { askedProbes } from '../../../../src/core/endpoint/confirm.ts';
import type { EndpointAlert } from '../../../../src/core/endpoint/endpoint.ts';
import type { LookResult } from '../../../../src/core/endpoint/result.ts';
import { afterLook, afterTime, type EndpointState, newState, type Step } from '../../../../src/core/endpoint/state.ts';
import type { WatchedEndpoint } from '../../../../src/core/endpoint/watched.ts';
import fc from '../../../support/property.ts';

const T = 1_700_000_000_000;
const SECOND = 1000;
const alert = (more: Partial<EndpointAlert> = {}): EndpointAlert => ({
  ...{ failureThreshold: 1, successThreshold: 1, quorum: null, severity: 'critical', description: '', reminderMs: 0 },
  ...{ sendOnResolved: true, ...more },
});
const endpoint = (more: Partial<WatchedEndpoint> = {}): WatchedEndpoint => ({
  ...{ key: 'core_web', name: 'web', group: 'core', target: 'tcp://x:1', labels: {}, intervalMs: 5 * SECOND },
  ...{ probes: ['p1', 'p2', 'p3'], rule: { kind: 'strategy', strategy: 'majority-down' } as const },
  ...{ alerts: [alert()], ...more },
});
const look = (probe: string, at: number, success: boolean, more: Partial<LookResult> = {}): LookResult => ({
  ...{ probe, at, success, durationMs: 1, errors: [], conditions: [], abstains: false, certificateMs: null, ...more },
});

/** Plays `p1-` (p1 fails), `p2+` (p2 succeeds), `p3?` (p3 abstains), a second apart; gives what was said, by step. */
function play(script: string, given = endpoint(), from?: EndpointState) {
  let state = from ?? newState(given.key);
  const said: string[] = [];
  script.split(' ').forEach((word, index) => {
    const at = T + index * SECOND;
    const mark = word.at(-1);
    const step = afterLook(state, given, look(word.slice(0, -1), at, mark === '+', { abstains: mark === '?' }), at);
    state = step.state;
    for (const { kind, index: which } of step.words) said.push(`${word} ${kind}${which === 0 ? '' : ` ${which}`}`);
  });
  return { state, said };
}

describe('what follows from looks', () => {
  test('two of three fail, and two of three come back: one alert, resolved', () => {
    expect(play('p1- p2- p3- p1+ p2+ p3+').said).toEqual(['p2- fire', 'p2+ resolve']);
  });

  test('failures and successes count for each probe, in a row', () => {
    const slow = endpoint({ alerts: [alert({ failureThreshold: 3, successThreshold: 2 })] });
    expect(play('p1- p2- p1- p2- p1+ p2- p1- p1- p1-', slow).said).toEqual(['p2- fire']);
    expect(play('p1- p1- p1- p2- p2- p2- p1+ p2+ p1- p1+ p2+ p1+', slow).said).toEqual([
      ...['p2- fire', 'p1+ resolve'],
    ]);
  });

  test('an alert has a quorum of its own', () => {
    const two = endpoint({
      rule: { kind: 'strategy', strategy: 'any-down' },
      alerts: [alert(), alert({ quorum: 3, severity: 'critical' })],
    });
    expect(play('p1- p2- p3- p1+ p2+ p3+', two).said).toEqual([
      ...['p1- fire', 'p3- fire 1', 'p1+ resolve 1', 'p3+ resolve'],
    ]);
  });

  describe('where another probe has to confirm it', () => {
    const any = { rule: { kind: 'strategy', strategy: 'any-down' } as const, confirm: true };
    const asked = (script: string, given = endpoint(any)) => {
      const { state } = play(script, given);
      const at = T + script.split(' ').length * SECOND;
      return [...askedProbes(state, given, at)].map(([probe, since]) => `${probe} ${(since - T) / SECOND}`);
    };

    test('one probe alone makes no verdict, and the last look of another does, whatever its threshold', () => {
      expect(play('p1+ p2+ p3+ p1- p1- p2- p2+ p1+', endpoint(any)).said).toEqual(['p2- fire', 'p1+ resolve']);
      const slow = endpoint({ ...any, alerts: [alert({ failureThreshold: 2 })] });
      expect(play('p1+ p2+ p3+ p1- p1- p2- p1-', slow).said).toEqual(['p2- fire']);
      expect(play('p1+ p2+ p1- p1-', endpoint(any)).state).toMatchObject({
        verdict: 'up',
        uptime: { confirmed: 'up', standing: 'down', outageAt: null },
      });
    });

    test('where nobody else testifies, one is enough', () => {
      expect(play('p1+ p1-', endpoint(any)).said).toEqual(['p1- fire']);
      expect(play('p2? p1-', endpoint(any)).said).toEqual(['p1- fire']);
      const { state } = play('p2+ p1-', endpoint(any));
      const later = T + 61 * SECOND;
      expect(afterLook(state, endpoint(any), look('p1', later, false), later).words).toMatchObject([{ kind: 'fire' }]);
    });

    test('the others are asked to look, until they have or it is decided', () => {
      expect(asked('p1+ p2+ p3+ p1-')).toEqual(['p2 3', 'p3 3']);
      expect(asked('p1+ p2+ p3+ p1- p3+')).toEqual(['p2 3']);
      expect(asked('p1+ p2+ p3+ p1- p3+ p2+')).toEqual([]);
      expect(asked('p1+ p2+ p3+ p1- p3-')).toEqual([]);
      expect(asked('p1+ p2+ p3+')).toEqual([]);
      expect(asked('p1+ p2+ p3+ p1-', endpoint({ ...any, confirm: false }))).toEqual([]);
    });
  });

  test('a probe that abstains neither fails nor succeeds, and keeps its counts', () => {
    const slow = endpoint({ probes: ['p1'], alerts: [alert({ failureThreshold: 3 })] });
    expect(play('p1- p1- p1? p1?', slow).said).toEqual([]);
    expect(play('p1- p1- p1? p1-', slow).said).toEqual(['p1- fire']);
    expect(play('p1- p1- p1- p1? p1?', slow).state).toMatchObject({ verdict: 'unknown', alerts: [{ isFiring: true }] });
  });

  test('what is older than the newest of its probe changes nothing', () => {
    const one = endpoint({ probes: ['p1'] });
    const { state } = play('p1+ p1+', one);
    const late = afterLook(state, one, look('p1', T, false), T + 2 * SECOND);
    expect(late).toMatchObject({ isCounted: false, words: [], state });
  });

  test('what a spool brings is history: it fires nothing once it is stale', () => {
    const one = endpoint({ probes: ['p1'] });
    let state = newState('core_web');
    const now = T + 3_600_000;
    const words = [0, 1, 2].flatMap((index) => {
      const step = afterLook(state, one, look('p1', T + index * 5 * SECOND, false), now);
      state = step.state;
      return step.words;
    });
    expect([words, state.verdict, state.runs.p1?.failures]).toEqual([[], 'unknown', 3]);
  });

  test('too few witnesses end nothing and begin nothing', () => {
    const { state } = play('p1- p2- p3-');
    const silent = afterTime(state, endpoint(), T + 120 * SECOND);
    expect(silent).toMatchObject({ words: [], state: { verdict: 'unknown', alerts: [{ isFiring: true }] } });
    const back = afterLook(silent.state, endpoint(), look('p1', T + 121 * SECOND, false), T + 121 * SECOND);
    expect(back.words).toEqual([]);
    const again = afterLook(back.state, endpoint(), look('p2', T + 122 * SECOND, false), T + 122 * SECOND);
    expect(again.words.map(({ kind }) => kind)).toEqual(['repeat']);
  });

  test('a witness ends with time alone, and so may an alert', () => {
    const any = endpoint({ rule: { kind: 'strategy', strategy: 'any-down' } });
    let { state } = play('p1-', any);
    for (let at = 5; at <= 60; at += 5)
      state = afterLook(state, any, look('p2', T + at * SECOND, true), T + at * SECOND).state;
    expect(afterTime(state, any, T + 60 * SECOND).words).toEqual([]);
    expect(afterTime(state, any, T + 60 * SECOND + 1).words.map(({ kind }) => kind)).toEqual(['resolve']);
  });

  test('in maintenance nothing begins to fire, by a look or by the clock; what is still down after it does', () => {
    const one = endpoint({ probes: ['p1'] });
    const within = { chargeable: () => [] };
    const fails = afterLook(newState(one.key), one, look('p1', T, false), T, within.chargeable);
    const waits = afterTime(fails.state, one, T + SECOND, within);
    expect([fails.words, waits.words, waits.state.verdict]).toEqual([[], [], 'down']);
    const over = afterTime(waits.state, one, T + 2 * SECOND, { chargeable: (span) => [span] });
    expect(over.words.map(({ kind }) => kind)).toEqual(['fire']);
  });

  test('a probe that is to look no more is no witness at once', () => {
    const any = endpoint({ rule: { kind: 'strategy', strategy: 'any-down' } });
    const { state } = play('p1- p2+ p3+', any);
    const without = endpoint({ ...any, probes: ['p2', 'p3'] });
    expect(afterTime(state, without, T + 3 * SECOND)).toMatchObject({
      words: [{ kind: 'resolve' }],
      state: { verdict: 'up' },
    });
    expect(afterLook(state, without, look('p1', T + 4 * SECOND, false), T + 4 * SECOND).isCounted).toBe(false);
  });

  test('thresholds that change do not reset what fires', () => {
    const { state } = play('p1- p2-');
    const slow = endpoint({ alerts: [alert({ failureThreshold: 10, successThreshold: 5 })] });
    expect(play('p1- p2- p3-', slow, state).said).toEqual([]);
    expect(play('p1- p2-', slow, state).state.alerts).toMatchObject([{ isFiring: true }]);
  });

  test('nothing fires in maintenance, and what still holds after it does', () => {
    const one = endpoint({ probes: ['p1'] });
    const none = () => [];
    const during = afterLook(newState('core_web'), one, look('p1', T, false), T, none);
    expect(during.words).toEqual([]);
    const after = afterLook(during.state, one, look('p1', T + SECOND, false), T + SECOND, (span) => [span]);
    expect(after.words.map(({ kind }) => kind)).toEqual(['fire']);
  });
});

describe('whatever the looks', () => {
  const event = fc.record({
    probe: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5'),
    says: fc.constantFrom('up', 'down', 'abstain'),
    /** Milliseconds that pass before it, and by how much it is late. */
    passed: fc.constantFrom(0, 1, 4000, 5000, 30_000, 61_000, 400_000),
    late: fc.constantFrom(0, 0, 0, 3000, 90_000),
    isLook: fc.boolean(),
  });
  const rule = fc.constantFrom<WatchedEndpoint['rule']>(
    { kind: 'strategy', strategy: 'any-down' },
    { kind: 'strategy', strategy: 'majority-down' },
    { kind: 'strategy', strategy: 'all-down' },
    { kind: 'quorum', down: 2 },
    { kind: 'quorum', down: 5 },
  );
  const thresholds = fc.record({
    failureThreshold: fc.integer({ min: 1, max: 3 }),
    successThreshold: fc.integer({ min: 1, max: 3 }),
  });
  const probes = fc.integer({ min: 1, max: 5 });

  test('a restart at any point changes nothing, firing and resolving alternate, and time is charged once', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), rule, thresholds, probes, (events, by, when, count) => {
        const given = endpoint({
          ...{ rule: by, alerts: [alert(when), alert({ ...when, quorum: Math.min(2, count) })] },
          probes: ['p1', 'p2', 'p3', 'p4', 'p5'].slice(0, count),
        });
        let [kept, restarted] = [newState('core_web'), newState('core_web')];
        let now = T;
        const firing = [false, false];
        let charged = 0;
        for (const { probe, says, passed, late, isLook } of events) {
          now += passed;
          const result = look(probe, now - late, says === 'up', { abstains: says === 'abstain' });
          const next = (state: EndpointState): Step =>
            isLook ? afterLook(state, given, result, now) : afterTime(state, given, now);
          const step = next(kept);
          const twin = next(JSON.parse(JSON.stringify(restarted)) as EndpointState);
          expect(twin).toEqual(step);
          for (const { index, kind } of step.words) {
            expect(firing[index]).toBe(kind !== 'fire');
            firing[index] = kind !== 'resolve';
          }
          expect(step.state.alerts.map(({ isFiring }) => isFiring)).toEqual(
            isLook || step.isCounted ? expectAlerts(step, firing) : firing,
          );
          charged += step.charged.reduce((sum, { from, to }) => sum + to - from, 0);
          expect(step.charged.every(({ from, to }) => from < to && to <= now)).toBe(true);
          [kept, restarted] = [step.state, twin.state];
        }
        expect(charged).toBeLessThanOrEqual(now - T + 90_000);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Before the first counted look an endpoint remembers no alerts. */
function expectAlerts({ state }: Step, firing: readonly boolean[]): readonly boolean[] {
  return state.alerts.length === 0 ? [] : firing;
}
