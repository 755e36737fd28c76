import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { CHECKERS } from '../../../../src/checkers/registry.ts';
import { type CheckFlags, namesOf, withFlags } from '../../../../src/commands/check/options.ts';
import { UsageError } from '../../../../src/commands/contract.ts';

const apply = (names: string[], flags: CheckFlags, configured: Record<string, unknown> = {}) =>
  withFlags(configured, names, flags, CHECKERS, parse);

function problems(names: string[], flags: CheckFlags): readonly string[] {
  try {
    apply(names, flags);
    return [];
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
}

test.each([
  [['cpu', 'disk'], undefined, ['cpu', 'disk']],
  [['cpu'], ' memory, cpu,,', ['cpu', 'memory']],
  [[], '', []],
])('names %j and --checkers %j', (args, list, names) => {
  expect(namesOf(args, list)).toEqual(names);
});

describe('--warning and --critical', () => {
  test('are for each named checker, over what is configured, which stays as it was', () => {
    const configured = Object.freeze({ cpu: Object.freeze({ warning: 10, interval: '1s' }), disk: false });
    expect(apply(['cpu', 'disk'], { warning: '60', critical: '80.5' }, configured)).toEqual({
      cpu: { warning: 60, critical: 80.5, interval: '1s' },
      disk: { warning: 60, critical: 80.5 },
    });
    expect(configured).toEqual({ cpu: { warning: 10, interval: '1s' }, disk: false });
  });

  test('are passed over by named checkers without them', () => {
    expect(apply(['cpu', 'reboot'], { warning: '60' })).toEqual({ cpu: { warning: 60 } });
  });

  test.each<[string[], CheckFlags, RegExp]>([
    [[], { warning: '60' }, /^--warning: name the checker/],
    [['reboot'], { critical: '1' }, /^--critical: reboot has no threshold/],
    [['cpu'], { warning: 'high' }, /^--warning: must be a number, not "high"/],
    [['cpu'], { warning: '' }, /^--warning: must be a number/],
  ])('%j with %j is refused', (names, flags, problem) => {
    expect(problems(names, flags)).toEqual([expect.stringMatching(problem)]);
  });

  test('of an unknown checker are left to the selection, which knows the names', () => {
    expect(apply(['cpuu'], { warning: '1' })).toEqual({});
  });
});

describe('--set', () => {
  test.each([
    ['disk.warning=85', { disk: { warning: 85 } }],
    ['disk.mounts=[/, "/my data"]', { disk: { mounts: ['/', '/my data'] } }],
    ['network.hosts=["[::1]:22", db:5432]', { network: { hosts: ['[::1]:22', 'db:5432'] } }],
    ['cpu.warning=null', { cpu: { warning: null } }],
    ['cpu.timeout=5s', { cpu: { timeout: '5s' } }],
    ['plugin.plugins.raid.command=["check", "a=b"]', { plugin: { plugins: { raid: { command: ['check', 'a=b'] } } } }],
  ])('%s', (written, options) => {
    expect(apply([], { set: [written] })).toEqual(options);
  });

  test('several keep what the others set', () => {
    expect(apply([], { set: ['cpu.warning=1', 'cpu.critical=2'] }, { cpu: { interval: '1s' } })).toEqual({
      cpu: { interval: '1s', warning: 1, critical: 2 },
    });
  });

  test.each(['cpu', 'cpu=1', 'cpu.warning', '=1', 'cpu.=1', '.warning=1'])('%s is refused', (written) => {
    expect(problems([], { set: [written] })).toEqual(['--set: must be checker.option=value, such as disk.warning=85']);
  });

  test('a value that is no YAML is refused without repeating it', () => {
    expect(problems([], { set: ['plugin.x=[hunter2'] })).toEqual([expect.not.stringContaining('hunter2')]);
  });

  test('a prototype cannot be reached', () => {
    const options = apply([], { set: ['__proto__.polluted=1', 'cpu.__proto__.polluted=1'] });
    expect(Object.keys(options)).toEqual(['__proto__', 'cpu']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

test('all problems are told at once', () => {
  expect(problems([], { warning: 'x', critical: '1', set: ['y'] })).toHaveLength(3);
});
