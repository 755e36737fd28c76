import { describe, expect, test } from '@jest/globals';
import { checkDocument, checkTable } from '../../../../src/commands/check/table.ts';
import type { CheckResult, CheckStatus } from '../../../../src/core/check.ts';

const plain = { columns: Number.POSITIVE_INFINITY, paint: (_: CheckStatus, text: string) => text };

function result(checker: string, status: CheckStatus, message: string, durationMs = 5): CheckResult {
  return { checker, status, message, metrics: { a: 1 }, checkedAt: 1_774_785_600_123, durationMs };
}

describe('the table', () => {
  test('the worst first, then as they came, with the counts under it', () => {
    const results = [
      result('cpu', 'ok', 'CPU at 3%', 300),
      result('disk', 'warning', '/ at 82% (warning at 80%)'),
      result('plugin:raid', 'unknown', 'did not end'),
      result('memory', 'critical', 'Memory at 95%'),
      result('load', 'ok', 'Load 0.1'),
    ];
    expect(checkTable(results, 'web-1', plain)).toEqual([
      'critical  memory       Memory at 95%',
      'warning   disk         / at 82% (warning at 80%)',
      'unknown   plugin:raid  did not end',
      'ok        cpu          CPU at 3%',
      'ok        load         Load 0.1',
      '',
      '1 critical, 1 warning, 1 unknown, 2 ok on web-1, in 300 ms',
    ]);
  });

  test('long messages are broken at words and stay in their column', () => {
    const lines = checkTable([result('cpu', 'ok', `one two three ${'x'.repeat(60)} four five`)], 'h', {
      ...plain,
      columns: 40,
    });
    expect(lines.slice(0, 3)).toEqual(['ok  cpu  one two three', `         ${'x'.repeat(60)}`, '         four five']);
  });

  test('a terminal too narrow for columns breaks lines itself', () => {
    const message = 'a message that is longer than the terminal is wide';
    expect(checkTable([result('cpu', 'ok', message)], 'h', { ...plain, columns: 20 })[0]).toBe(`ok  cpu  ${message}`);
  });

  test('only the word of the state is painted, and the columns stay', () => {
    const results = [result('a', 'critical', 'm'), result('b', 'ok', 'n')];
    const lines = checkTable(results, 'h', { ...plain, paint: (status, text) => `<${status}>${text}</>` });
    expect(lines.slice(0, 2)).toEqual(['<critical>critical</>  a  m', '<ok>ok</>        b  n']);
  });
});

test('the document', () => {
  const results = [result('cpu', 'ok', 'fine'), result('disk', 'warning', 'full', 7)];
  const checked = { metrics: { a: 1 }, checked_at: '2026-03-29T12:00:00.123Z' };
  expect(checkDocument(results, 'web-server-03', 'ip-10-0-1-42')).toEqual({
    instance_id: 'web-server-03',
    hostname: 'ip-10-0-1-42',
    status: 'warning',
    checks: [
      { checker: 'cpu', status: 'ok', message: 'fine', ...checked, duration_ms: 5 },
      { checker: 'disk', status: 'warning', message: 'full', ...checked, duration_ms: 7 },
    ],
  });
});
