import { expect, test } from '@jest/globals';
import type { IncomingAlert } from '../../../../src/core/alert/alert.ts';
import { createFigureReader } from '../../../../src/core/sample/figures.ts';
import { chartPoints } from '../../../../src/core/sample/points.ts';

const reader = createFigureReader();
const read = (alerts: readonly IncomingAlert[], most: number) => reader.read('i', alerts, most);
const T = 1_700_000_005_000;
const alert = (
  checker: string,
  metrics: IncomingAlert['metrics'],
  more: Partial<IncomingAlert> = {},
): IncomingAlert => ({
  ...{ fingerprint: checker, name: checker, status: 'resolved', severity: 'info', annotations: {}, metrics },
  ...{ startedAt: T, endedAt: null, observedAt: T, groupKey: '' },
  labels: { checker, hostname: 'h', instance_id: 'i' },
  ...more,
});

test('numbers and switches become series of the checker, and what is neither does not', () => {
  const metrics = {
    load: 1.5,
    on: true,
    text: 'x',
    none: null,
    list: [1],
    nan: Number.NaN,
    huge: Number.POSITIVE_INFINITY,
  };
  expect(read([alert('cpu', metrics)], 10)).toEqual({
    leftOut: 0,
    moments: [{ at: T, names: ['cpu.load', 'cpu.on'], values: [1.5, 1] }],
  });
});

test('a map has its keys as items, and an item of a check its labels', () => {
  const whole = alert('disk', { mounts: { '/': { used_percent: 5, type: 'ext4' }, '/va"r': 7 } });
  const item = alert(
    'disk:/',
    { used_percent: 5 },
    { labels: { checker: 'disk:/', hostname: 'h', instance_id: 'i', mount: '/' } },
  );
  expect(read([whole, item], 10).moments[0]?.names).toEqual([
    'disk.mounts.used_percent{item="/"}',
    'disk.mounts{item="/va\\"r"}',
    'disk.used_percent{mount="/"}',
  ]);
});

test('of a spool each run is a moment of its own, and one run is one', () => {
  const runs = [
    alert('a', { x: 1 }),
    alert('b', { x: 2 }, { observedAt: T + 900 }),
    alert('a', { x: 3 }, { observedAt: T + 60_000 }),
  ];
  expect(read(runs, 10).moments).toEqual([
    { at: T + 900, names: ['a.x', 'b.x'], values: [1, 2] },
    { at: T + 60_000, names: ['a.x'], values: [3] },
  ]);
});

test('beyond the most of one moment it counts what it leaves out, and metrics of strange names are none', () => {
  expect(read([alert('a', { x: 1, y: 2, z: 3, 'b c': 4, __proto__: 5 })], 2)).toMatchObject({
    leftOut: 1,
    moments: [{ names: ['a.x', 'a.y'] }],
  });
  expect(read([alert('a', {})], 2).moments).toEqual([]);
});

test('what a sender told last decides nothing of what it tells now', () => {
  const told: IncomingAlert['metrics'][] = [
    { x: 1, y: 'text', z: { a: 1 } },
    { x: 2, y: 5, z: { a: 1 } },
    { x: 'text', y: 5, z: { a: 1 } },
    { x: 1, z: { a: 1, b: 2 } },
    { x: 1, z: { a: { c: 2 } } },
    { x: 1, z: 4 },
    { x: 1, z: 4, a: true },
    { z: 4, x: 1 },
    {},
    Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`metric_${index}`, index])),
    { x: 1, y: 'text', z: { a: 1 } },
  ];
  const pushes = told.flatMap((metrics) => [
    [alert('a', metrics), alert('b', metrics, { labels: { checker: 'b', mount: '/' } })],
    [alert('b', metrics, { labels: { checker: 'b', mount: '/' } })],
    [alert('b', metrics, { labels: { checker: 'b', mount: '/var' } })],
    [alert('a', metrics, { labels: { checker: 'a', hostname: 'other', mount: '/x' } })],
    [alert('b', metrics, { labels: { checker: 'b', mount: '/', disk: 'x' } }), alert('a', metrics)],
  ]);
  for (const push of [...pushes, ...pushes.toReversed()])
    for (const most of [3, 1000]) expect(read(push, most)).toEqual(createFigureReader().read('i', push, most));
});

test('the same names are the same list, whoever tells them', () => {
  const push = (value: number) => [alert('a', { x: value, y: { z: value } }), alert('b', { x: value })];
  const names = read(push(1), 10).moments[0]?.names;
  expect(read(push(2), 10).moments[0]?.names).toBe(names);
  expect(reader.read('j', push(3), 10).moments[0]?.names).toBe(names);
});

test('a chart has the mean, the least and the most of each step, and none of a step without values', () => {
  expect(
    chartPoints(
      [
        [60_000, 5],
        [119_999, 95],
        [250_000, 1],
        [61_000, 5],
      ],
      60_000,
    ),
  ).toEqual([
    [60_000, 35, 5, 95],
    [240_000, 1, 1, 1],
  ]);
});
