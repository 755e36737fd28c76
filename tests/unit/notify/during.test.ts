import { expect, test } from '@jest/globals';
import { createZone } from '../../../src/core/time/zone.ts';
import { CHANNEL, openNoticeHub, policyOf } from '../../support/notice-hub.ts';
import { node } from '../../support/notice-world.ts';

test('when a route begins to match, what is open is told there; its end goes to all that heard of it', async () => {
  // The tests begin at 22:13:20.
  const interval = {
    name: 'night',
    rules: [{ zone: createZone('UTC'), times: [{ from: 22 * 60 + 14, to: 22 * 60 + 20 }] }],
  };
  const route = node({ place: 'night', during: [interval], settings: { channels: ['night'], groupWaitMs: 0 } });
  const hub = openNoticeHub(
    policyOf({
      root: node({ settings: { channels: ['ops'], groupWaitMs: 0, groupIntervalMs: 3000 }, routes: [route] }),
      channels: new Map([
        ['ops', CHANNEL],
        ['night', CHANNEL],
      ]),
    }),
  );
  const second = (to: number) => hub.tick(to * 1000 - hub.now());
  await hub.start();
  await hub.say('firing', ['disk']);
  await second(50);
  await hub.say('resolved', ['disk']);
  await second(60);
  await hub.say('firing', ['cpu']);
  await second(401);
  expect(hub.said.map(({ at, message }) => `${message.channel} ${message.phase} ${at / 1000}`)).toEqual([
    'ops firing 0',
    'night firing 40',
    'night resolved 50',
    'ops resolved 50',
    'night firing 60',
    'ops firing 400',
  ]);
  await hub.close();
});
