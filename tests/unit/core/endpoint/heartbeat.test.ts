import { describe, expect, test } from '@jest/globals';
import {
  afterAbsence,
  afterPing,
  afterSilence,
  dueAt,
  type HeartbeatRule,
  type HeartbeatState,
  heartbeatStanding,
} from '../../../../src/core/endpoint/push/heartbeat.ts';
import { keptBody, PING_BODY_BYTES, type Ping } from '../../../../src/core/endpoint/push/ping.ts';
import { heartbeatRule } from '../../../../src/core/endpoint/push/schedule.ts';
import { createZone } from '../../../../src/core/time/zone.ts';
import { cronRecurrence } from '../../../../src/lib/recurrence.ts';
import fc from '../../../support/property.ts';

const T = Date.UTC(2026, 10, 2);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const every = (periodMs: number, graceMs = MINUTE, maxRunMs = 10 * MINUTE): HeartbeatRule =>
  heartbeatRule({ schedule: { kind: 'period', periodMs }, graceMs, maxRunMs }, () => null);
const by = (cron: string, zone = 'UTC', graceMs = 5 * MINUTE, maxRunMs = 10 * MINUTE): HeartbeatRule =>
  heartbeatRule(
    { schedule: { kind: 'cron', cron, zone }, graceMs, maxRunMs },
    cronRecurrence(cron, createZone(zone)).next,
  );
const ping = (kind: Ping['kind'], at: number, more: Partial<Ping> = {}): Ping => ({
  ...{ kind, at, run: '', exitCode: null, durationMs: null, error: '', body: '', isBinary: false, ...more },
});

/** Calls in their order, with silence judged before each and at the end; gives what was said as `+` and `-`, and when. */
function play(rule: HeartbeatRule, calls: readonly Ping[], end: number, from?: HeartbeatState) {
  let state = from;
  const said: [string, number][] = [];
  const hear = (step: ReturnType<typeof afterPing>) => {
    state = step.state;
    for (const { success, at } of step.words) said.push([success ? '+' : '-', at]);
  };
  for (const call of calls) {
    if (state !== undefined) hear(afterSilence(state, rule, call.at - 1));
    hear(afterPing(state, call));
  }
  if (state !== undefined) hear(afterSilence(state, rule, end));
  return { state: state as HeartbeatState, said };
}

describe('by a period', () => {
  test('one that was never called says nothing, and one that is late says so once the grace is over, and again every period', () => {
    const { said } = play(every(HOUR), [ping('success', T)], T + 4 * HOUR);
    expect(said).toEqual([
      ...[
        ['+', T],
        ['-', T + HOUR + MINUTE],
      ],
      ...[
        ['-', T + 2 * HOUR + MINUTE],
        ['-', T + 3 * HOUR + MINUTE],
      ],
    ]);
    expect(heartbeatStanding(undefined, every(HOUR), T)).toBe('new');
  });

  test('it stands on time, late, and started', () => {
    const rule = every(HOUR);
    const { state } = afterPing(undefined, ping('success', T));
    expect(heartbeatStanding(state, rule, T + HOUR)).toBe('on_time');
    expect(heartbeatStanding(state, rule, T + HOUR + 1)).toBe('late');
    expect(heartbeatStanding(afterPing(state, ping('start', T + 9)).state, rule, T + 10)).toBe('started');
  });

  test('a failure counts at once, and a log changes nothing', () => {
    const { said } = play(every(HOUR), [ping('fail', T, { exitCode: 3 }), ping('log', T + MINUTE)], T + HOUR);
    expect(said).toEqual([['-', T]]);
    expect(afterPing(undefined, ping('fail', T, { exitCode: 3 })).words[0]?.error).toBe('ended with exit code 3');
  });

  test('a failing word names since when, and what is expected', () => {
    const { state } = afterPing(undefined, ping('success', T));
    const [word] = afterSilence(state, every(90 * MINUTE), T + 2 * HOUR).words;
    expect(word?.error).toBe(
      'no call since 2026-11-02T00:00:00.000Z: it is expected every 1h 30m (expected at 2026-11-02T01:30:00.000Z)',
    );
  });

  test('a span without a schedule expects nothing', () => {
    const rule = heartbeatRule({ schedule: null, graceMs: 0, maxRunMs: MINUTE }, () => null);
    expect(dueAt(afterPing(undefined, ping('success', T)).state, rule)).toBeNull();
  });
});

describe('runs', () => {
  test('one that begins and does not end is told at its time, and the schedule goes on from its start', () => {
    const { said } = play(every(HOUR), [ping('start', T)], T + HOUR + MINUTE);
    expect(said).toEqual([
      ['-', T + 10 * MINUTE],
      ['-', T + HOUR + MINUTE],
    ]);
  });

  test('a start that is repeated keeps the first, and the end knows how long it took', () => {
    const { state } = play(every(HOUR), [ping('start', T), ping('start', T + MINUTE)], T + MINUTE);
    expect(afterPing(state, ping('success', T + 2 * MINUTE)).tookMs).toBe(2 * MINUTE);
    expect(afterPing(undefined, ping('success', T)).tookMs).toBeNull();
  });

  test('one that is under way is not late, however long after its time it ends', () => {
    const rule = every(HOUR, MINUTE, 3 * HOUR);
    const calls = [ping('success', T), ping('start', T + HOUR), ping('success', T + 3 * HOUR)];
    expect(play(rule, calls, T + 3 * HOUR).said.map(([mark]) => mark)).toEqual(['+', '+']);
  });

  test('runs overlap, each with its own time', () => {
    const calls = [
      ping('start', T, { run: 'a' }),
      ping('start', T + 5 * MINUTE, { run: 'b' }),
      ping('success', T + 6 * MINUTE, { run: 'b' }),
    ];
    const { said, state } = play(every(HOUR), calls, T + 20 * MINUTE);
    expect(said).toEqual([
      ['+', T + 6 * MINUTE],
      ['-', T + 10 * MINUTE],
    ]);
    expect(afterPing(state, ping('success', T + 21 * MINUTE, { run: 'a' })).words).toMatchObject([{ success: true }]);
  });

  test('a start that arrives behind its end begins nothing, and one that arrives twice neither', () => {
    const calls = [ping('success', T, { run: 'a' }), ping('start', T + 1, { run: 'a' })];
    expect(play(every(HOUR), calls, T + 30 * MINUTE).said).toEqual([['+', T]]);
  });

  test('there is a bound to those that are open', () => {
    const calls = Array.from({ length: 200 }, (_, at) => ping('start', T + at, { run: `r${at}` }));
    expect(play(every(HOUR), calls, T + 200).state.runs).toHaveLength(50);
  });
});

describe('by cron', () => {
  test('one that comes a little early counts for its time, and one that comes early by more does not', () => {
    const rule = by('0 3 * * *');
    const early = afterPing(undefined, ping('success', T + 3 * HOUR - 50 * SECOND)).state;
    expect(dueAt(early, rule)).toBe(T + 27 * HOUR + 5 * MINUTE);
    const tooEarly = afterPing(undefined, ping('success', T + 3 * HOUR - 61 * SECOND)).state;
    expect(dueAt(tooEarly, rule)).toBe(T + 3 * HOUR + 5 * MINUTE);
  });

  test('a job of every minute that comes five seconds late is expected in the next', () => {
    const { state } = afterPing(undefined, ping('success', T + 5 * SECOND));
    expect(dueAt(state, by('* * * * *', 'UTC', 0))).toBe(T + MINUTE);
  });

  // Berlin: on the 29th of March 2026 the clock goes from 2:00 to 3:00, on the 25th of October from 3:00 to 2:00.
  test.each([
    ['a night of 23 hours', '30 4 * * *', Date.UTC(2026, 2, 28, 3, 30), Date.UTC(2026, 2, 29, 2, 30)],
    // Then cron runs it when the clock has gone forward.
    ['a time that does not exist', '30 2 * * *', Date.UTC(2026, 2, 28, 1, 30), Date.UTC(2026, 2, 29, 1)],
    ['a night of 25 hours', '30 4 * * *', Date.UTC(2026, 9, 24, 2, 30), Date.UTC(2026, 9, 25, 3, 30)],
    ['a time that is there twice', '30 2 * * *', Date.UTC(2026, 9, 24, 0, 30), Date.UTC(2026, 9, 25, 0, 30)],
  ])('%s', (_, cron, last, expected) => {
    const rule = by(cron, 'Europe/Berlin');
    const { state } = afterPing(undefined, ping('success', last));
    expect((dueAt(state, rule) ?? 0) - 5 * MINUTE).toBe(expected);
    // The job runs once in that night, and is expected in the next.
    const { said } = play(rule, [ping('success', expected + SECOND)], expected + 20 * HOUR, state);
    expect(said.map(([mark]) => mark)).toEqual(['+']);
  });
});

describe('a hub that was down', () => {
  test('does not hold against a job what it could not take, and counts from when it was there again', () => {
    const { state } = afterPing(undefined, ping('success', T));
    const rule = every(HOUR);
    const after = afterAbsence(state, rule, { from: T + HOUR - 30 * SECOND, to: T + 2 * HOUR });
    expect(dueAt(after, rule)).toBe(T + 3 * HOUR + MINUTE);
    const nightly = by('0 3 * * *');
    const night = afterAbsence(state, nightly, { from: T + 2 * HOUR, to: T + 3 * HOUR + 10 * SECOND });
    expect(dueAt(night, nightly)).toBe(T + 27 * HOUR + 5 * MINUTE);
  });

  test('holds against it what was due before, and what is due long after', () => {
    const { state } = afterPing(undefined, ping('success', T));
    const rule = every(HOUR);
    expect(dueAt(afterAbsence(state, rule, { from: T + 2 * HOUR, to: T + 3 * HOUR }), rule)).toBe(T + HOUR + MINUTE);
    expect(dueAt(afterAbsence(state, rule, { from: T + MINUTE, to: T + 2 * MINUTE }), rule)).toBe(T + HOUR + MINUTE);
  });

  test('lets go of a run whose end it may have missed', () => {
    const { state } = play(every(HOUR), [ping('success', T), ping('start', T + HOUR)], T + HOUR);
    const rule = every(HOUR);
    const after = afterAbsence(state, rule, { from: T + HOUR + MINUTE, to: T + HOUR + 3 * MINUTE });
    expect([after.runs, dueAt(after, rule)]).toEqual([[], T + 2 * HOUR + 4 * MINUTE]);
  });

  test('only for a moment waits a little for those who try again, however often it happens', () => {
    const rule = every(HOUR);
    let { state } = afterPing(undefined, ping('success', T));
    const late = T + HOUR + MINUTE;
    state = afterAbsence(state, rule, { from: late - 5 * SECOND, to: late + 5 * SECOND });
    expect(dueAt(state, rule)).toBe(late + 65 * SECOND);
    for (let at = late; at < late + HOUR; at += 30 * SECOND)
      state = afterAbsence(state, rule, { from: at - SECOND, to: at });
    expect(dueAt(state, rule)).toBe(late + 10 * MINUTE);
    expect(afterSilence(state, rule, late + 10 * MINUTE).state.notBefore).toBeNull();
  });
});

test('whenever it is asked, silence comes to the same words', () => {
  const offset = fc.integer({ min: 1, max: 3 * 3600 }).map((seconds) => seconds * SECOND);
  const kind = fc.constantFrom<Ping['kind']>('start', 'success', 'fail', 'log');
  const calls = fc.array(fc.tuple(kind, offset, fc.constantFrom('', 'a', 'b')), { maxLength: 8 });
  fc.assert(
    fc.property(calls, fc.array(offset, { maxLength: 20 }), (given, looks) => {
      const rule = every(HOUR);
      const ordered = given.map(([one, after, run]) => ping(one, T + after, { run })).sort((a, b) => a.at - b.at);
      const end = T + 4 * HOUR;
      const once = play(rule, ordered, end).said;
      // Looks between, each after a restart: the state goes through JSON.
      let state: HeartbeatState | undefined;
      const said: [string, number][] = [];
      const times = [...looks.map((after) => T + after), end].sort((a, b) => a - b);
      const rest = [...ordered];
      const hear = (step: ReturnType<typeof afterPing>) => {
        state = JSON.parse(JSON.stringify(step.state)) as HeartbeatState;
        for (const { success, at } of step.words) said.push([success ? '+' : '-', at]);
      };
      for (const time of times) {
        for (let call = rest[0]; call !== undefined && call.at <= time; call = rest[0]) {
          rest.shift();
          if (state !== undefined) hear(afterSilence(state, rule, call.at - 1));
          hear(afterPing(state, call));
        }
        if (state !== undefined) hear(afterSilence(state, rule, time));
      }
      expect(said).toEqual(once);
    }),
    { numRuns: 300 },
  );
});

describe('a body', () => {
  test('is kept as text, cut at a whole character, and as base64 where it is none', () => {
    expect(keptBody(Buffer.from('done ✓'))).toEqual({ body: 'done ✓', isBinary: false });
    const long = Buffer.from(`${'x'.repeat(PING_BODY_BYTES - 1)}✓✓`);
    expect(keptBody(long)).toEqual({ body: 'x'.repeat(PING_BODY_BYTES - 1), isBinary: false });
    for (const bytes of [Buffer.from([0xff, 0xfe, 0x41]), Buffer.from('a\0b'), Buffer.from([0xe2, 0x9c])])
      expect(keptBody(bytes)).toEqual({ body: bytes.toString('base64'), isBinary: true });
  });
});
