import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { leftOut, type Peer, startPeer } from '../support/peers.ts';
import { ROOT } from '../support/sources.ts';
import {
  alertmanagerConfiguration,
  playTimelines,
  startTimelineReceiver,
  TIMELINES,
  type TimelineReceiver,
} from '../support/timelines.ts';

// The same time lines for a real Alertmanager and for a hub with its configuration, which tell the same in the same body.
// What Alertmanager tells is recorded, so that the hub is held against it where that is not installed, too.
const missing = await leftOut('prometheus-alertmanager');
const only = missing === '' ? test : test.skip;
const RECORDED: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(ROOT, 'tests/fixtures/alertmanager/timelines.json'), 'utf8'),
);
// Of a machine that has much else to do; two messages of a time line are further apart.
const SECONDS = 2;

let home: HubHome;
let peer: Peer | undefined;
let receivers: readonly [TimelineReceiver, TimelineReceiver];
let told: Readonly<Record<string, readonly string[]>>;
let toldThere: Readonly<Record<string, readonly string[]>> = {};

beforeAll(async () => {
  receivers = [await startTimelineReceiver(), await startTimelineReceiver()];
  home = makeHubHome({ MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8', MONITOR_CHECKERS: '' });
  writeFileSync(join(home.folder, 'alertmanager.yml'), alertmanagerConfiguration(receivers[0].url));
  const imported = await home.run(['import', 'alertmanager', 'alertmanager.yml', '--json']);
  const { configuration, variables, lost } = JSON.parse(imported.stdout);
  expect(lost).toEqual([]);
  writeFileSync(join(home.folder, 'monitor.yaml'), JSON.stringify(configuration), { mode: 0o600 });
  const urls = variables.map(({ name }: { name: string }) => {
    const id = /^MONITOR_CHANNEL_(\w+)_URL$/.exec(name)?.[1];
    return [name, `${receivers[0].url}/${id}`];
  });
  const hub = await home.serve(Object.fromEntries(urls));
  if (missing === '') {
    const files = { 'alertmanager.yml': alertmanagerConfiguration(receivers[1].url) };
    peer = await startPeer('prometheus-alertmanager', files);
  }
  [told, toldThere] = await Promise.all([
    playTimelines(hub.url, receivers[0]),
    peer === undefined ? {} : playTimelines(peer.url, receivers[1]),
  ]);
}, 120_000);
afterAll(async () => {
  await peer?.remove();
  await home.remove();
  for (const receiver of receivers) await receiver.close();
});

/** Each message in its order, the seconds as they were expected where they are near enough. */
function near(found: readonly string[] = [], expected: readonly string[] = [], within = SECONDS): readonly string[] {
  return found.map((text, index) => {
    const wanted = expected[index] ?? '';
    const isNear = Math.abs(Number.parseInt(text, 10) - Number.parseInt(wanted, 10)) <= within;
    return isNear ? text.replace(/^\d+/, String(Number.parseInt(wanted, 10))) : text;
  });
}

test.each(TIMELINES)(
  '$id $what: the hub tells what Alertmanager tells, but for what is meant',
  ({ id, hub, within }) => {
    const expected = hub?.told ?? RECORDED[id];
    expect(near(told[id], expected, within)).toEqual(expected);
  },
);

test('what differs on purpose does differ, and stands in the page about Alertmanager', () => {
  const page = readFileSync(join(ROOT, 'docs/alertmanager.md'), 'utf8');
  for (const { id, what, hub } of TIMELINES) {
    if (hub === undefined) continue;
    expect(hub.told).not.toEqual(RECORDED[id]);
    const cells = [RECORDED[id], hub.told].map((list = []) => list.join('; '));
    expect(page).toContain(`| ${what} | ${cells[0]} | ${cells[1]} | ${hub.why} |`);
  }
});

only(`what is recorded of Alertmanager is what it tells${missing}`, () => {
  const found = Object.fromEntries(TIMELINES.map(({ id, within }) => [id, near(toldThere[id], RECORDED[id], within)]));
  expect(found).toEqual(RECORDED);
});
