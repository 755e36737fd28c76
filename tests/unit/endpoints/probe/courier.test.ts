import { expect, test } from '@jest/globals';
import { createResultSpool } from '../../../../src/core/endpoint/spool.ts';
import { createCourier } from '../../../../src/endpoints/probe/courier.ts';
import type { WaitingResult } from '../../../../src/endpoints/probe/wire.ts';
import type { HttpResult } from '../../../../src/lib/http/client.ts';
import { handClock } from '../../../support/hand-clock.ts';

const SECOND = 1000;
const OK: HttpResult = { ok: true, status: 202, body: '{}', headers: {} };
const refused = (status: number, retryAfterMs?: number): HttpResult => ({
  ...{ ok: false, kind: 'status', permanent: status < 429, reason: `HTTP ${status}`, status },
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const AWAY: HttpResult = { ok: false, kind: 'refused', permanent: false, reason: 'refused' };

interface Report {
  readonly version: string;
  readonly results: readonly { readonly key: string; readonly timestamp: string; readonly success: boolean }[];
}

function made(answer: (report: Report, count: number) => HttpResult, assigned: readonly string[] = ['_a', '_b']) {
  const hand = handClock();
  const spool = createResultSpool<WaitingResult>(1000);
  const reports: { readonly at: number; readonly report: Report }[] = [];
  const dropped: number[] = [];
  const begun = hand.clock.now();
  const courier = createCourier({
    ...{ clock: hand.clock, spool, self: { version: '1.2.3' } },
    link: {
      post: async (_, body) => {
        reports.push({ at: hand.clock.now() - begun, report: body as Report });
        return answer(body as Report, reports.length);
      },
    },
    refresh: async () => void spool.keepOnly(new Set(assigned)),
    onAnswer: () => {},
    onFailure: (error) => {
      throw error;
    },
    onDropped: (count) => void dropped.push(count),
  });
  const add = (key: string, success = true) => {
    spool.add({
      ...{ key, success, abstains: false, durationMs: 1, errors: [], conditions: [], certificateMs: null },
      atMonotonic: hand.clock.monotonic(),
    });
    courier.poke();
  };
  const keys = () => reports.map(({ report }) => report.results.map(({ key }) => key).join(' '));
  return { ...hand, spool, courier, reports, dropped, add, keys };
}

test('it says that it is there, and sends what comes together in one report', async () => {
  const { courier, tick, add, keys, reports } = made(() => OK);
  courier.poke();
  await tick(SECOND);
  add('_a');
  add('_b');
  await tick(SECOND);
  await courier.stop(SECOND);
  expect([keys(), reports[0]?.report.version]).toEqual([['', '_a _b'], '1.2.3']);
});

test('a hub that is away is asked again ever more slowly, and then has everything, with the times by the clock of the probe now', async () => {
  let isAway = true;
  const { courier, tick, add, keys, reports, clock } = made(() => (isAway ? AWAY : OK));
  const at = clock.now();
  add('_a', false);
  await tick(60 * SECOND);
  const asked = reports.length;
  expect([asked > 4, asked < 15]).toEqual([true, true]);
  isAway = false;
  await tick(12 * SECOND);
  expect(keys().at(-1)).toBe('_a');
  expect(Date.parse(reports.at(-1)?.report.results[0]?.timestamp ?? '')).toBe(at);
  const count = reports.length;
  await tick(60 * SECOND);
  expect(reports).toHaveLength(count);
  await courier.stop(SECOND);
});

test('what the hub asks to wait is waited for, and what only repeats is left out then', async () => {
  const { courier, tick, add, reports, keys } = made((_, count) => (count === 1 ? refused(429, 20 * SECOND) : OK));
  for (const success of [true, true, true, false, false]) add('_a', success);
  await tick(19 * SECOND);
  expect(reports).toHaveLength(1);
  await tick(2 * SECOND);
  expect(keys()).toEqual(['_a _a _a _a _a', '_a _a _a']);
  expect(reports[1]?.report.results.map(({ success }) => success)).toEqual([true, false, false]);
  await courier.stop(SECOND);
});

test('a hub that has asked for patience is not asked once more at the stop, one that was away is', async () => {
  const patient = made(() => refused(503, 60 * SECOND));
  patient.add('_a');
  await patient.tick(SECOND);
  await patient.courier.stop(SECOND);
  expect(patient.reports).toHaveLength(1);
  const away = made((_, count) => (count === 1 ? AWAY : OK));
  away.add('_a');
  await away.tick(400);
  await away.courier.stop(SECOND);
  expect([away.keys(), away.spool.size()]).toEqual([['_a', '_a'], 0]);
});

test('results of what is assigned no more go, the others are sent', async () => {
  const hub = (report: Report) => (report.results.some(({ key }) => key === '_x') ? refused(404) : OK);
  const { courier, tick, add, keys, dropped } = made(hub);
  add('_x');
  add('_a');
  await tick(SECOND);
  await courier.stop(SECOND);
  expect([keys(), dropped]).toEqual([['_x _a', '_a'], []]);
});

test('a report that is too large is halved, and one that cannot be read is told and given up', async () => {
  const sizes = made((report) => (report.results.length > 2 ? refused(413) : OK));
  for (let at = 0; at < 8; at += 1) sizes.add('_a');
  await sizes.tick(SECOND);
  await sizes.courier.stop(SECOND);
  expect(sizes.reports.map(({ report }) => report.results.length).slice(0, 3)).toEqual([8, 4, 2]);
  expect([sizes.spool.size(), sizes.dropped]).toEqual([0, []]);
  const wrong = made((report) => (report.results.length > 0 ? refused(422) : OK));
  wrong.add('_a');
  await wrong.tick(SECOND);
  await wrong.courier.stop(SECOND);
  expect([wrong.spool.size(), wrong.dropped]).toEqual([0, [1]]);
});
