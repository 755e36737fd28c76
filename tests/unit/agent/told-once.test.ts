import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { notToldToday } from '../../../src/agent/told-once.ts';

const T = 1_700_000_000_000;
const DAY = 86_400_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-told-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a warning is told once a day, and another at once', async () => {
  const state = join(folder, 'state');
  expect(await notToldToday(state, ['a'], T)).toEqual(['a']);
  expect(await notToldToday(state, ['a'], T + 60_000)).toEqual([]);
  expect(await notToldToday(state, ['a', 'b'], T + 120_000)).toEqual(['b']);
  expect(await notToldToday(state, ['a', 'b'], T + DAY)).toEqual(['a']);
  expect(await notToldToday(state, [], T)).toEqual([]);
  expect(statSync(join(state, 'warnings.json')).mode & 0o777).toBe(0o600);
});

test.each([
  ['a clock that was ahead', JSON.stringify({ a: T + DAY })],
  ['a damaged file', '{"a":'],
  ['a file of another kind', '[1]'],
])('%s keeps nothing back', async (_, text) => {
  writeFileSync(join(folder, 'warnings.json'), text);
  expect(await notToldToday(folder, ['a'], T)).toEqual(['a']);
});

test('where nothing can be kept, everything is told', async () => {
  writeFileSync(join(folder, 'file'), '');
  for (let run = 0; run < 2; run += 1) expect(await notToldToday(join(folder, 'file'), ['a'], T)).toEqual(['a']);
});
