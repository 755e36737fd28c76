import { describe, expect, test } from '@jest/globals';
import { afterText, nextChange, spanText } from '../../../src/dashboard/words/ages.ts';
import {
  bytesText,
  countOf,
  countText,
  figureText,
  metricText,
  percentText,
  shareText,
  totalText,
} from '../../../src/dashboard/words/numbers.ts';
import { cutMiddle, linkOf, shortId, shown } from '../../../src/dashboard/words/outside.ts';
import { createTimes } from '../../../src/dashboard/words/times.ts';
import { tabTitle, verdictText } from '../../../src/dashboard/words/verdict.ts';
import { incident } from './samples.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

describe('spans', () => {
  test.each([
    [-5, '0 s'],
    [0, '0 s'],
    [8 * SECOND, '8 s'],
    [59_999, '59 s'],
    [MINUTE, '1 min'],
    [14 * MINUTE + 59 * SECOND, '14 min'],
    [HOUR, '1 h'],
    [2 * HOUR + 6 * MINUTE, '2 h 6 m'],
    [9 * HOUR + 59 * MINUTE, '9 h 59 m'],
    [10 * HOUR + MINUTE, '10 h'],
    [47 * HOUR, '47 h'],
    [2 * DAY, '2 d'],
    [41.9 * DAY, '41 d'],
  ])('%d ms are %s', (ms, text) => expect(spanText(ms)).toBe(text));

  test.each([
    [0, SECOND],
    [8400, 600],
    [59_900, 100],
    [61_000, 59_000],
    [-300, SECOND],
  ])('after %d ms the text changes in %d', (ms, wait) => expect(nextChange(ms)).toBe(wait));

  test('of what ended', () => {
    expect(afterText('2026-03-29T14:00:00Z', '2026-03-29T14:18:10Z')).toBe('after 18 min');
    expect(afterText(null, '2026-03-29T14:18:10Z')).toBe('');
  });
});

describe('times', () => {
  const times = createTimes('UTC');
  const at = Date.parse('2026-03-29T14:18:02.004Z');
  test('are written by the clock, and with the day where it is another', () => {
    expect(times.minute(at)).toBe('14:18');
    expect(times.clockOrDay(at, at + HOUR)).toBe('14:18:02');
    expect(times.clockOrDay(at, at + DAY)).toBe('2026-03-29 14:18:02');
    expect(times.full(at)).toBe('2026-03-29 14:18:02.004 UTC');
    expect(times.until(at, at - HOUR)).toBe('14:18');
    expect(times.until(at, at - DAY)).toBe('Sun 29 Mar, 14:18');
    expect(times.weekday(at)).toBe('Sun 29');
  });

  test('days begin at midnight', () => {
    expect(times.dayStart(at)).toBe(Date.parse('2026-03-29T00:00:00Z'));
    expect(times.dayStart(at, 3)).toBe(Date.parse('2026-04-01T00:00:00Z'));
  });
});

describe('numbers', () => {
  test.each([
    [countText(10_000), '10,000'],
    [countText(null), '—'],
    [countText(Number.NaN), '—'],
    [countOf(1, 'alert'), '1 alert'],
    [countOf(0, 'alert'), '0 alerts'],
    [countOf(2, 'entry', 'entries'), '2 entries'],
    [totalText(10_000, true), '10,000+'],
    [figureText(0.1234), '0.123'],
    [figureText(1840.4), '1,840'],
    [figureText(undefined), '—'],
    [bytesText(0), '0 B'],
    [bytesText(1023), '1,023 B'],
    [bytesText(12_992_276_070), '12.1 GiB'],
    [bytesText(null), '—'],
    [shareText(99.996), '99.99 %'],
    [shareText(100), '100.00 %'],
    [shareText(null), '—'],
    [percentText(97.4), '97.4 %'],
  ])('%s', (text, wanted) => expect(text).toBe(wanted));
});

describe('text of others', () => {
  test.each([
    ['web-03', 'web-03'],
    ['a\u202Egnp.exe', 'a\\u202egnp.exe'],
    ['zero\u200Bwidth', 'zero\\u200bwidth'],
    ['bell\u0007', 'bell\\u0007'],
    ['two\nlines\tand', 'two\nlines\tand'],
    ['<b>bold</b>', '<b>bold</b>'],
    ['Grüße 日本 🙂', 'Grüße 日本 🙂'],
  ])('%j is shown as %j', (text, wanted) => expect(shown(text)).toBe(wanted));

  test.each([
    ['https://wiki.example.com/x?y=1', 'https://wiki.example.com/x?y=1'],
    ['HTTP://example.com', 'http://example.com/'],
    ['javascript:alert(1)', null],
    ['JaVaScRiPt:alert(1)//https://x', null],
    ['data:text/html,<script>', null],
    ['//evil.example.com', null],
    ['/login', null],
    ['https://', null],
    ['https://paypal.com@evil.example.com/', null],
    [' https://example.com', null],
  ])('%j as a link is %j', (text, wanted) => expect(linkOf(text)).toBe(wanted));

  test('what is long is cut', () => {
    expect(cutMiddle('short', 10)).toBe('short');
    expect(cutMiddle('https://example.com/a/long/path', 12)).toHaveLength(12);
    expect(shortId('01a1fd8c-abf7-71c9-be9b-c268f714a509')).toBe('14a509');
    expect(shortId('i7f3')).toBe('i7f3');
  });
});

describe('the verdict', () => {
  const critical = incident({ severity: 'critical' });
  const warning = incident({ severity: 'warning' });
  test.each([
    [[], 0, 'Ready, waiting for the first instance'],
    [[], 3, 'All clear'],
    [[critical], 3, '1 critical incident is open'],
    [[critical, critical], 3, '2 critical incidents are open'],
    [[warning], 3, '1 incident is open'],
    [[critical, warning], 3, '1 critical, 1 other incident are open'],
    [[critical, warning, warning], 3, '1 critical, 2 other incidents are open'],
  ])('%#', (open, instances, wanted) => expect(verdictText(open, undefined, instances)).toBe(wanted));

  test('what is unknown is not critical, and what is on other pages counts', () => {
    const unknown = incident({ severity: 'critical', firing_count: 0, unknown_count: 1 });
    expect(verdictText([unknown], undefined, 1)).toBe('1 incident is open');
    expect(verdictText([critical], { critical: 1200, warning: 3, info: 2, unknown: 1 }, 1)).toBe(
      '1,200 critical, 6 other incidents are open',
    );
  });

  test('stands in the title of the tab', () => {
    expect(tabTitle(2, 'core/web is down')).toBe('(2) core/web is down · monitor');
    expect(tabTitle(0, 'Now')).toBe('Now · monitor');
  });
});

test.each([
  ['free_bytes', 12_992_276_070, '12.1 GiB'],
  ['bytes_read', 2048, '2 KiB'],
  ['used_percent', 97.4, '97.4 %'],
  ['offset_ms', 812, '812 ms'],
  ['uptime_seconds', 86_400, '86,400 s'],
  ['load_per_core', 1.62, '1.62'],
  ['processes', 3, '3'],
  ['kilobytes', 3, '3'],
])('the figure %s of %d is %s', (name, value, text) => expect(metricText(name, value)).toBe(text));
