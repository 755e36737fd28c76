import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import { ask, items, push, request, wire } from '../support/cluster-push.ts';
import { eventually, type HubHome, makeHubHome } from '../support/hub.ts';
import { ROOT } from '../support/sources.ts';

const Database = loadDriver();
const END_ENGINE = pathToFileURL(join(ROOT, 'tests/fixtures/programs/end-engine.js')).href;

let home: HubHome;
afterEach(() => home.remove());

test.each([
  ['exception', /the engine has ended: a fault of the engine/],
  ['rejection', /the engine has ended: a promise that nobody awaited/],
  ['exit', /the engine has ended with code 7/],
  ['memory', /the engine has ended: .*memory/],
])(
  'a dead engine (%s) ends the process, with one line that says why, and keeps what was acknowledged',
  async (way, reason) => {
    home = makeHubHome({ MONITOR_LIMITS_REQUESTS_PER_SECOND: '1000000', MONITOR_LIMITS_BURST: '1000000' });
    const when = join(home.folder, 'now');
    const hub = await home.serve({
      ...{ END_ENGINE: way, END_ENGINE_WHEN: when, NODE_OPTIONS: `--import ${END_ENGINE} --max-old-space-size=100` },
    });
    const acknowledged: string[] = [];
    const sender = async (who: number) => {
      for (let index = 0; ; index += 1) {
        const name = `alert-${who}-${index}`;
        const answer = await push(hub.url, `web-${who}`, [wire(name)]).catch(() => null);
        if (answer === null) return;
        expect(answer.status).toBe(200);
        acknowledged.push(name);
        if (acknowledged.length === 50) writeFileSync(when, '');
      }
    };
    await Promise.all([0, 1, 2, 3].map(sender));
    const { code, stderr } = await hub.ended;
    expect(code).toBe(1);
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => !/"level":"info"/.test(line));
    expect(lines).toEqual([expect.stringMatching(reason)]);
    const again = await home.serve();
    const kept = new Set<unknown>();
    for (let cursor: unknown = ''; cursor !== null; ) {
      const page = await ask(again.url, `alerts?source=cluster&limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
      for (const { fingerprint } of page.items as { fingerprint: string }[]) kept.add(fingerprint);
      cursor = page.next_cursor;
    }
    expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
  },
);

test('while another process holds the lock of the store the hub answers: that it lives, who may push, what it holds', async () => {
  home = makeHubHome();
  const hub = await home.serve();
  expect((await push(hub.url, 'web-1', [wire('before')])).status).toBe(200);
  const other = new Database(join(home.state, 'monitor.db'));
  other.exec('BEGIN IMMEDIATE');
  const waiting = push(hub.url, 'web-1', [wire('meanwhile')]);
  let isWaiting = true;
  void waiting.then(() => {
    isWaiting = false;
  });
  const seen: unknown[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    seen.push((await request(`${hub.url}/healthz`)).status);
    seen.push((await items(hub.url, 'alerts?source=cluster')).length);
    const stranger = await push(hub.url, 'web-1', [wire('other')], { key: 'k0' });
    seen.push(stranger.status);
  }
  expect([...new Set(seen)].toSorted()).toEqual([1, 200, 403]);
  expect(isWaiting).toBe(true);
  other.exec('COMMIT');
  expect((await waiting).status).toBe(200);
  other.close();
  await eventually(async () => expect((await items(hub.url, 'alerts?source=cluster')).length).toBe(2));
  expect((await hub.stop()).code).toBe(0);
});
