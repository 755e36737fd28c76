import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { type Peer, startPeer } from '../support/peers.ts';
import { alertmanagerConfiguration, near, RECORDED, TIMELINES } from '../support/timelines.ts';
import { playTimelines, startTimelineReceiver, type TimelineReceiver } from '../support/timelines-played.ts';

// The same time lines, in real seconds, for a real Alertmanager and for a hub with its configuration: whether what is
// recorded of Alertmanager is still what it tells. `npm run compare`, on a machine that has nothing else to do; what `npm
// test` holds against the record plays on a clock of its own (tests/unit/notify/timelines.test.ts).
const SECONDS = 2;
// The retries of a hub are spread by chance.
const RETRY_SECONDS = 16;

let home: HubHome;
let peer: Peer;
let receivers: readonly [TimelineReceiver, TimelineReceiver];
let told: Readonly<Record<string, readonly string[]>>;
let toldThere: Readonly<Record<string, readonly string[]>>;

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
  const files = { 'alertmanager.yml': alertmanagerConfiguration(receivers[1].url) };
  peer = await startPeer('prometheus-alertmanager', files);
  [told, toldThere] = await Promise.all([playTimelines(hub.url, receivers[0]), playTimelines(peer.url, receivers[1])]);
});
afterAll(async () => {
  await peer?.remove();
  await home.remove();
  for (const receiver of receivers) await receiver.close();
});

test.each(TIMELINES)(
  '$id $what: the hub tells what Alertmanager tells, but for what is meant',
  ({ id, hub, steps }) => {
    const expected = hub?.told ?? RECORDED[id];
    const seconds = steps.some((step) => 'answer' in step) ? RETRY_SECONDS : SECONDS;
    expect(near(told[id], expected, seconds)).toEqual(expected);
  },
);

test('what is recorded of Alertmanager is what it tells', () => {
  const found = Object.fromEntries(TIMELINES.map(({ id }) => [id, near(toldThere[id], RECORDED[id], SECONDS)]));
  expect(found).toEqual(RECORDED);
});
