import { beforeEach, describe, expect, test } from '@jest/globals';
import { createHeartbeat } from '../../../src/app/heartbeat.ts';
import { brokenWay, type WayState } from '../../../src/core/heartbeat.ts';
import { Secret } from '../../../src/lib/crypto/secret.ts';
import type { HttpResult } from '../../../src/lib/http/client.ts';
import type { Part } from '../../../src/lib/lifecycle.ts';
import type { NoticeFigures } from '../../../src/notify/figures.ts';
import type { StoreFigures } from '../../../src/stores/contract/figures.ts';
import { partsOf } from '../../../src/web/text.ts';
import { handClock } from '../../support/hand-clock.ts';

const GOOD: WayState = { notReady: null, lagMs: 0, overdueMs: 0, attempts: [] };

test.each<[string, Partial<WayState>, string | null]>([
  ['nothing is wrong', {}, null],
  ['another process follows', { lagMs: null }, null],
  [
    'the store cannot be written',
    { notReady: 'the store cannot be written: disk full' },
    'the store cannot be written: disk full',
  ],
  ['a follower is a minute behind', { lagMs: 60_000 }, null],
  ['a follower is more than that behind', { lagMs: 60_001 }, 'what was committed 60 s ago is not followed yet'],
  ['a look is a minute late', { overdueMs: 60_000 }, null],
  ['a look is later than that', { overdueMs: 90_500 }, 'what was due to be told 90 s ago is not told yet'],
  ['a channel took some', { attempts: [{ channel: 'ops', all: 9, taken: 1 }] }, null],
  ['nothing was tried', { attempts: [{ channel: 'ops', all: 0, taken: 0 }] }, null],
  [
    'channels took nothing',
    {
      attempts: [
        { channel: 'b', all: 1, taken: 0 },
        { channel: 'a', all: 2, taken: 0 },
        { channel: 'c', all: 1, taken: 1 },
      ],
    },
    'no message was taken by a, b',
  ],
])('the way of a hub where %s', (_, state, problem) => {
  expect(brokenWay({ ...GOOD, ...state })).toBe(problem);
});

describe('the heartbeat', () => {
  const ADDRESS = 'https://hc.example/ping/0b6f-canary';
  let time: ReturnType<typeof handClock>;
  let sent: string[];
  let lines: string[];
  let reason: string | null;
  let nextEvaluationAt: number | null;
  let told: NoticeFigures | null;
  let answer: HttpResult;
  let part: Part;
  beforeEach(async () => {
    time = handClock();
    [sent, lines, reason, nextEvaluationAt, told] = [[], [], null, null, null];
    answer = { ok: true, status: 200, body: 'OK', headers: {} };
    const log = (level: string) => (fields: object, text: string) =>
      lines.push(`${level} ${text} ${JSON.stringify(fields)}`);
    const store = (): StoreFigures => ({ firing: [], live: [], outbox: [], nextEvaluationAt });
    part = createHeartbeat(
      new Secret(ADDRESS),
      { version: '1', proxy: {} },
      {
        clock: time.clock,
        logger: { info: log('info'), warn: log('warn') } as never,
        notReady: async () => reason,
        read: async () => {
          if (reason === 'unreadable') throw new Error('database is locked');
          return partsOf(
            (async function* () {
              yield JSON.stringify(store());
            })(),
          );
        },
        figures: async () => told,
        outbound: {
          send: async ({ url, method }) => {
            sent.push(`${method} ${url}`);
            return answer;
          },
          close: async () => {},
        },
      },
    );
    await part.start();
  });
  const figures = (outcomes: Record<string, number>): NoticeFigures => ({
    attempts: Object.entries(outcomes).map(([name, count]) => {
      const [channel = '', outcome = ''] = name.split(' ');
      return { channel, outcome: outcome as 'ok', count };
    }),
    ...{ took: [], handOver: [], unrouted: 0, lag: { events: 0, ms: 0 } as never },
  });

  test('is sent ten seconds after the start, then once a minute, and ends with the hub', async () => {
    await time.tick(9_999);
    expect(sent).toEqual([]);
    await time.tick(1);
    expect(sent).toEqual([`GET ${ADDRESS}`]);
    await time.tick(180_000);
    expect(sent).toHaveLength(4);
    await part.stop();
    await time.tick(600_000);
    expect(sent).toHaveLength(4);
    expect(lines).toEqual([]);
  });

  test('is not sent while the store cannot be written, and that is said once', async () => {
    reason = 'the store cannot be written: disk full';
    await time.tick(200_000);
    expect(sent).toEqual([]);
    reason = null;
    await time.tick(60_000);
    expect(sent).toHaveLength(1);
    expect(lines).toEqual([
      'warn no heartbeat {"problem":"the store cannot be written: disk full"}',
      'info the heartbeat is sent again {}',
    ]);
  });

  test('is not sent while figures cannot be read, a follower is behind, or what is due is not told', async () => {
    reason = 'unreadable';
    await time.tick(10_000);
    reason = null;
    told = { ...figures({}), lag: { events: 5, ms: 61_000 } as never };
    await time.tick(60_000);
    told = figures({});
    nextEvaluationAt = time.clock.now() - 1000;
    await time.tick(60_000);
    expect(sent).toEqual([]);
    nextEvaluationAt = time.clock.now() + 60_000;
    await time.tick(60_000);
    expect(sent).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(3);
  });

  test('looks at the attempts of the last minute, not at all there were', async () => {
    told = figures({ 'ops ok': 7, 'ops unavailable': 3 });
    await time.tick(10_000);
    told = figures({ 'ops ok': 7, 'ops unavailable': 5 });
    await time.tick(60_000);
    expect(sent).toHaveLength(1);
    await time.tick(60_000);
    expect(sent).toHaveLength(2);
    expect(lines[0]).toContain('no message was taken by ops');
  });

  test('that nobody took is said without its address, and tried again', async () => {
    answer = { ok: false, kind: 'unreachable', permanent: false, reason: 'hc.example answered 503' };
    await time.tick(130_000);
    expect(sent).toHaveLength(3);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('hc.example answered 503');
    expect(lines.join()).not.toContain('canary');
  });
});
