import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copySources, only, type SourceCopy, stepsOf } from '../support/followed-page.ts';
import { blocks } from '../support/pages.ts';
import { ROOT } from '../support/sources.ts';

// docs/adding-a-checker.md, followed to the letter in a copy of the sources: what stands in its blocks, and nothing else.
const step = stepsOf(readFileSync(join(ROOT, 'docs/adding-a-checker.md'), 'utf8'));
const FILE = step(1);
const LINE = step(2);
const FIXTURE = step(3);
/** The small machine and what is expected of it, by the paths that stand above them. */
const PARTS = [...FIXTURE.text.matchAll(/^`([\w./-]+)`[^\n]*:\n\n```(?:text|json)\n([\s\S]*?)```/gm)].map(
  ([, path = '', text = '']) => ({ path: `${FIXTURE.path}${path}`, text }),
);
const WRITTEN = [FILE.path, LINE.path, ...PARTS.map(({ path }) => path)];
const COMMANDS = only(blocks(step(4).text, 'sh'))
  .trim()
  .split('\n');

let copy: SourceCopy;
beforeAll(() => {
  copy = copySources();
});
afterAll(() => copy.remove());

/** The registry with what the page shows of it: the line that imports the checker, and its place in the list. */
function registered(registry: string): string {
  const [importLine = '', , ...list] = only(blocks(LINE.text, 'ts')).trim().split('\n');
  const names = list.filter((line) => /^ {2}\w+,$/.test(line));
  const added = names.find((line) => !registry.includes(`\n${line}\n`));
  const before = added === undefined ? undefined : names[names.indexOf(added) - 1];
  if (added === undefined || before === undefined) throw new Error('the page adds nothing to the list');
  return `${importLine}\n${registry.replace(`\n${before}\n`, `\n${before}\n${added}\n`)}`;
}

test('the page has a file, one line and a fixture', () => {
  expect(WRITTEN).toEqual([
    'src/checkers/handles.ts',
    'src/checkers/registry.ts',
    'tests/fixtures/checkers/handles/proc/sys/fs/file-nr',
    'tests/fixtures/checkers/handles/case.json',
  ]);
});

test('they are all that is written', () => {
  copy.write(FILE.path, only(blocks(FILE.text, 'ts')));
  copy.write(LINE.path, registered(copy.read(LINE.path)));
  for (const { path, text } of PARTS) copy.write(path, text);
  expect(copy.changed()).toEqual(WRITTEN.toSorted());
});

test('its commands are green, and what they change is made from the sources', async () => {
  expect(COMMANDS.at(-1)).toBe('npm run check');
  const [fix = '', generate = '', build = '', tests = '', check = ''] = COMMANDS;
  await copy.run(fix);
  expect(await copy.run(generate)).toBe('');
  expect(copy.changed()).toEqual(['docs/configuration.md', 'monitor.schema.json', ...WRITTEN].toSorted());
  await copy.run(build);
  expect(await copy.run(tests)).toMatch(/Tests: +[1-9]\d* passed, [1-9]\d* total/);
  const { checks } = JSON.parse(await copy.run(`${check} --json`)) as { checks?: readonly unknown[] };
  expect(checks).toEqual([expect.objectContaining({ checker: 'handles', status: expect.stringMatching(/^\w+$/) })]);
}, 300_000);

test('what is written is formatted, and free of faults that types tell', async () => {
  await copy.run(`npx biome ci ${FILE.path} ${LINE.path}`);
  const told = await copy.run('npx tsc --noEmit').catch((error: Error) => error.message);
  expect(told.split('\n').filter((line) => /handles|registry/.test(line))).toEqual([]);
}, 300_000);
