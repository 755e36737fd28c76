import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { copySources, only, type SourceCopy, stepsOf } from '../support/followed-page.ts';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { blocks } from '../support/pages.ts';
import { ROOT } from '../support/sources.ts';

// docs/adding-a-driver.md, followed to the letter in a copy of the sources: what stands in its blocks, and nothing else.
const step = stepsOf(readFileSync(join(ROOT, 'docs/adding-a-driver.md'), 'utf8'));
const SECRET = 'a-secret-of-the-smoke-detectors';
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

let copy: SourceCopy;
let home: HubHome | undefined;
beforeAll(() => {
  copy = copySources();
});
afterAll(async () => {
  await home?.remove();
  copy.remove();
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
  copy.write(FILE.path, only(blocks(FILE.text, 'ts')));
  const list = copy.read(LINE.path).split('\n');
  const line = only(blocks(LINE.text, 'ts')).trimEnd();
  // "The list is in alphabetical order."
  const at = list.findLastIndex((one) => /^ {2}\S+: async /.test(one) && one < line);
  copy.write(LINE.path, list.toSpliced(at + 1, 0, line).join('\n'));
  for (const { path, text } of BODIES) copy.write(path, text);
  copy.write(PAGE_OF_IT.path, only(blocks(PAGE_OF_IT.text, 'md')));
  expect(copy.changed()).toEqual(WRITTEN.toSorted());
});

test('its commands are green, and what they change is made from the sources', async () => {
  expect(COMMANDS.at(-1)).toBe('npm run check');
  const [fix = '', generate = '', build = '', tests = ''] = COMMANDS;
  await copy.run(fix);
  expect(await copy.run(generate)).toBe('');
  expect(copy.changed()).toEqual(
    ['.env.sample', 'docs/configuration.md', 'docs/http-api.md', 'monitor.schema.json', ...WRITTEN].toSorted(),
  );
  await copy.run(build);
  expect(await copy.run(tests)).toMatch(/Tests: +[1-9]\d* passed, [1-9]\d* total/);
}, 300_000);

test('what is written is formatted, and free of faults that types tell', async () => {
  await copy.run(`npx biome ci ${FILE.path} ${LINE.path}`);
  const told = await copy.run('npx tsc --noEmit').catch((error: Error) => error.message);
  expect(told.split('\n').filter((line) => line.includes('smoke'))).toEqual([]);
}, 300_000);

test('the hub that is built takes the fixture, under the secret of the driver and no other', async () => {
  const { body, expect: expected } = JSON.parse(BODIES[0]?.text ?? '');
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
