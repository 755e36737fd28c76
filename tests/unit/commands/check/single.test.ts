import { describe, expect, test } from '@jest/globals';
import { CHECKERS, SelectionError, selectChecks } from '../../../../src/checkers/registry.ts';
import { onlyNamed } from '../../../../src/commands/check/single.ts';
import type { CheckResult } from '../../../../src/core/check.ts';

const item = (name: string, status: 'ok' | 'critical') => ({
  ...{ name, title: name, status, message: `${name} is ${status}`, metrics: { percent: 1 }, labels: {} },
});
const DISK: CheckResult = {
  ...{
    checker: 'disk',
    status: 'critical',
    message: '/srv is full',
    metrics: { mounts: 2 },
    checkedAt: 1,
    durationMs: 2,
  },
  items: [item('disk:/srv', 'critical'), item('disk:/var', 'ok')],
};
const CPU: CheckResult = { checker: 'cpu', status: 'ok', message: '', metrics: {}, checkedAt: 1, durationMs: 2 };

const named = (names: string[], results = [CPU, DISK]) => onlyNamed(results, names, CHECKERS);

describe('what was named is told', () => {
  test('a single thing in place of its check, with the state and figures of its own', () => {
    expect(named(['cpu', 'disk:/var'])).toEqual([
      CPU,
      {
        checker: 'disk:/var',
        status: 'ok',
        message: 'disk:/var is ok',
        metrics: { percent: 1 },
        checkedAt: 1,
        durationMs: 2,
      },
    ]);
  });

  test('two of them, each once, in the order of the names', () => {
    expect(named(['disk:/var', 'disk:/srv'], [DISK]).map((one) => one.checker)).toEqual(['disk:/var', 'disk:/srv']);
  });

  test.each([[['disk']], [['disk', 'disk:/var']], [[]]])(
    'the whole check where that was named, or nothing: %j',
    (names) => {
      expect(named(names)).toEqual([CPU, DISK]);
    },
  );

  test('one that was not seen is unknown, with those that were', () => {
    const [missing] = named(['disk:/vra'], [DISK]);
    expect(missing).toMatchObject({ checker: 'disk:/vra', status: 'unknown', metrics: {} });
    expect(missing?.message).toMatch(/no mount of this name.*there are: \/srv, \/var/);
  });

  test('where the check itself came to nothing, its reason is told', () => {
    const { items: _, ...failed } = { ...DISK, status: 'unknown' as const, message: 'no answer within 10 s' };
    expect(named(['disk:/var'], [failed])[0]?.message).toContain('no answer within 10 s');
  });
});

describe('names of single things choose their check', () => {
  const chosen = (names: string[], options = {}) =>
    selectChecks({ names, options, withItems: true }).map(({ check }) => check.name);

  test.each(CHECKERS.filter(({ items }) => items !== undefined).map(({ name }) => [name]))('%s', (name) => {
    expect(chosen([`${name}:any`])).toEqual([name]);
  });

  test('one that is a check of its own is that check', () => {
    const options = { network: { hosts: ['127.0.0.1:1'] } };
    const own = selectChecks({ names: ['network'], options }).map(({ check }) => check.name);
    for (const name of own.filter((one) => one.includes(':'))) expect(chosen([name], options)).toEqual([name]);
  });

  test.each(['cpu:x', 'plugin:x'])('%s: what tells no things apart has none', (name) => {
    expect(() => chosen([name])).toThrow(SelectionError);
  });

  test('an agent pushes whole checks only: what it does not name would seem gone', () => {
    expect(() => selectChecks({ names: ['disk:/var'], options: {} })).toThrow(SelectionError);
  });
});
