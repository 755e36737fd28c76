import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeHubHome } from '../support/hub.ts';
import { startPeer } from '../support/peers.ts';
import {
  alertmanagerConfiguration,
  near,
  RECORDED,
  type Restart,
  type Step,
  TIMELINES,
  timelinesOf,
} from '../support/timelines.ts';
import { playTimelines, startTimelineReceiver, type TimelineReceiver } from '../support/timelines-played.ts';

// The same time lines, in real seconds, for a real Alertmanager and for a hub with its configuration: whether what is
// recorded of Alertmanager is still what it tells. `npm run compare`, on a machine that has nothing else to do; what `npm
// test` holds against the record plays on a clock of its own (tests/unit/notify/timelines.test.ts).
const SECONDS = 2;
// Retries are spread by chance on both sides; after a restart a hub has to start, and waits for the lease of a hub that was killed.
const RETRY_SECONDS = 16;

let receivers: readonly [TimelineReceiver, TimelineReceiver];
let told: Readonly<Record<string, readonly string[]>>;
let toldThere: Readonly<Record<string, readonly string[]>>;
const remove: (() => Promise<void>)[] = [];

beforeAll(async () => {
  receivers = [await startTimelineReceiver(), await startTimelineReceiver()];
  const played = await Promise.all([undefined, 'stop' as const, 'kill' as const].map(playBoth));
  told = Object.assign({}, ...played.map(([here]) => here));
  toldThere = Object.assign({}, ...played.map(([, there]) => there));
});
afterAll(async () => {
  for (const one of remove) await one();
  for (const receiver of receivers) await receiver.close();
});

/** Plays those with such a restart, or without any, to a hub and an Alertmanager of their own; gives what each was told. */
async function playBoth(restart: Restart | undefined) {
  const home = makeHubHome({ MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8', MONITOR_CHECKERS: '' });
  remove.push(home.remove);
  writeFileSync(join(home.folder, 'alertmanager.yml'), alertmanagerConfiguration(receivers[0].url));
  const imported = await home.run(['import', 'alertmanager', 'alertmanager.yml', '--json']);
  const { configuration, variables, lost } = JSON.parse(imported.stdout);
  expect(lost).toEqual([]);
  writeFileSync(join(home.folder, 'monitor.yaml'), JSON.stringify(configuration), { mode: 0o600 });
  const urls = variables.map(({ name }: { name: string }) => {
    const id = /^MONITOR_CHANNEL_(\w+)_URL$/.exec(name)?.[1];
    return [name, `${receivers[0].url}/${id}`];
  });
  let hub = await home.serve(Object.fromEntries(urls));
  const files = { 'alertmanager.yml': alertmanagerConfiguration(receivers[1].url) };
  const peer = await startPeer('prometheus-alertmanager', files);
  remove.push(peer.remove);
  const restartHub = async () => {
    await (restart === 'kill' ? hub.kill() : hub.stop());
    hub = await home.serve(Object.fromEntries(urls));
  };
  const restartPeer = () => peer.restart(restart === 'kill' ? 'SIGKILL' : 'SIGTERM');
  const here = { url: () => hub.url, ...(restart && { restart: restartHub }) };
  const there = { url: () => peer.url, ...(restart && { restart: restartPeer }) };
  const timelines = timelinesOf(restart);
  return Promise.all([playTimelines(timelines, here, receivers[0]), playTimelines(timelines, there, receivers[1])]);
}

const isRetried = (steps: readonly Step[]) => steps.some((step) => 'answer' in step);

test.each(TIMELINES)(
  '$id $what: the hub tells what Alertmanager tells, but for what is meant',
  ({ id, hub, steps, restart }) => {
    const expected = hub?.told ?? RECORDED[id];
    const isLate = restart !== undefined || isRetried(steps);
    const seconds = isLate ? RETRY_SECONDS : SECONDS;
    expect(near(told[id], expected, seconds)).toEqual(expected);
  },
);

test('what is recorded of Alertmanager is what it tells', () => {
  const found = Object.fromEntries(
    TIMELINES.map(({ id, steps }) => [
      id,
      near(toldThere[id], RECORDED[id], isRetried(steps) ? RETRY_SECONDS : SECONDS),
    ]),
  );
  expect(found).toEqual(RECORDED);
});
