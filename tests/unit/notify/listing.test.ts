import { afterEach, expect, test } from '@jest/globals';
import { openNoticeHub, policyOf } from '../../support/notice-hub.ts';
import { node } from '../../support/notice-world.ts';

let hub: ReturnType<typeof openNoticeHub>;
afterEach(() => hub.close());

const open = async (repeatMs: number) => {
  hub = openNoticeHub(
    policyOf({ root: node({ settings: { channels: ['ops'], groupWaitMs: 2000, groupIntervalMs: 3000, repeatMs } }) }),
  );
  await hub.start();
};
const second = (to: number) => hub.tick(to * 1000 - hub.now());
const told = () =>
  hub.said.map(({ message }) => ({
    phase: message.phase,
    lists: message.alerts.map(({ name, status }) => `${name} ${status}`),
    more: message.more,
    remarks: message.remarks,
    amends: message.amends,
  }));

test('each message lists what fires, and what has ended since the last one; it says how much of both is new', async () => {
  await open(60_000);
  await hub.say('firing', ['disk']);
  await hub.tick(500);
  await hub.say('firing', ['cpu']);
  await second(3);
  await hub.say('firing', ['load']);
  await hub.say('resolved', ['cpu']);
  await second(8);
  await hub.say('resolved', ['disk']);
  await second(70);
  await hub.say('firing', ['load'], 'critical');
  await second(75);
  await hub.say('resolved', ['load']);
  await second(80);
  await hub.say('firing', ['load']);
  await second(85);
  expect(told()).toEqual([
    { phase: 'firing', lists: ['cpu trouble firing', 'disk trouble firing'], more: 0, remarks: [], amends: false },
    {
      ...{ phase: 'firing', lists: ['load trouble firing', 'disk trouble firing', 'cpu trouble resolved'], more: 0 },
      ...{ remarks: ['since the last message: 1 more, 1 ended'], amends: false },
    },
    {
      ...{ phase: 'firing', lists: ['load trouble firing', 'disk trouble resolved'], more: 0 },
      // What has ended is no new trouble: a channel that edits needs no new message.
      ...{ remarks: ['since the last message: 1 ended'], amends: true },
    },
    { phase: 'reminder', lists: ['load trouble firing'], more: 0, remarks: [], amends: false },
    { phase: 'firing', lists: ['load trouble firing'], more: 0, remarks: ['it has become worse'], amends: false },
    expect.objectContaining({ phase: 'resolved', more: 0, amends: true }),
    { phase: 'firing', lists: ['load trouble firing'], more: 0, remarks: ['it fires again'], amends: false },
  ]);
});

test('of many the worst come first, however old, and the rest is counted', async () => {
  await open(60_000);
  await hub.say('firing', ['gate'], 'critical');
  const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
  await hub.tick(1000);
  await hub.say('firing', names);
  await second(2.5);
  await hub.say('resolved', names.slice(0, 3));
  await second(130);
  const [first, change, reminder] = told();
  expect(first).toMatchObject({ more: 11, lists: expect.arrayContaining(['gate trouble firing']) });
  expect(first?.lists[0]).toBe('gate trouble firing');
  expect(change).toMatchObject({ more: 11, remarks: ['since the last message: 3 ended'] });
  expect(reminder).toMatchObject({ phase: 'reminder', more: 8 });
  expect(reminder?.lists.filter((line) => line.endsWith('resolved'))).toEqual([]);
});
