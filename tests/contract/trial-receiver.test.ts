import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bindChannel, CHANNEL_NAMES } from '../../src/channels/registry.ts';
import { testMessage } from '../../src/core/notice/test-message.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createTrialReceiver, type TrialMessage } from '../../src/web/trial-receiver.ts';
import { channelCases, messageOf, replaced } from '../support/channel-fixtures.ts';
import { channelWorld } from '../support/channel-world.ts';

// Every channel that speaks HTTP, against the receiver for trying: what it is sent arrives, and is told in words.
const got: TrialMessage[] = [];
const receiver = createTrialReceiver({
  ...{ host: '127.0.0.1', port: 0, status: 200, delayMs: 0, clock: systemClock },
  onMessage: (message) => void got.push(message),
});
const world = channelWorld();
beforeAll(() => receiver.start());
afterAll(async () => {
  await world.http.close();
  await receiver.stop();
});

const HTTP = CHANNEL_NAMES.flatMap((name) => {
  const one = channelCases(name).find(([file]) => file === 'firing.json')?.[1];
  return one === undefined || one.target !== undefined ? [] : [[name, one] as const];
});

describe.each(HTTP)('%s', (name, one) => {
  const bind = () => {
    const url = `http://127.0.0.1:${receiver.address().port}`;
    return bindChannel(name, replaced(one.options, '{server}', url), world);
  };
  const attempt = { signal: new AbortController().signal };

  test('hands over an incident', async () => {
    expect(await (await bind()).deliver(messageOf(one), attempt)).toMatchObject({ ok: true });
    expect(got.at(-1)?.lines.join('\n')).toContain('CPU usage critical');
  });

  test('hands over a test, which says that it is one', async () => {
    const parts = {
      hub: { name: 'hub-1', url: '', marker: '' },
      channel: name,
      labels: { team: 'db' },
      severity: 'info',
    } as const;
    const message = testMessage({ ...parts, at: Date.UTC(2026, 2, 29, 12), key: 'c0ffee'.repeat(10) });
    expect(await (await bind()).deliver(message, attempt)).toMatchObject({ ok: true });
    expect(got.at(-1)?.lines.join('\n')).toMatch(/test/i);
  });
});

test('they are many', () => expect(HTTP.length).toBeGreaterThan(12));
