import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { casesFrom } from '../../src/commands/rules/cases.ts';
import { RULE_KINDS } from '../../src/rule-kinds/registry.ts';
import { runCase } from '../../src/rules/cases.ts';
import { ROOT } from '../support/sources.ts';

const FOLDER = join(ROOT, 'tests/fixtures/rule-kinds');

test('there is a table of cases for each kind, and for nothing else', () => {
  const files = readdirSync(FOLDER).map((file) => file.replace('.yaml', ''));
  expect(files.sort()).toEqual(RULE_KINDS.map(({ name }) => name).sort());
});

describe.each(RULE_KINDS)('$name', ({ name }) => {
  const { rules, cases } = casesFrom(join(FOLDER, `${name}.yaml`));

  test('has rules of its kind', () => {
    expect(rules?.some(({ kind }) => kind === name)).toBe(true);
  });

  test.each(cases)('$name', (one) => {
    expect(one.states.length).toBeGreaterThan(0);
    expect(runCase(rules ?? [], one).differences).toEqual([]);
  });
});
