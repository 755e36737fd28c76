import { afterEach, describe, expect, test } from '@jest/globals';
import { bindChannel, CHANNEL_NAMES, channelOfUrl, loadChannel } from '../../src/channels/registry.ts';
import { channelWorld } from '../support/channel-world.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { sampleMessage } from '../support/notice.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const keep = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one);
  return one;
};
const receiver = async (): Promise<HttpReceiver> => keep(await startHttpReceiver());

function world(change: Parameters<typeof channelWorld>[0] = {}) {
  const doors = channelWorld(change);
  keep(doors.http);
  return doors;
}
const attempt = () => ({ signal: new AbortController().signal });

describe.each(CHANNEL_NAMES)('%s', (name) => {
  test('describes itself in a line, under the name of its file', async () => {
    const channel = await loadChannel(name);
    expect(channel?.name).toBe(name);
    expect(channel?.summary).toMatch(/^[A-Z][^\n]{10,120}$/);
  });
});

test('a plain address is sent the body of Alertmanager, with its idempotency key', async () => {
  const server = await receiver();
  const { name, options } = await channelOfUrl(`${server.url}/hook?a=b`);
  const channel = await bindChannel(name, options, world());
  const message = sampleMessage();
  expect(await channel.deliver(message, attempt())).toEqual({ ok: true, answer: 'HTTP 200' });
  const [request] = server.requests;
  expect(request).toMatchObject({ method: 'POST', path: '/hook?a=b' });
  expect(request?.headers).toMatchObject({ 'idempotency-key': message.key, 'content-type': 'application/json' });
  expect(JSON.parse(request?.body ?? '')).toMatchObject({ version: '4', receiver: 'ops', status: 'firing' });
});

test('a private address is refused unless it is allowed', async () => {
  const server = await receiver();
  const channel = await bindChannel('webhook', { url: server.url }, world({ networks: [] }));
  const result = await channel.deliver(sampleMessage(), attempt());
  expect(result).toMatchObject({ ok: false, kind: 'blocked', permanent: true });
  expect(server.connections()).toBe(0);
});
