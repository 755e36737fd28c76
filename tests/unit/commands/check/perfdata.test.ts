import { expect, test } from '@jest/globals';
import { perfdata } from '../../../../src/commands/check/perfdata.ts';
import { checkTable } from '../../../../src/commands/check/table.ts';
import type { CheckResult, Metrics } from '../../../../src/core/check.ts';

const result = (metrics: Metrics, checker = 'disk', message = 'fine'): CheckResult => {
  return { checker, status: 'ok', message, metrics, checkedAt: 0, durationMs: 1 };
};

test.each<[string, Metrics, string]>([
  [
    'figures with their units',
    { disk_percent: 12.5, size_bytes: 10, connect_ms: 3, uptime_seconds: 4, cores: 2 },
    "'disk.disk_percent'=12.5% 'disk.size_bytes'=10B 'disk.connect_ms'=3ms 'disk.uptime_seconds'=4s 'disk.cores'=2",
  ],
  ['maps', { mounts: { '/my data': { used_percent: 5 } } }, "'disk.mounts./my data.used_percent'=5%"],
  ['no text, no lists, nothing', { a: 'x', b: [1], c: null, d: true }, ''],
  [
    'what a plugin said',
    { raid: { value: 3, uom: 'c', warn: '@1:2', crit: 5, min: 0, max: 9 } },
    "'disk.raid'=3c;@1:2;5;0;9",
  ],
  ['a plugin that does not know', { raid: { value: null, uom: '' } }, "'disk.raid'=U"],
  ['names that readers would stumble on', { "it's=a|b": 1 }, "'disk.it''s_a/b'=1"],
  [
    'no exponents',
    { big: 1e21, small: 1e-7, tiny: 0.0000012 },
    "'disk.big'=1000000000000000000000 'disk.small'=0 'disk.tiny'=0.0000012",
  ],
])('%s', (_, metrics, text) => {
  expect(perfdata([result(metrics)])).toBe(text);
});

test('as many as fit, whole', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`figure${i}`, i]));
  const text = perfdata([result(many)]);
  expect(text.length).toBeLessThan(6000);
  expect(text).toMatch(/'disk\.figure\d+'=\d+$/);
});

test('they end the first line, and no bar stands in the text', () => {
  const style = { columns: Number.POSITIVE_INFINITY, perfdata: true, paint: (_: string, text: string) => text };
  const results = [
    result({ a: 1 }, 'disk', 'x|y'),
    { ...result({ b: 2 }, 'cpu', 'bad|er'), status: 'critical' as const },
  ];
  expect(checkTable(results, 'h', style).slice(0, 2)).toEqual([
    "critical  cpu   bad/er | 'cpu.b'=2 'disk.a'=1",
    'ok        disk  x/y',
  ]);
});
