import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { copySources, only, type SourceCopy, stepsOf } from '../support/followed-page.ts';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { blocks } from '../support/pages.ts';
import { ROOT } from '../support/sources.ts';

// docs/adding-a-checker.md, -driver.md and -channel.md, followed to the letter, one after the other, in one copy of the
// sources: what stands in their blocks, and nothing else. A command that several of them name is run once for all.
const SECRET = 'a-secret-of-the-smoke-detectors';

interface Written {
  readonly path: string;
  readonly text: string;
}

interface Page {
  readonly kind: string;
  /** New files. */
  readonly files: readonly Written[];
  /** The registry, and what the page makes of it. */
  readonly registry: string;
  register(registry: string): string;
  readonly commands: readonly string[];
  /** Files that its commands make anew from the sources. */
  readonly made: readonly string[];
}

const stepOf = (kind: string) => stepsOf(readFileSync(join(ROOT, `docs/adding-a-${kind}.md`), 'utf8'));
const code = (text: string, language: string) => only(blocks(text, language));
const commandsOf = (text: string) => code(text, 'sh').trim().split('\n');
/** What stands below a path in the text. */
const named = (folder: string, text: string, pattern: RegExp): Written[] =>
  [...text.matchAll(pattern)].map(([, path = '', inner = '']) => ({ path: folder + path, text: inner }));

/** A line in a list that is in alphabetical order. */
function withLine(list: string, line: string): string {
  const lines = list.split('\n');
  const isEntry = (one: string) => /^ {2}\S+: async /.test(one);
  const next = lines.findIndex((one) => isEntry(one) && one > line);
  return lines.toSpliced(next === -1 ? lines.findLastIndex(isEntry) + 1 : next, 0, line).join('\n');
}

/** The registry with what the page shows of it: the line that imports the checker, and its place in the list. */
function withChecker(registry: string, shown: string): string {
  const [importLine = '', , ...list] = shown.trim().split('\n');
  const names = list.filter((line) => /^ {2}\w+,$/.test(line));
  const added = names.find((line) => !registry.includes(`\n${line}\n`));
  const before = added === undefined ? undefined : names[names.indexOf(added) - 1];
  if (added === undefined || before === undefined) throw new Error('the page adds nothing to the list');
  return `${importLine}\n${registry.replace(`\n${before}\n`, `\n${before}\n${added}\n`)}`;
}

function checkerPage(): Page {
  const step = stepOf('checker');
  const parts = named(step(3).path, step(3).text, /^`([\w./-]+)`[^\n]*:\n\n```(?:text|json)\n([\s\S]*?)```/gm);
  return {
    kind: 'checker',
    files: [{ path: step(1).path, text: code(step(1).text, 'ts') }, ...parts],
    registry: step(2).path,
    register: (registry) => withChecker(registry, code(step(2).text, 'ts')),
    commands: commandsOf(step(4).text),
    made: ['docs/configuration.md', 'monitor.schema.json'],
  };
}

function driverPage(): Page {
  const step = stepOf('driver');
  const bodies = named(step(3).path, step(3).text, /`(\w+\.json)`:\n\n```json\n([\s\S]*?)```/g);
  return {
    kind: 'driver',
    files: [
      { path: step(1).path, text: code(step(1).text, 'ts') },
      { path: step(4).path, text: code(step(4).text, 'md') },
      ...bodies,
    ],
    registry: step(2).path,
    register: (registry) => withLine(registry, code(step(2).text, 'ts').trimEnd()),
    commands: commandsOf(step(5).text),
    made: ['.env.sample', 'docs/configuration.md', 'docs/http-api.md', 'monitor.schema.json'],
  };
}

function channelPage(): Page {
  const step = stepOf('channel');
  return {
    kind: 'channel',
    files: [
      { path: step(1).path, text: code(step(1).text, 'ts') },
      { path: step(3).path, text: code(step(3).text, 'md') },
      { path: step(4).path, text: code(step(4).text, 'json') },
    ],
    registry: step(2).path,
    register: (registry) => withLine(registry, code(step(2).text, 'ts').trimEnd()),
    commands: commandsOf(step(5).text),
    made: ['monitor.schema.json'],
  };
}

const PAGES = [checkerPage(), driverPage(), channelPage()];
const writtenBy = ({ files, registry }: Page) => [...files.map(({ path }) => path), registry];

let copy: SourceCopy;
let home: HubHome | undefined;
beforeAll(() => {
  copy = copySources();
});
afterAll(async () => {
  await home?.remove();
  copy.remove();
});

test.each([
  ['checker', ['proc/sys/fs/file-nr', 'case.json'].map((path) => `tests/fixtures/checkers/handles/${path}`)],
  [
    'driver',
    ['docs/drivers/smoke.md', ...['alarm', 'over'].map((name) => `tests/fixtures/drivers/smoke/${name}.json`)],
  ],
  ['channel', ['docs/channels/bell.md', 'tests/fixtures/channels/bell/firing.json']],
])('the page of a %s has a file, one line and fixtures', (kind, others) => {
  const page = PAGES.find((one) => one.kind === kind);
  expect(page?.files.slice(1).map(({ path }) => path)).toEqual(others);
  const folder = `src/${kind}s`;
  expect([page?.files[0]?.path, page?.registry]).toEqual(
    {
      checker: [`${folder}/handles.ts`, `${folder}/registry.ts`],
      driver: [`${folder}/smoke.ts`, `${folder}/list.ts`],
      channel: [`${folder}/bell.ts`, `${folder}/list.ts`],
    }[kind],
  );
  expect(page?.commands.at(-1)).toBe('npm run check');
});

describe('followed', () => {
  test.each(PAGES)('they are all that is written: $kind', (page) => {
    const before = copy.changed();
    for (const { path, text } of page.files) copy.write(path, text);
    copy.write(page.registry, page.register(copy.read(page.registry)));
    expect(copy.changed().filter((path) => !before.includes(path))).toEqual(writtenBy(page).toSorted());
  });

  test('where a page does not format, its file is formatted as it stands', async () => {
    const unformatted = PAGES.filter(({ commands }) => !commands.includes('npm run fix'));
    for (const { files, registry } of unformatted) await copy.run(`npx biome ci ${files[0]?.path} ${registry}`);
  });

  test('their commands are green, and what they change is made from the sources', async () => {
    // The last is the whole of the checks, of which this test is a part.
    const commands = new Set(PAGES.flatMap((page) => page.commands.slice(0, -1)));
    const isOf = (kind: string) => (command: string) => command.includes(kind);
    const said = new Map<string, string>();
    for (const command of commands) {
      if (isOf('bin/monitor check')(command)) {
        const { checks } = JSON.parse(await copy.run(`${command} --json`)) as { checks?: readonly unknown[] };
        const status = expect.stringMatching(/^\w+$/);
        expect(checks).toEqual([expect.objectContaining({ checker: 'handles', status })]);
      } else said.set(command, await copy.run(command));
    }
    expect(said.get('node scripts/generate.js')).toBe('');
    const tests = [...said].filter(([command]) => command.includes('jest.js'));
    expect(tests.length).toBeGreaterThanOrEqual(PAGES.length);
    for (const [, output] of tests) expect(output).toMatch(/Tests: .*[1-9]\d* passed, [1-9]\d* total/);
    const all = PAGES.flatMap((page) => [...writtenBy(page), ...page.made]);
    expect(copy.changed()).toEqual([...new Set(all)].toSorted());
  }, 600_000);

  test('what is written is free of faults that types tell', async () => {
    // The types of all sources and tests take as long as all commands above; what the pages wrote is a small part of them.
    const written = PAGES.flatMap(writtenBy);
    const files = written.filter((path) => path.endsWith('.ts'));
    copy.write('tsconfig.written.json', JSON.stringify({ extends: './tsconfig.json', include: [], files }));
    const said = await copy.run('npx tsc --noEmit -p tsconfig.written.json').catch((error: Error) => error.message);
    const isAbout = (line: string) => written.some((path) => line.includes(path)) || /handles|smoke|bell/.test(line);
    expect(said.split('\n').filter(isAbout)).toEqual([]);
  }, 600_000);

  test('the hub that is built accepts the fixture, under the secret of the driver and no other', async () => {
    const fixture = PAGES.flatMap(({ files }) => files).find(({ path }) => path.endsWith('smoke/alarm.json'));
    const { body, expect: expected } = JSON.parse(fixture?.text ?? '');
    home = makeHubHome({ WEBHOOK_SECRET_SMOKE: SECRET }, copy.root);
    const hub = await home.serve();
    const send = (path: string, secret: string, value: unknown = body) =>
      request(`${hub.url}${path}`, { body: JSON.stringify(value), headers: { authorization: `Bearer ${secret}` } });
    expect((await send('/alerts/webhook/smoke/', `${SECRET}x`)).status).toBe(403);
    expect(await items(hub.url, 'alerts')).toEqual([]);
    expect((await send('/alerts/webhook/smoke/', SECRET)).json).toMatchObject({ status: 'success', alerts_created: 1 });
    const { startedAt, ...alert } = expected.alerts[0];
    const stored = await items(hub.url, 'alerts');
    expect(stored).toMatchObject([{ source: 'smoke', ...alert, started_at: startedAt }]);
    // Without a route it is told from all others, and its end closes it.
    expect((await send('/alerts/webhook/', SECRET, { ...body, alarm: false })).json).toMatchObject({
      alerts_resolved: 1,
    });
    const { stdout } = await home.run(['drivers', 'list', '--json']);
    expect(JSON.parse(stdout).items).toContainEqual(expect.objectContaining({ name: 'smoke', secret_set: true }));
  });
});
