import { expect, test } from '@jest/globals';
import type { EventFigure } from '../../../../src/core/sample/event.ts';
import type { Submission } from '../../../../src/core/submission.ts';
import { readLines, saysLines } from '../../../../src/web/api/lines.ts';
import { type PostedEventParts, postedEventsRoute } from '../../../../src/web/api/posted-events.ts';
import type { Reply } from '../../../../src/web/reply.ts';
import { CALLER, LOCAL } from '../../../support/access.ts';
import fc from '../../../support/property.ts';

const NOW = Date.parse('2026-06-03T10:00:00Z');
const COUNTS = { alertsCreated: 0, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 0, incidentsUpdated: 0 };

/** Asks the route, and gives its answer with what it had committed. */
function asking(samples: PostedEventParts['samples'] = { figures: 3, keepMs: 3_600_000 }) {
  const submitted: Submission[] = [];
  const route = postedEventsRoute({
    ...{ now: () => NOW, samples },
    submit: async (submission) => {
      submitted.push(submission);
      return { outcome: 'committed', counts: COUNTS, errors: [] };
    },
  });
  return async (body: unknown) => {
    submitted.length = 0;
    const request = { params: {}, query: {}, idempotencyKey: null, confinement: null, body };
    const reply = (await route.answer({
      ...{ ...request, principal: LOCAL, caller: CALLER, header: () => undefined },
    })) as Reply;
    const figures: readonly EventFigure[] = submitted.flatMap((one) => one.figures ?? []);
    return { status: reply.status, body: reply.body, figures, submissions: submitted.length };
  };
}

const GOOD = { source: 'shop', metric: 'queue.length', value: 5 };

test('an event is a figure of its source with its labels', async () => {
  const { status, body, figures } = await asking()({
    ...{ ...GOOD, id: 'e-1', timestamp: '2026-06-03T11:59:30+02:00', environment: 'prod', service: 'cart' },
    ...{ severity: 'warning', threshold: 4, message: 'long', tags: { queue: 'mail "x"', shard: 3, hot: true } },
  });
  expect([status, body]).toEqual([200, { accepted: 1, rejected: [] }]);
  const name = 'queue.length{environment="prod",hot="true",queue="mail \\"x\\"",service="cart",shard="3"}';
  expect(figures).toEqual([
    { instanceId: 'shop', key: 'event:["shop","e-1"]', at: NOW - 30_000, names: [name], values: [5] },
  ]);
});

test('a service is a source, and an event without a time is of now', async () => {
  const { figures } = await asking()([{ service: 'cart', metric: 'a', value: -0.5, timestamp: NOW - 1 }, GOOD]);
  expect(figures).toEqual([
    { instanceId: 'cart', key: null, at: NOW - 1, names: ['a'], values: [-0.5] },
    { instanceId: 'shop', key: null, at: NOW, names: ['queue.length'], values: [5] },
  ]);
});

test.each<[unknown, string]>([
  [7, 'must be an object'],
  [[GOOD], 'must be an object'],
  [{ ...GOOD, source: undefined }, 'source is missing: say who tells it'],
  [{ ...GOOD, source: '' }, 'source must not be empty'],
  [{ ...GOOD, source: 'a\nb' }, 'source must be one line'],
  [{ ...GOOD, metric: undefined }, 'metric must be a text'],
  [{ ...GOOD, metric: 'a{b="c"}' }, 'metric must be a name such as queue.length, of at most 200 characters'],
  [{ ...GOOD, value: undefined }, 'value must be a number'],
  [{ ...GOOD, value: '5' }, 'value must be a number'],
  [{ ...GOOD, value: Number.POSITIVE_INFINITY }, 'value must be a number'],
  [{ ...GOOD, threshold: 'high' }, 'threshold must be a number'],
  [{ ...GOOD, severity: 'awful' }, 'severity must be one of critical, warning, info'],
  [{ ...GOOD, tag: {} }, 'tag: not a field of an event'],
  [{ ...GOOD, tags: { 'a b': 'c' } }, 'tags.a b must be a name of letters, digits and _'],
  [{ ...GOOD, tags: { a: null } }, 'tags.a must be one line of text, at most 200 characters'],
  [{ ...GOOD, tags: ['a'] }, 'tags must be names with their values'],
  [
    { ...GOOD, tags: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`t${at}`, 1])) },
    'tags must be at most 20',
  ],
  [{ ...GOOD, tags: { instance_id: 'x' } }, 'tags.instance_id is a label by a field of its own: leave it out of tags'],
  [
    { ...GOOD, environment: 'prod', tags: { environment: 'test' } },
    'tags.environment is a label by a field of its own: leave it out of tags',
  ],
  [{ ...GOOD, message: 'a\0' }, 'a text holds NUL or half a surrogate pair'],
  [{ ...GOOD, timestamp: 'noon' }, 'timestamp must be a time such as 2026-11-28T14:30:00Z, or milliseconds since 1970'],
  [{ ...GOOD, timestamp: NOW + 300_001 }, 'timestamp is more than 5 minutes ahead of the hub: set the clock right'],
  // Seconds instead of milliseconds.
  [
    { ...GOOD, timestamp: NOW / 1000 },
    'timestamp is of a time of which no figures are kept any more (MONITOR_SAMPLES_KEEP)',
  ],
  [{ ...GOOD, metric: 1, value: 'x' }, 'metric must be a text; value must be a number'],
])('%j is rejected, and what is beside it accepted', async (wrong, message) => {
  const { body, figures } = await asking()([GOOD, wrong, GOOD]);
  expect(body).toEqual({ accepted: 2, rejected: [{ index: 1, message }] });
  expect(figures).toHaveLength(2);
});

test('each event is accepted or rejected, whatever they are, and all of them are committed at once', async () => {
  const one = fc.oneof(
    fc.constant<unknown>(GOOD),
    fc.jsonValue(),
    fc.record({ source: fc.string(), metric: fc.string(), value: fc.jsonValue(), tags: fc.jsonValue() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 20 }), async (events) => {
      const { body, figures, submissions } = await asking()(events);
      const { accepted, rejected } = body as { accepted: number; rejected: { index: number }[] };
      expect(accepted + rejected.length).toBe(events.length);
      expect(new Set(rejected.map(({ index }) => index)).size).toBe(rejected.length);
      expect(figures).toHaveLength(accepted);
      expect(submissions).toBe(accepted > 0 ? 1 : 0);
    }),
  );
});

test('what comes after its time was judged is counted', async () => {
  const at = (timestamp: number) => ({ ...GOOD, timestamp });
  const { body } = await asking()([at(NOW - 60_000), at(NOW - 59_999), at(NOW - 3_600_000), at(NOW + 300_000)]);
  expect(body).toEqual({ accepted: 4, rejected: [], late: 2 });
});

test('a source has so many series, and those that it has go on', async () => {
  const ask = asking();
  const tagged = (source: string, user: number) => ({ ...GOOD, source, tags: { user } });
  const { body } = await ask([1, 2, 3, 4, 1].map((user) => tagged('shop', user)));
  const message = 'shop has 3 series already (MONITOR_SAMPLES_FIGURES): leave out tags whose values are always new';
  expect(body).toEqual({ accepted: 4, rejected: [{ index: 3, message }] });
  expect((await ask([tagged('shop', 2), tagged('shop', 5), tagged('cart', 5)])).body).toMatchObject({ accepted: 2 });
});

test('a hub that keeps no figures says so', async () => {
  const answer = await asking(null)(GOOD);
  expect([answer.status, answer.figures]).toEqual([409, []]);
});

test('lines are values, of which those that are none are told', () => {
  const lines = readLines(Buffer.from('{"a":1}\r\n\n  \n{"a":\n[2]\n"\\ud800"'), 10);
  expect(lines).toMatchObject([{ a: 1 }, { message: 'the line is not JSON' }, [2], expect.anything()]);
  expect(readLines(Buffer.from('1\n2\n3\n4\n'), 2)).toEqual([1, 2, 3]);
  expect(['application/x-ndjson', 'application/ndjson; charset=utf-8'].every(saysLines)).toBe(true);
  expect(['application/json', 'application/x-ndjsons', 'text/plain'].some(saysLines)).toBe(false);
});
