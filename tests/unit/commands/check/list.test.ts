import { expect, test } from '@jest/globals';
import { CHECKERS } from '../../../../src/checkers/registry.ts';
import { listEntry, listText } from '../../../../src/commands/check/list.ts';

const entries = CHECKERS.map((checker) => listEntry(checker, checker.name === 'temperature' ? 'no sensor' : null));

test('a line a checker, with what this machine lacks', () => {
  const lines = listText(entries, false);
  expect(lines).toHaveLength(CHECKERS.length);
  expect(lines).toContainEqual(
    expect.stringMatching(/^temperature {2}default {4}.* \(not available here: no sensor\)$/),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^service {6}on demand {2}\S/));
});

test('of named ones every option, with its default as it would be written', () => {
  const lines = listText(
    entries.filter((entry) => entry.name === 'cpu'),
    true,
  );
  expect(lines).toEqual([
    expect.stringMatching(/^cpu {2}default/),
    expect.stringMatching(/^ {2}warning +.* \[70\]$/),
    expect.stringMatching(/^ {2}critical +.* \[90\]$/),
    expect.stringMatching(/^ {2}interval +.* \[300ms\]$/),
    expect.stringMatching(/^ {2}since_last_run {2}.* \[10m\]$/),
    expect.stringMatching(/^ {2}per_core +.* \[false\]$/),
    expect.stringMatching(/^ {2}attempts +.* \[3\]$/),
    expect.stringMatching(/^ {2}for +.* \[0s\]$/),
    expect.stringMatching(/^ {2}timeout +.* \[10s\]$/),
  ]);
});

test('entries are JSON', () => {
  expect(JSON.parse(JSON.stringify(entries))).toEqual(entries);
});
