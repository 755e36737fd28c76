import { describe, expect, test } from '@jest/globals';
import { parseRrule } from '../../../src/core/policy/rrule.ts';
import { createWindowSpans, type WindowLength } from '../../../src/core/policy/window.ts';
import { createZone } from '../../../src/core/time/zone.ts';
import { cronRecurrence, rruleRecurrence } from '../../../src/lib/recurrence.ts';

const iso = (at: number) => new Date(at).toISOString().replace(/:00\.000Z$/, '');
const utc = (text: string) => Date.parse(`${text}:00Z`);
const wall = (text: string) => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
  return { year, month, day, hour, minute };
};
const H = 3_600_000;
const lasting = (hours: number): WindowLength => ({ durationMs: hours * H });
const until = (hour: number, minute = 0): WindowLength => ({ untilMinute: hour * 60 + minute });

// Instants by Python's zoneinfo: zone, rule, first wall time, length, asked from, the next spans.
describe('a window of a rule, through changes of clocks', () => {
  test.each([
    [
      'Europe/Berlin',
      'FREQ=DAILY',
      '2026-01-01T22:00',
      until(6),
      '2026-03-28T12:00',
      '2026-03-28T21:00 2026-03-29T04:00',
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY',
      '2026-01-01T22:00',
      until(6),
      '2026-10-24T12:00',
      '2026-10-24T20:00 2026-10-25T05:00',
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY',
      '2026-01-01T02:30',
      lasting(1),
      '2026-03-28T12:00',
      '2026-03-29T01:00 2026-03-29T02:00',
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY',
      '2026-01-01T02:30',
      lasting(1),
      '2026-10-24T12:00',
      '2026-10-25T00:30 2026-10-25T01:30',
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY',
      '2026-01-01T02:00',
      until(3),
      '2026-03-28T12:00',
      '2026-03-30T00:00 2026-03-30T01:00',
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY',
      '2026-01-01T02:00',
      until(3),
      '2026-10-24T12:00',
      '2026-10-25T00:00 2026-10-25T02:00',
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY',
      '2026-01-01T01:30',
      until(3, 30),
      '2026-03-28T12:00',
      '2026-03-29T00:30 2026-03-29T01:30',
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY',
      '2026-01-01T01:30',
      until(3, 30),
      '2026-10-24T12:00',
      '2026-10-24T23:30 2026-10-25T02:30',
    ],
    [
      'America/New_York',
      'FREQ=DAILY',
      '2026-01-01T01:30',
      lasting(1),
      '2026-11-01T04:00',
      '2026-11-01T05:30 2026-11-01T06:30',
    ],
    [
      'America/New_York',
      'FREQ=WEEKLY;BYDAY=SA',
      '2026-01-03T22:00',
      lasting(8),
      '2026-03-07T12:00',
      '2026-03-08T03:00 2026-03-08T11:00',
    ],
    [
      'America/New_York',
      'FREQ=WEEKLY;BYDAY=SA',
      '2026-01-03T22:00',
      until(6),
      '2026-03-07T12:00',
      '2026-03-08T03:00 2026-03-08T10:00',
    ],
    [
      'America/New_York',
      'FREQ=DAILY',
      '2026-01-01T02:00',
      lasting(1),
      '2026-03-08T00:00',
      '2026-03-08T07:00 2026-03-08T08:00',
    ],
    [
      'Australia/Lord_Howe',
      'FREQ=DAILY',
      '2026-01-01T01:45',
      lasting(1),
      '2026-04-04T12:00',
      '2026-04-04T14:45 2026-04-04T15:45',
    ],
    [
      'Australia/Lord_Howe',
      'FREQ=DAILY',
      '2026-01-01T02:15',
      lasting(1),
      '2026-10-03T12:00',
      '2026-10-03T15:30 2026-10-03T16:30',
    ],
    [
      'America/Santiago',
      'FREQ=DAILY',
      '2026-01-01T00:00',
      lasting(1),
      '2026-09-05T12:00',
      '2026-09-06T04:00 2026-09-06T05:00',
    ],
    [
      'Africa/Cairo',
      'FREQ=DAILY',
      '2026-01-01T00:00',
      lasting(1),
      '2026-04-23T12:00',
      '2026-04-23T22:00 2026-04-23T23:00',
    ],
    [
      'Asia/Beirut',
      'FREQ=DAILY',
      '2026-01-01T00:00',
      lasting(1),
      '2026-03-28T12:00',
      '2026-03-28T22:00 2026-03-28T23:00',
    ],
    [
      'Europe/London',
      'FREQ=DAILY',
      '2026-01-01T01:30',
      lasting(1),
      '2026-10-24T12:00',
      '2026-10-25T00:30 2026-10-25T01:30',
    ],
    [
      'Europe/London',
      'FREQ=DAILY',
      '2026-01-01T01:30',
      lasting(1),
      '2026-03-28T12:00',
      '2026-03-29T01:00 2026-03-29T02:00',
    ],
    [
      'Asia/Kathmandu',
      'FREQ=DAILY',
      '2025-01-01T00:00',
      lasting(1),
      '2025-12-31T12:00',
      '2025-12-31T18:15 2025-12-31T19:15',
    ],
  ])('%s %s from %s', (zoneName, rule, first, length, from, expected) => {
    const zone = createZone(zoneName);
    const window = createWindowSpans(rruleRecurrence(parseRrule(rule), wall(first), zone), length, zone);
    const [span] = window.spans(utc(from), 1);
    expect(span && `${iso(span.start)} ${iso(span.end)}`).toBe(expected);
    const [start, end] = expected.split(' ').map(utc) as [number, number];
    expect(window.nextStart(start - 1)).toBe(start);
    expect([start - 1, start, end - 1, end].map(window.endAt)).toEqual([null, end, end, null]);
  });
});

test.each([
  ['FREQ=DAILY', '00:00', '2026-03-28T23:00', '2026-03-29T22:00'],
  ['FREQ=DAILY', '00:00', '2026-10-24T22:00', '2026-10-25T23:00'],
  ['FREQ=DAILY', '03:00', '2026-03-29T01:00', '2026-03-30T01:00'],
])('a whole day of Berlin has as many hours as it has: %s from %s', (rule, time, start, end) => {
  const zone = createZone('Europe/Berlin');
  const recurrence = rruleRecurrence(parseRrule(rule), wall(`2026-01-01T${time}`), zone);
  const window = createWindowSpans(recurrence, until(Number(time.slice(0, 2))), zone);
  expect(window.spans(utc(start), 1).map((span) => [iso(span.start), iso(span.end)])).toEqual([[start, end]]);
  expect([utc(start) - 1, utc(start), utc(end) - 1].map(window.endAt)).toEqual([utc(start), utc(end), utc(end)]);
});

const days = (text: string) => text.split(' ');
describe('the starts of a rule', () => {
  test.each([
    [
      'Europe/Berlin',
      'FREQ=MONTHLY',
      '2026-01-31T03:00',
      days('2026-01-31T02:00 2026-03-31T01:00 2026-05-31T01:00 2026-07-31T01:00'),
    ],
    [
      'Europe/Berlin',
      'FREQ=MONTHLY;BYMONTHDAY=-1',
      '2026-01-31T03:00',
      days('2026-01-31T02:00 2026-02-28T02:00 2026-03-31T01:00 2026-04-30T01:00'),
    ],
    [
      'Europe/Berlin',
      'FREQ=MONTHLY;BYDAY=-1FR',
      '2026-01-01T22:00',
      days('2026-01-30T21:00 2026-02-27T21:00 2026-03-27T21:00 2026-04-24T20:00'),
    ],
    [
      'Europe/Berlin',
      'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
      '2026-01-01T03:00',
      days('2026-01-30T02:00 2026-02-27T02:00 2026-03-31T01:00 2026-04-30T01:00 2026-05-29T01:00'),
    ],
    [
      'UTC',
      'FREQ=MONTHLY;BYDAY=2TU',
      '2026-01-01T00:00',
      days('2026-01-13T00:00 2026-02-10T00:00 2026-03-10T00:00 2026-04-14T00:00 2026-05-12T00:00 2026-06-09T00:00'),
    ],
    [
      'Europe/Berlin',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO',
      '2026-01-06T02:00',
      days('2026-01-06T01:00 2026-01-11T01:00 2026-01-20T01:00 2026-01-25T01:00'),
    ],
    [
      'Europe/Berlin',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU',
      '2026-01-06T02:00',
      days('2026-01-06T01:00 2026-01-18T01:00 2026-01-20T01:00 2026-02-01T01:00'),
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY;UNTIL=20260326T010000Z',
      '2026-03-24T02:00',
      days('2026-03-24T01:00 2026-03-25T01:00 2026-03-26T01:00'),
    ],
    [
      'Europe/Berlin',
      'FREQ=DAILY;UNTIL=20260326',
      '2026-03-24T02:00',
      days('2026-03-24T01:00 2026-03-25T01:00 2026-03-26T01:00'),
    ],
    ['UTC', 'FREQ=YEARLY', '2024-02-29T00:00', days('2024-02-29T00:00 2028-02-29T00:00 2032-02-29T00:00')],
    [
      'Europe/Berlin',
      'FREQ=HOURLY;COUNT=5',
      '2026-10-25T00:00',
      days('2026-10-24T22:00 2026-10-24T23:00 2026-10-25T00:00 2026-10-25T01:00 2026-10-25T02:00'),
    ],
    [
      'UTC',
      'FREQ=HOURLY;INTERVAL=6;BYDAY=MO',
      '2026-01-01T00:00',
      days('2026-01-05T00:00 2026-01-05T06:00 2026-01-05T12:00 2026-01-05T18:00 2026-01-12T00:00'),
    ],
    ['Pacific/Apia', 'FREQ=DAILY', '2011-12-29T12:00', days('2011-12-29T22:00 2011-12-30T22:00')],
  ])('%s %s from %s', (zoneName, rule, first, expected) => {
    const zone = createZone(zoneName);
    const recurrence = rruleRecurrence(parseRrule(rule), wall(first), zone);
    const found: string[] = [];
    for (
      let at = recurrence.next(utc('1999-12-31T23:59'));
      at !== null && found.length < expected.length;
      at = recurrence.next(at)
    )
      found.push(iso(at));
    expect(found).toEqual(expected);
    expect(recurrence.starts(utc(expected[0] ?? ''), utc(expected.at(-1) ?? '') + 1).map(iso)).toEqual(expected);
  });
});

describe('the starts of a cron expression', () => {
  test.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00', days('2026-03-29T01:00 2026-03-30T00:30')],
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00', days('2026-10-25T00:30 2026-10-26T01:30')],
    [
      'Europe/Berlin',
      '15 1-3 * * *',
      '2026-10-24T20:00',
      days('2026-10-24T23:15 2026-10-25T00:15 2026-10-25T01:15 2026-10-25T02:15'),
    ],
    [
      'Europe/Berlin',
      '0 22 * * 5L',
      '2026-01-01T00:00',
      days('2026-01-30T21:00 2026-02-27T21:00 2026-03-27T21:00 2026-04-24T20:00'),
    ],
    [
      'UTC',
      '0 0 13 * 5',
      '2026-01-01T00:00',
      days('2026-01-02T00:00 2026-01-09T00:00 2026-01-13T00:00 2026-01-16T00:00'),
    ],
  ])('%s %s from %s', (zoneName, expression, from, expected) => {
    const cron = cronRecurrence(expression, createZone(zoneName));
    expect(cron.next(utc(from)) && iso(cron.next(utc(from)) ?? 0)).toBe(expected[0]);
    expect(cron.starts(utc(from), utc(expected.at(-1) ?? '') + 1).map(iso)).toEqual(expected);
  });
});

describe('rules that are refused', () => {
  test.each([
    ['FREQ=FOO', 'FREQ must be'],
    ['FREQ=SECONDLY', 'FREQ must be'],
    ['INTERVAL=2', 'FREQ is missing'],
    ['FREQ=DAILY;FOO=1', 'is no part'],
    ['FREQ=DAILY;FREQ=DAILY', 'stands twice'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL must be'],
    ['FREQ=DAILY;BYDAY=XX', 'BYDAY must be'],
    ['FREQ=DAILY;BYDAY=2TU', 'FREQ=MONTHLY or YEARLY'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY must be'],
    ['FREQ=YEARLY;BYMONTH=13', 'BYMONTH must be'],
    ['FREQ=DAILY;BYHOUR=24', 'BYHOUR must be'],
    ['FREQ=DAILY;COUNT=1;UNTIL=20260101', 'exclude one another'],
    ['FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2', 'never comes round'],
    ['FREQ=DAILY;UNTIL=20250101', 'never comes round'],
    ['', 'is no part'],
  ])('%s: %s', (rule, reason) => {
    expect(() => rruleRecurrence(parseRrule(rule), wall('2026-01-01T00:00'), createZone('UTC'))).toThrow(reason);
  });

  test.each(['', '0 22 * *', '0 22 * * * *', '61 * * * *', '0 0 30 2 *', 'x'])(
    'the cron expression "%s"',
    (expression) => {
      expect(() => cronRecurrence(expression, createZone('UTC'))).toThrow(expression);
    },
  );
});
