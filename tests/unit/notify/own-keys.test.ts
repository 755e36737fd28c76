import { expect, test } from '@jest/globals';
import { sha256 } from '../../../src/lib/crypto/digest.ts';
import { CHANNEL, openNoticeHub, policyOf } from '../../support/notice-hub.ts';
import { node } from '../../support/notice-world.ts';

test('a tool that keeps incidents is told by keys that this hub knows again, digests among them', async () => {
  const settings = { channels: ['pager', 'chat'], groupWaitMs: 0, groupIntervalMs: 1000, repeatMs: 3_600_000 };
  const hub = openNoticeHub(
    policyOf({
      root: node({ settings }),
      channels: new Map([
        ['pager', { ...CHANNEL, keepsIncidents: true, rate: { burst: 2, perMinute: 1 } }],
        ['chat', { ...CHANNEL, rate: { burst: 2, perMinute: 1 } }],
      ]),
    }),
  );
  await hub.start();
  for (const name of ['a', 'b', 'c', 'd', 'e']) await hub.say('firing', [name], 'warning', name);
  await hub.tick(120_000);
  const keyOf = ({ message }: (typeof hub.said)[number]) =>
    message.phase === 'digest' ? message.key : message.incident.dedupKey;
  const keysOf = (channel: string) => hub.said.filter(({ message }) => message.channel === channel).map(keyOf);
  const pager = keysOf('pager');
  expect(hub.said.some(({ message }) => message.channel === 'pager' && message.phase === 'digest')).toBe(true);
  const known = async (keys: readonly string[]) =>
    (await hub.store.transaction((tx) => tx.findOwnKeys(keys))).map(({ key }) => key);
  expect([...(await known(pager))].sort()).toEqual([...new Set(pager)].sort());
  const digests = hub.said.filter(({ message }) => message.channel === 'chat' && message.phase === 'digest');
  expect(await known([sha256('other'), ...digests.map(keyOf).filter((key) => !pager.includes(key))])).toEqual([]);
  await hub.close();
});
