import { describe, expect, test } from '@jest/globals';
import type { IncomingAlert, Labels } from '../../../../src/core/alert/alert.ts';
import { boundedAlert, boundedNote } from '../../../../src/core/reading/bounds.ts';
import { remarksOnDoubts } from '../../../../src/core/reading/doubts.ts';

const alert = (parts: Partial<IncomingAlert>): IncomingAlert => ({
  ...{ fingerprint: 'f', name: 'n', status: 'firing', severity: 'info', labels: {}, annotations: {}, metrics: {} },
  ...{ startedAt: 1, endedAt: null, observedAt: 1, groupKey: 'g' },
  ...parts,
});
const many = (count: number, value: string): Labels =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, value]));
const bytesOf = ({ labels, annotations, metrics }: IncomingAlert) =>
  Buffer.byteLength(JSON.stringify({ labels, annotations, metrics }));

test.each([
  [
    'an ordinary one',
    { labels: { host: 'web-1' }, annotations: { message: 'm' }, metrics: { value: 1, of: { a: [1] } } },
  ],
  ['as many labels as may be', { labels: many(128, 'v') }],
  ['as long a label as may be', { labels: { ['n'.repeat(256)]: 'v'.repeat(4096) } }],
  ['64 KiB with framing', { annotations: many(4, 'v'.repeat(16_000)) }],
])('is given back as it is: %s', (_, parts) => {
  const given = alert(parts);
  expect(boundedAlert(given)).toBe(given);
});

describe('is cut', () => {
  test.each<[string, Partial<IncomingAlert>, RegExp]>([
    ['a name of a label', { labels: { ['n'.repeat(257)]: 'v' } }, /names of labels were cut to 256 characters/],
    ['a value of a label', { labels: { a: 'v'.repeat(4097) } }, /values of labels were cut to 4096 characters/],
    ['labels', { labels: many(129, 'v') }, /labels beyond 128 were left out/],
    ['a name of an annotation', { annotations: { ['n'.repeat(300)]: 'v' } }, /names of annotations were cut/],
    [
      'a value of an annotation',
      { annotations: { a: 'v'.repeat(16_385) } },
      /annotations were cut to 16384 characters/,
    ],
    ['annotations', { annotations: many(129, 'v') }, /annotations beyond 128 were left out/],
    ['metrics', { metrics: { a: Array.from({ length: 1001 }, () => 1) } }, /the metrics were left out, for there are/],
    ['a text of the metrics', { metrics: { a: { b: 'v'.repeat(5000) } } }, /texts of metrics were cut/],
    ['a name of the metrics', { metrics: { a: { ['n'.repeat(300)]: 1 } } }, /texts of metrics were cut/],
    ['the whole, by its metrics', { metrics: many(20, 'v'.repeat(4000)) }, /an alert holds 65536 bytes/],
    ['the whole, by its annotations', { annotations: many(128, 'é'.repeat(16_000)) }, /an alert holds 65536 bytes/],
    ['the whole, by its labels', { labels: many(128, 'v'.repeat(4000)) }, /an alert holds 65536 bytes/],
    [
      'the whole, by control characters',
      { annotations: many(4, '\u0001'.repeat(16_000)) },
      /an alert holds 65536 bytes/,
    ],
    [
      'the whole, by names alone',
      {
        labels: Object.fromEntries(
          Array.from({ length: 128 }, (_, at) => [`${at}`.padEnd(256, 'é'), '\u0001'.repeat(4000)]),
        ),
      },
      /an alert holds 65536 bytes/,
    ],
  ])('%s', (_, parts, remark) => {
    const bounded = boundedAlert(alert(parts));
    expect(remarksOnDoubts([bounded]).join('\n')).toMatch(remark);
    expect(bytesOf(bounded)).toBeLessThanOrEqual(65_536);
  });

  test('the sign of a cut stands at the end of a text, and no character is cut in two', () => {
    const { labels } = boundedAlert(alert({ labels: { a: `x${'😀'.repeat(3000)}` } }));
    expect(labels.a).toBe(`x${'😀'.repeat(2047)}…`);
    expect(boundedAlert(alert({ labels: { a: '😀'.repeat(3000) } })).labels.a).toBe(`${'😀'.repeat(2047)}…`);
  });

  test('of two names that are the same when cut, the first stays', () => {
    const name = 'n'.repeat(300);
    expect(Object.values(boundedAlert(alert({ labels: { [`${name}1`]: 'a', [`${name}2`]: 'b' } })).labels)).toEqual([
      'a',
    ]);
  });

  test('`__proto__` is an ordinary name', () => {
    const labels = JSON.parse(`{"__proto__":"a","b":"${'v'.repeat(5000)}"}`);
    expect(Object.keys(boundedAlert(alert({ labels })).labels)).toEqual(['__proto__', 'b']);
  });

  test('why it ended', () => {
    expect(boundedAlert(alert({ resolution: 'r'.repeat(10_000) })).resolution).toHaveLength(4096);
  });

  test('what is kept is the same however often it is told', () => {
    const once = boundedAlert(
      alert({ annotations: many(200, 'é'.repeat(20_000)), labels: many(200, 'v'.repeat(5000)) }),
    );
    expect(boundedAlert(once).labels).toEqual(once.labels);
  });
});

test('a note is cut as an annotation is', () => {
  const note = { fingerprint: 'f', kind: 'noted', at: 1, by: 'b'.repeat(600), message: 'm'.repeat(20_000) } as const;
  const { by, message } = boundedNote(note);
  expect([by.length, message.length]).toEqual([512, 16_384]);
  expect(boundedNote({ ...note, by, message })).toEqual({ ...note, by, message });
});
