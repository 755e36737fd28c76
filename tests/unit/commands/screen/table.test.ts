import { describe, expect, test } from '@jest/globals';
import { ALERT_COLUMNS, type AlertJson, alertTable } from '../../../../src/commands/alerts/page.ts';
import { type IncidentJson, incidentTable } from '../../../../src/commands/incidents/page.ts';
import { screenOf, spanText } from '../../../../src/commands/screen/screen.ts';
import { type Column, table } from '../../../../src/commands/screen/table.ts';
import { cut, displayWidth, padded, wrapped } from '../../../../src/commands/screen/width.ts';
import { alertJson, incidentJson } from '../../../../src/web/api/views.ts';
import { alert, incident, T } from '../../../support/stored.ts';

const NOW = T + 840_000;
const screen = (width: number | undefined, colour = false) => screenOf({ width, colour }, NOW);

describe('columns of characters', () => {
  test.each([
    ['web-1', 5],
    ['日本', 4],
    ['ü', 1],
    ['e\u0301', 1],
    ['😀x', 3],
    ['ｆ', 2],
    ['', 0],
  ])('%s takes %d', (text, width) => {
    expect(displayWidth(text)).toBe(width);
    expect(displayWidth(padded(text, 9))).toBe(9);
  });

  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['日本語です', 5, '日本…'],
    ['日本語です', 6, '日本…'],
    ['abc', 1, '…'],
  ])('%s in %d is %s', (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });

  test('lines are broken at blanks, and within a word that is longer than a line', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
    expect(wrapped('日本語 a', 4)).toEqual(['日本', '語 a']);
  });
});

test.each([
  [-5, '0s'],
  [8000, '8s'],
  [840_000, '14m'],
  [7_560_000, '2h06m'],
  [35_999_000, '9h59m'],
  [68_400_000, '19h'],
  [4 * 86_400_000, '4d'],
])('%d ms are %s', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});

describe('a list', () => {
  const long = 'x'.repeat(300);
  const columns: readonly Column<string>[] = [
    { header: 'A', cell: () => '12345678' },
    { header: 'B', cell: (text) => text, least: 10 },
    { header: 'C', cell: () => 'cccc', leaves: 2 },
    { header: 'D', cell: () => 'dddd', leaves: 1 },
    { header: 'E', cell: (text) => text, least: 20 },
  ];
  const headerAt = (width: number) => table(columns, [long], screen(width))[0]?.split(/ +/);

  test('leaves columns out in their turn, and cuts what is left', () => {
    expect(headerAt(54)).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(headerAt(53)).toEqual(['A', 'B', 'C', 'E']);
    expect(headerAt(46)).toEqual(['A', 'B', 'E']);
    expect(headerAt(30)).toEqual(['A', 'B', 'E']);
    for (const width of [20, 21, 30, 46, 47, 54, 80, 120, 300])
      expect(Math.max(...table(columns, [long], screen(width)).map(displayWidth))).toBeLessThanOrEqual(width);
    expect(table(columns, [long], screen(80)).map(displayWidth)[1]).toBe(80);
  });

  test('is whole where a program reads', () => {
    expect(table(columns, [long], screen(undefined))[1]).toBe(`12345678  ${long}  cccc  dddd  ${long}`);
  });

  test('has no header without rows, and no control characters of strangers', () => {
    expect(table(columns, [], screen(80))).toEqual([]);
    expect(table(columns, ['\u001b[2J'], screen(80)).join('')).not.toContain('\u001b');
  });
});

const shown = (fields: Parameters<typeof alert>[1] = {}): AlertJson => alertJson(alert(1, fields)) as AlertJson;
const db = (instance: string) => ({
  ...{ source: 'alertmanager', origin: '', name: 'HighCPU', severity: 'critical' as const },
  ...{ labels: { instance }, annotations: { summary: `CPU of ${instance} is over 95 % for ten minutes by now` } },
});

describe('alerts', () => {
  test('in 80 columns: what tells two of one name apart is there', () => {
    const lines = alertTable([shown(db('db1:9100')), shown(db('db2:9100'))], screen(80));
    expect(lines).toEqual(
      [
        'SEV   SINCE  ALERT    INSTANCE  STATE   COUNT  ID        MESSAGE',
        'CRIT  14m    HighCPU  db1:9100  firing      3  00000001  CPU of db1:9100 is over…',
        'CRIT  14m    HighCPU  db2:9100  firing      3  00000001  CPU of db2:9100 is over…',
      ].map((line) => expect.stringContaining(line.slice(0, 30))),
    );
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(lines[1]).toContain('CPU of db1:9100');
    expect(lines[1]).toContain('00000001');
  });

  test('on a wide terminal with all columns, for programs whole', () => {
    const header = ALERT_COLUMNS.map((column) => column.header).join(' ');
    for (const width of [200, undefined])
      expect(alertTable([shown(db('db1:9100'))], screen(width))[0]?.replace(/ +/g, ' ')).toBe(header);
    expect(alertTable([shown()], screen(undefined))[1]).toContain('018bcfe5-6800-7000-8000-000000000001');
    expect(alertTable([shown()], screen(undefined))[1]).toContain(new Date(T - 1000).toISOString());
  });

  test.each([
    [shown({ severity: 'critical' }), '\u001b[31mCRIT\u001b[39m'],
    [shown(), '\u001b[33mWARN\u001b[39m'],
    [shown({ severity: 'info' }), '\u001b[34mINFO\u001b[39m'],
    [{ ...shown({ severity: 'critical' }), status: 'unknown' } as AlertJson, '\u001b[35mUNKN\u001b[39m'],
    [shown({ severity: 'critical', status: 'resolved', endedAt: T }), 'CRIT'],
  ])('say how bad they are by a word and a colour: %#', (one, word) => {
    expect(alertTable([one], screen(80, true))[1]?.startsWith(`${word}  `)).toBe(true);
  });
});

test('incidents say what is known of how many alerts', () => {
  const one = (fields: object) =>
    ({
      ...incidentJson({ ...incident(1), titleNow: 'Disk usage on web-1', unknownCount: 0 }),
      ...fields,
    }) as IncidentJson;
  const rows = [
    one({ firing_count: 1, unknown_count: 2, alert_count: 3 }),
    one({ firing_count: 0, unknown_count: 3, alert_count: 3 }),
    one({ firing_count: 0, status: 'resolved', unknown_count: 0 }),
    one({ status: 'acknowledged', acknowledged_by: 'mira' }),
  ];
  expect(incidentTable(rows, screen(80))).toEqual([
    'SEV   AGE  INCIDENT             FIRING             STATE     ID',
    'CRIT  14m  Disk usage on web-1  1 of 3, 2 unknown  open      00000001',
    'UNKN  14m  Disk usage on web-1  0 of 3, 3 unknown  open      00000001',
    'CRIT  14m  Disk usage on web-1  0 of 4             resolved  00000001',
    'CRIT  14m  Disk usage on web-1  3 of 4             ack mira  00000001',
  ]);
});
