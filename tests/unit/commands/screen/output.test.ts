import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { csvLines, outputOf } from '../../../../src/commands/screen/output.ts';
import { frame } from '../../../../src/commands/screen/watch.ts';

test.each([
  [{}, 'table'],
  [{ json: true }, 'json'],
  [{ output: 'csv' }, 'csv'],
  [{ output: 'json', json: true }, 'json'],
])('%j prints %s', (flags, form) => {
  expect(outputOf(flags)).toBe(form);
});

test.each([
  [{ output: 'xml' }, '--output must be one of table, json, csv, not "xml"'],
  [{ output: 'csv', json: true }, 'give either --json or --output, not both'],
])('%j is refused', (flags, message) => {
  expect(() => outputOf(flags)).toThrow(message);
});

test('CSV quotes what it must, and nothing in it is run by a spreadsheet', () => {
  const items = [
    { id: 'a', count: -1, labels: { team: 'db' }, text: 'say "hi",\nthen go', at: null },
    { id: '=HYPERLINK("http://x")', count: 2.5, more: '+1', list: [], text: '@x' },
  ];
  expect(csvLines(items)).toEqual([
    'id,count,labels,text,at,more,list',
    'a,-1,"{""team"":""db""}","say ""hi"",\nthen go",,,',
    '"\'=HYPERLINK(""http://x"")",2.5,,\'@x,,\'+1,[]',
  ]);
  expect(csvLines([])).toEqual([]);
});

test('a picture has as many lines as fit, and says how many do not', () => {
  const text = (rows: number) =>
    stripVTControlCharacters(frame(['one', 'two', 'three', 'four'], 'live', rows)).split('\n');
  expect(text(24)).toEqual(['one', 'two', 'three', 'four', 'live']);
  expect(text(6)).toEqual(['one', 'two', 'three', 'four', 'live']);
  expect(text(5)).toEqual(['one', 'two', '… 2 more lines', 'live']);
  expect(text(1)).toEqual(['… 4 more lines', 'live']);
});
