import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { madeFiles } from '../../../src/commands/describe.ts';
import { COMMANDS } from '../../../src/commands/registry.ts';
import { ROOT } from '../../support/sources.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const files = await madeFiles(read);

describe('what is made from the sources is up to date (else: node scripts/generate.js)', () => {
  test.each(Object.keys(files))('%s', (path) => {
    expect(read(path)).toBe(files[path]);
  });
});

test('the page of commands has every command with an example', () => {
  const sections = (files['docs/cli.md'] ?? '').split('\n## ');
  for (const { name } of COMMANDS) {
    const own = sections.filter((section) => section.startsWith(`monitor ${name}`));
    expect(own.join('\n')).toMatch(/Examples?:/);
  }
});

test('every command that reads settings takes --config, and says so', async () => {
  const sections = (files['docs/cli.md'] ?? '').split('\n## ').filter((section) => !section.includes('Commands:'));
  // The receiver for trying goes by its flags alone, and what is made of the program is the same whatever is set.
  const others = [
    ...['monitor start', 'monitor notify receive', 'monitor deploy', 'monitor config schema'],
    ...['monitor completion', 'monitor manual'],
  ];
  const without = sections
    .slice(1)
    .filter((one) => !one.includes('--config <file>') && !others.some((name) => one.startsWith(name)));
  expect(without.map((section) => section.split('\n')[0])).toEqual([]);
});

test('a page without its marks is an error', async () => {
  await expect(madeFiles(() => '')).rejects.toThrow('the page lacks <!-- made: settings -->');
});
