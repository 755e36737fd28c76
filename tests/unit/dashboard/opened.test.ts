import { expect, test } from '@jest/globals';
import { openedRange, openedText, stackedBars } from '../../../src/dashboard/model/opened.ts';

const at = (minutes: number) => new Date(Date.parse('2026-11-28T12:00:00.000Z') + minutes * 60_000).toISOString();

test('what opened: each step a bar, the worst at the bottom, one of many still to be seen', () => {
  const bars = stackedBars({
    ...{ from: at(0), to: at(40), step_ms: 600_000, is_cut: false },
    points: [
      { at: at(10), critical: 1, warning: 98, info: 1 },
      { at: at(30), critical: 0, warning: 50, info: 0 },
    ],
  });
  expect(bars.map(({ count }) => count)).toEqual([0, 100, 0, 50]);
  const tops = bars[1]?.parts.map(({ kind, to }) => [kind, Number(to.toFixed(3))]);
  expect(tops).toEqual([
    ['crit', 0.04],
    ['warn', 0.96],
    ['info', 1],
  ]);
  expect(bars[3]?.parts).toEqual([{ kind: 'warn', from: 0, to: 0.5 }]);
  expect(bars.map(({ text }) => text)).toEqual([
    ...['nothing opened', '1 critical, 98 warning, 1 info opened', 'nothing opened', '50 warning opened'],
  ]);
  expect([openedText(bars, false), openedText(bars, true)]).toEqual(['150 alerts', 'more than 150 alerts']);
  expect([openedRange({}), openedRange({ range: ['7d'] }), openedRange({ range: ['1y'] })]).toEqual([
    '24h',
    '7d',
    '24h',
  ]);
});
