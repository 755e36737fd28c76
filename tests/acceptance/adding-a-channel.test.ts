import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copySources, only, type SourceCopy, stepsOf } from '../support/followed-page.ts';
import { blocks } from '../support/pages.ts';
import { ROOT } from '../support/sources.ts';

// docs/adding-a-channel.md, followed to the letter in a copy of the sources: what stands in its blocks, and nothing else.
const step = stepsOf(readFileSync(join(ROOT, 'docs/adding-a-channel.md'), 'utf8'));
const [FILE, LINE, PAGE, FIXTURE] = [step(1), step(2), step(3), step(4)];
const WRITTEN = [FILE.path, LINE.path, PAGE.path, FIXTURE.path];
const COMMANDS = only(blocks(step(5).text, 'sh'))
  .trim()
  .split('\n');

let copy: SourceCopy;
beforeAll(() => {
  copy = copySources();
});
afterAll(() => copy.remove());

test('the page has a file, one line, a page and a fixture', () => {
  expect(WRITTEN).toEqual([
    'src/channels/bell.ts',
    'src/channels/list.ts',
    'docs/channels/bell.md',
    'tests/fixtures/channels/bell/firing.json',
  ]);
  expect(only(blocks(LINE.text, 'ts')).trim().split('\n')).toHaveLength(1);
});

test('they are all that is written', () => {
  copy.write(FILE.path, only(blocks(FILE.text, 'ts')));
  const list = copy.read(LINE.path).split('\n');
  const line = only(blocks(LINE.text, 'ts')).trimEnd();
  // "The list is in alphabetical order."
  const at = list.findIndex((one) => /^ {2}\S+: async /.test(one) && one > line);
  copy.write(LINE.path, list.toSpliced(at, 0, line).join('\n'));
  copy.write(PAGE.path, only(blocks(PAGE.text, 'md')));
  copy.write(FIXTURE.path, only(blocks(FIXTURE.text, 'json')));
  expect(copy.changed()).toEqual(WRITTEN.toSorted());
});

test('its commands are green, and nothing else changes', async () => {
  expect(COMMANDS.at(-1)).toBe('npm run check');
  for (const command of COMMANDS.slice(0, -2)) await copy.run(command);
  // Its options stand in the schema of the configuration, which is generated.
  expect(copy.changed()).toEqual(['monitor.schema.json', ...WRITTEN].toSorted());
  expect(await copy.run(COMMANDS.at(-2) ?? '')).toMatch(/Tests: +[1-9]\d* passed, [1-9]\d* total/);
}, 300_000);

test('what is written is formatted, and free of faults that types tell', async () => {
  await copy.run(`npx biome ci ${FILE.path} ${LINE.path}`);
  const told = await copy.run('npx tsc --noEmit').catch((error: Error) => error.message);
  expect(told.split('\n').filter((line) => line.includes('bell'))).toEqual([]);
}, 300_000);
