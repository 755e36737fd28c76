import { describe, expect, test } from '@jest/globals';
import { CHECKERS, type Selection, SelectionError, selectChecks } from '../../../src/checkers/registry.ts';

const chosen = (selection: Selection) =>
  selectChecks(selection).map(({ check, asked }) => `${check.name}${asked ? '!' : ''}`);
const BY_DEFAULT = ['cpu', 'memory', 'disk', 'load', 'network', 'temperature', 'reboot'];

function problems(selection: Selection): readonly string[] {
  try {
    selectChecks(selection);
    return [];
  } catch (error) {
    if (error instanceof SelectionError) return error.problems;
    throw error;
  }
}

describe('what is selected', () => {
  const plugins = { plugins: { raid: { command: ['check_raid'] }, ups: { command: ['check_ups'] } } };

  test.each<[string, Selection, string[]]>([
    ['the default set, not asked for', { options: {} }, BY_DEFAULT],
    ['no names are all of it', { names: [], options: {} }, BY_DEFAULT],
    [
      'what is configured, too, and asked for',
      { options: { cpu: { warning: 10 }, plugin: plugins } },
      ['cpu!', ...BY_DEFAULT.slice(1), 'plugin:raid!', 'plugin:ups!'],
    ],
    [
      'without what is set to false',
      { options: { cpu: false, temperature: true } },
      ['memory', 'disk', 'load', 'network', 'temperature!', 'reboot'],
    ],
    ['those named, in the order of the registry', { names: ['disk', 'cpu', 'disk'], options: {} }, ['cpu!', 'disk!']],
    ['one named though it is false', { names: ['cpu'], options: { cpu: false } }, ['cpu!']],
    ['a single check of a checker', { names: ['plugin:ups'], options: { plugin: plugins } }, ['plugin:ups!']],
    ['all checks of a checker', { names: ['plugin'], options: { plugin: plugins } }, ['plugin:raid!', 'plugin:ups!']],
    ['one that has nothing to look at yet', { names: ['process'], options: {} }, ['process!']],
    [
      'an empty entry of the configuration',
      { options: { service: null } },
      ['cpu', 'memory', 'disk', 'load', 'network', 'service!', 'temperature', 'reboot'],
    ],
  ])('%s', (_, selection, expected) => {
    expect(chosen(selection)).toEqual(expected);
  });
});

describe('what is refused, all at once', () => {
  const available = CHECKERS.map((checker) => checker.name)
    .toSorted()
    .join(', ');

  test('unknown names, with the nearest and all that there are', () => {
    expect(problems({ names: ['cpuu', 'disk', 'zzzzzzzz'], options: { memry: {} } })).toEqual([
      `checkers.memry: there is no checker "memry"; did you mean memory?; available: ${available}`,
      `there is no checker "cpuu"; did you mean cpu?; available: ${available}`,
      `there is no checker "zzzzzzzz"; available: ${available}`,
    ]);
  });

  test('wrong options, also of checkers that were not named', () => {
    const options = { cpu: { warnin: 1, critical: 'high' }, disk: { warning: 99 }, load: { timeout: '0s' }, reboot: 7 };
    expect(problems({ names: ['memory'], options })).toEqual([
      'checkers.cpu.critical: must be a number from 0 to 100, or null for none',
      'checkers.cpu.warnin: there is no such option; did you mean warning?; cpu has attempts, critical, for, interval, per_core, since_last_run, timeout, warning',
      'checkers.disk.warning: must not be beyond critical, which is 95 by default; set critical, too',
      'checkers.load.timeout: must be a time from 0.1 s to 300 s, such as 500ms, 10s or 2h',
      'checkers.reboot: must be options in the form "name: value", or false to leave it out',
    ]);
  });

  test('a check that is not configured', () => {
    expect(problems({ names: ['plugin:raid'], options: {} })).toEqual([
      'there is no check "plugin:raid"; configure it under checkers.plugin',
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString', ''])('the name %j', (name) => {
    expect(problems({ names: [name], options: {} })).toHaveLength(1);
  });
});
