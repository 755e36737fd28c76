import { describe, expect, test } from '@jest/globals';
import type { EndpointMaintenance } from '../../../../src/core/endpoint/endpoint.ts';
import { outsideMaintenance } from '../../../../src/core/endpoint/maintenance.ts';
import { addSums, createRollups, NO_SUMS, ROLLUP_STEPS } from '../../../../src/core/endpoint/rollup.ts';
import { afterLook, newState } from '../../../../src/core/endpoint/state.ts';
import type { Outage } from '../../../../src/core/endpoint/uptime.ts';
import type { WatchedEndpoint } from '../../../../src/core/endpoint/watched.ts';
import { createZone } from '../../../../src/core/time/zone.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MIDNIGHT = Date.UTC(2026, 2, 1);

const endpoint = (key: string, failureThreshold: number): WatchedEndpoint => ({
  ...{ key, name: key, group: '', target: '', labels: {}, intervalMs: MINUTE, probes: ['p1'] },
  rule: { kind: 'strategy', strategy: 'any-down' },
  alerts: [
    {
      ...{ failureThreshold, successThreshold: 2, quorum: null, severity: 'critical', description: '' },
      ...{ reminderMs: 0, sendOnResolved: true },
    },
  ],
});

/** Looks once a minute from `from` to `to`, told at once or all at `toldAt`; `isUp` gives null where nobody looks. */
function watch(
  given: WatchedEndpoint,
  [from, to]: readonly [number, number],
  isUp: (at: number) => boolean | null,
  toldAt?: number,
) {
  const rollups = createRollups();
  const outages: Outage[] = [];
  let state = newState(given.key);
  let words = 0;
  for (let at = from; at <= to; at += MINUTE) {
    const success = isUp(at);
    if (success === null) continue;
    const result = { probe: 'p1', at, success, durationMs: 10, errors: [], conditions: [], abstains: false };
    const step = afterLook(state, given, { ...result, certificateMs: null }, toldAt ?? at);
    state = step.state;
    words += step.words.filter(({ kind }) => kind !== 'repeat').length;
    for (const span of step.charged) rollups.charge(given.key, span);
    if (step.outage !== null) outages.push(step.outage);
  }
  const all = rollups.all();
  const sums = ROLLUP_STEPS.map((size) => all.filter(({ step }) => step === size).reduce(addSums, NO_SUMS));
  return { sums, outages, words, all };
}

test('a day of 200 endpoints with outages of known length is counted to the millisecond', () => {
  for (let index = 0; index < 200; index += 1) {
    const threshold = 1 + (index % 3);
    // So many outages, each of so many minutes; three at least, for a run below the threshold is none.
    const count = index % 5;
    const length = (3 + (index % 40)) * MINUTE;
    const begins = Array.from({ length: count }, (_, at) => MIDNIGHT + (60 + at * 240 + index) * MINUTE);
    const isUp = (at: number) => !begins.some((begin) => at >= begin && at < begin + length);
    const { sums, outages, words } = watch(endpoint(`e${index}`, threshold), [MIDNIGHT, MIDNIGHT + DAY], isUp);
    const downMs = count * length;
    for (const sum of sums) expect(sum).toMatchObject({ upMs: DAY - downMs, downMs });
    expect(outages.filter(({ endedAt }) => endedAt === null)).toHaveLength(count);
    expect(outages.filter(({ endedAt }) => endedAt !== null)).toEqual(
      begins.map((begin) => ({ startedAt: begin, endedAt: begin + length })),
    );
    expect(words).toBe(2 * count);
  }
});

describe('time', () => {
  test('below the threshold counts as up, and begins no outage', () => {
    const isUp = (at: number) => (at - MIDNIGHT) / MINUTE !== 7;
    const { sums, outages } = watch(endpoint('e', 2), [MIDNIGHT, MIDNIGHT + 20 * MINUTE], isUp);
    expect([sums[0], outages]).toEqual([expect.objectContaining({ upMs: 20 * MINUTE, downMs: 0 }), []]);
  });

  test('of a look lasts two intervals; the rest of a gap is unknown', () => {
    const isUp = (at: number) => ((at - MIDNIGHT) / MINUTE > 3 && (at - MIDNIGHT) / MINUTE < 60 ? null : true);
    const { sums } = watch(endpoint('e', 1), [MIDNIGHT, MIDNIGHT + 60 * MINUTE], isUp);
    expect(sums[0]).toMatchObject({ upMs: 5 * MINUTE, downMs: 0 });
  });

  test('is cut where a span of five minutes, an hour, or a day ends', () => {
    const { all } = watch(endpoint('e', 1), [MIDNIGHT - 5 * MINUTE, MIDNIGHT + 5 * MINUTE], () => true);
    expect(all.map(({ step, start, upMs }) => [step, start - MIDNIGHT, upMs])).toEqual([
      ...[
        [300_000, -300_000, 5 * MINUTE],
        [3_600_000, -3_600_000, 5 * MINUTE],
        [DAY, -DAY, 5 * MINUTE],
      ],
      ...[
        [300_000, 0, 5 * MINUTE],
        [3_600_000, 0, 5 * MINUTE],
        [DAY, 0, 5 * MINUTE],
      ],
    ]);
  });
});

describe('maintenance', () => {
  const window = (more: Partial<EndpointMaintenance> = {}) => {
    const one = { startMinute: 23 * 60, durationMs: 120 * MINUTE, zone: 'UTC', weekdays: [], ...more };
    return { ...one, clock: createZone(one.zone) };
  };
  const parts = (given: ReturnType<typeof window>, from: number, to: number) =>
    outsideMaintenance([given], { from: MIDNIGHT + from * MINUTE, to: MIDNIGHT + to * MINUTE }).map((span) => [
      (span.from - MIDNIGHT) / MINUTE,
      (span.to - MIDNIGHT) / MINUTE,
    ]);

  test.each([
    [
      'over midnight',
      window(),
      -120,
      120,
      [
        [-120, -60],
        [60, 120],
      ],
    ],
    ['which covers it all', window(), -30, 30, []],
    ['which it does not touch', window(), 61, 600, [[61, 600]]],
    // The 1st of March 2026 is a Sunday: the window of Saturday still goes on.
    [
      'of Saturdays',
      window({ weekdays: [6] }),
      -120,
      1500,
      [
        [-120, -60],
        [60, 1500],
      ],
    ],
    [
      'in a zone',
      window({ zone: 'Europe/Berlin', startMinute: 60 }),
      -60,
      240,
      [
        [-60, 0],
        [120, 240],
      ],
    ],
  ] as const)('%s is left out', (_, given, from, to, left) => {
    expect(parts(given, from, to)).toEqual(left);
  });
});

test('what a probe that was cut off tells at last counts as if it had been told in time', () => {
  const one = endpoint('late', 3);
  const minute = (at: number) => (at - MIDNIGHT) / MINUTE;
  // Single failures, and an outage of an hour and a half.
  const isUp = (at: number) => minute(at) % 97 !== 0 && (minute(at) < 600 || minute(at) >= 690);
  const span = [MIDNIGHT + MINUTE, MIDNIGHT + DAY] as const;
  const { words: said, ...late } = watch(one, span, isUp, MIDNIGHT + DAY);
  const { words, ...inTime } = watch(one, span, isUp);
  expect(late).toEqual(inTime);
  expect(late.outages).toHaveLength(2);
  // Nobody is told of what is over.
  expect([words, said]).toEqual([2, 0]);
});
