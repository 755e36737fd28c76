import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { blocks } from '../support/pages.ts';
import { ROOT } from '../support/sources.ts';

// docs/adding-a-driver.md, followed to the letter in a copy of the sources: what stands in its blocks, and nothing else.
const PAGE = readFileSync(join(ROOT, 'docs/adding-a-driver.md'), 'utf8');
const SECRET = 'a-secret-of-the-smoke-detectors';
const OUTSIDE = ['node_modules', 'dist', '.git'];

/** A step of the page: the path in its heading, and its text. */
function step(number: number): { readonly path: string; readonly text: string } {
  const [, path = '', text = ''] =
    new RegExp(`^## ${number}\\. [^\`\n]*(?:\`(.+?)\`)?\n([\\s\\S]*?)(?=^## \\d|$(?![\\s\\S]))`, 'm').exec(PAGE) ?? [];
  return { path, text };
}
const only = (list: readonly string[]): string => {
  if (list.length !== 1) throw new Error(`the page has ${list.length} such blocks here`);
  return list[0] ?? '';
};
const FILE = step(1);
const LINE = step(2);
const FIXTURE = step(3);
/** Fixtures of the page, by the names that stand above them. */
const BODIES = [...FIXTURE.text.matchAll(/`(\w+\.json)`:\n\n```json\n([\s\S]*?)```/g)].map(
  ([, name = '', text = '']) => ({ path: `${FIXTURE.path}${name}`, text }),
);
const PAGE_OF_IT = step(4);
const WRITTEN = [FILE.path, LINE.path, PAGE_OF_IT.path, ...BODIES.map(({ path }) => path)];
const COMMANDS = only(blocks(step(5).text, 'sh'))
  .trim()
  .split('\n');

const root = mkdtempSync(join(tmpdir(), 'monitor-driver-'));
let home: HubHome | undefined;
let before: Map<string, string>;

/** Contents of all files of the copy, as digests by path. */
function files(): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const own = paths.filter((path) => !OUTSIDE.includes(path.split('/')[0] ?? ''));
  return new Map(
    own.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  );
}

function changed(): string[] {
  const after = files();
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .toSorted();
}

/** Runs a line of the page in the copy; what it prints is told when it fails. */
async function run(line: string): Promise<string> {
  const [program = '', ...args] = line.split(' ');
  const command = program === 'node' ? process.execPath : program;
  const env = { ...process.env, NODE_OPTIONS: '', CI: '1' };
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: root, env, maxBuffer: 1 << 26 });
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${line} failed:\n${stdout}\n${stderr}`);
  }
}

beforeAll(() => {
  for (const entry of readdirSync(ROOT).filter((name) => !OUTSIDE.includes(name)))
    cpSync(join(ROOT, entry), join(root, entry), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  before = files();
});
afterAll(async () => {
  await home?.remove();
  rmSync(root, { recursive: true, force: true });
});

test('the page has a file, one line, fixtures and a page', () => {
  expect(WRITTEN).toEqual([
    'src/drivers/smoke.ts',
    'src/drivers/list.ts',
    'docs/drivers/smoke.md',
    'tests/fixtures/drivers/smoke/alarm.json',
    'tests/fixtures/drivers/smoke/over.json',
  ]);
  expect(only(blocks(LINE.text, 'ts')).trim().split('\n')).toHaveLength(1);
});

test('they are all that is written', () => {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put(FILE.path, only(blocks(FILE.text, 'ts')));
  const list = readFileSync(join(root, LINE.path), 'utf8').split('\n');
  const line = only(blocks(LINE.text, 'ts')).trimEnd();
  // "The list is in alphabetical order."
  const at = list.findLastIndex((one) => /^ {2}\S+: async /.test(one) && one < line);
  put(LINE.path, list.toSpliced(at + 1, 0, line).join('\n'));
  for (const { path, text } of BODIES) put(path, text);
  put(PAGE_OF_IT.path, only(blocks(PAGE_OF_IT.text, 'md')));
  expect(changed()).toEqual(WRITTEN.toSorted());
});

test('its commands are green, and what they change is made from the sources', async () => {
  expect(COMMANDS.at(-1)).toBe('npm run check');
  const [fix = '', generate = '', build = '', tests = ''] = COMMANDS;
  await run(fix);
  expect(await run(generate)).toBe('');
  expect(changed()).toEqual(
    ['.env.sample', 'docs/configuration.md', 'docs/http-api.md', 'monitor.schema.json', ...WRITTEN].toSorted(),
  );
  await run(build);
  expect(await run(tests)).toMatch(/Tests: +[1-9]\d* passed, [1-9]\d* total/);
}, 300_000);

test('what is written is formatted, and free of faults that types tell', async () => {
  await run(`npx biome ci ${FILE.path} ${LINE.path}`);
  const told = await run('npx tsc --noEmit').catch((error: Error) => error.message);
  expect(told.split('\n').filter((line) => line.includes('smoke'))).toEqual([]);
}, 300_000);

test('the hub that is built takes the fixture, under the secret of the driver and no other', async () => {
  const { body, expect: expected } = JSON.parse(BODIES[0]?.text ?? '');
  home = makeHubHome({ WEBHOOK_SECRET_SMOKE: SECRET }, root);
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
