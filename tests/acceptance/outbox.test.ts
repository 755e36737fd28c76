import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let receiver: HttpReceiver;
let hub: Hub;
beforeEach(async () => {
  receiver = await startHttpReceiver();
  home = makeHubHome({ MONITOR_NOTIFY_URL: `${receiver.url}/hook`, MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1' });
});
afterEach(async () => {
  await home.remove();
  await receiver.close();
});

const send = async (status: 'firing' | 'resolved', name = 'disk full') => {
  const alert = { name, status, severity: 'critical', labels: { host: 'db1' }, fingerprint: name };
  await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
};
const outbox = (...args: readonly string[]) => home.run(['outbox', ...args], { MONITOR_URL: hub.url });
interface Listed {
  readonly id: string;
  readonly state: string;
  readonly title: string;
}
const listed = async (...args: readonly string[]) =>
  (JSON.parse((await outbox('list', '--json', ...args)).stdout) as { items: Listed[] }).items;
const told = () => receiver.requests.map(({ body }) => (JSON.parse(body) as { status: string }).status);

test('a dead letter is listed, shown with its answer, and sent again under the same key', async () => {
  receiver.reply = () => ({ status: 404 });
  hub = await home.serve();
  await send('firing');
  const [dead] = await eventually(async () => {
    const found = (await listed('--state', 'dead')).filter(({ title }) => title === 'disk full');
    expect(found).toHaveLength(1);
    return found;
  });
  const id = dead?.id ?? '';
  const table = (await outbox('list')).stdout;
  expect(table).toMatch(/^STATE +CHANNEL +SINCE +TRIES +NEXT +ID +WHAT$/m);
  expect(table).toMatch(/^dead +webhook .* [0-9a-f-]{36}:webhook +disk full: HTTP 404/m);
  const shown = (await outbox('show', id)).stdout;
  expect(shown).toMatch(/^state +dead \(dead_letter\)$/m);
  expect(shown).toMatch(/firing +1 +failed +\d+ ms +HTTP 404/);

  receiver.reply = () => ({ status: 200 });
  const retried = await outbox('retry', id, '--by', 'ann', '--reason', 'the hook is back');
  expect([retried.code, retried.stdout]).toEqual([0, 'webhook: disk full: is sent again now\n']);
  await eventually(async () => expect(await listed('--state', 'dead')).toEqual([]));
  const keys = receiver.requests
    .filter(({ body }) => body.includes('disk full'))
    .map(({ headers }) => headers['idempotency-key']);
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  const explained = await home.run(['explain', id.split(':')[0] ?? ''], { MONITOR_URL: hub.url });
  expect(explained.stdout.replace(/\s+/g, ' ')).toContain('webhook: to be sent again, by ann: the hook is back');
  await send('resolved');
  await eventually(() => expect(told().at(-1)).toBe('resolved'));
});

test('an end that was refused is sent again', async () => {
  hub = await home.serve();
  await send('firing');
  await eventually(() => expect(told()).toEqual(['firing']));
  receiver.reply = ({ body }) => ({ status: body.includes('"status":"resolved"') ? 404 : 200 });
  await send('resolved');
  await eventually(async () =>
    expect((await listed('--state', 'dead')).map(({ title }) => title)).toContain('disk full'),
  );
  receiver.reply = () => ({ status: 200 });
  expect((await outbox('retry', '--all', '--channel', 'webhook')).code).toBe(0);
  await eventually(async () => expect(await listed('--state', 'dead')).toEqual([]));
  expect(receiver.requests.filter(({ body }) => body.includes('"status":"resolved"')).length).toBeGreaterThan(1);
});

test('what is dropped is no dead letter any more, and is not told', async () => {
  receiver.reply = () => ({ status: 404 });
  hub = await home.serve();
  await send('firing');
  await eventually(async () => expect((await listed('--state', 'dead')).length).toBeGreaterThan(0));
  const dropped = await outbox('drop', '--all', '--reason', 'told by phone', '--by', 'ann', '--json');
  expect(JSON.parse(dropped.stdout)).toMatchObject({ items: [{ asked: 'drop' }] });
  await eventually(async () => expect(await listed('--state', 'dead')).toEqual([]));
  const [notice] = (await listed('--state', 'rest')).filter(({ title }) => title === 'disk full');
  expect(notice).toMatchObject({ dropped: { by: 'ann', comment: 'told by phone' } });
  const before = receiver.requests.length;
  await send('firing');
  const again = await outbox('drop', notice?.id ?? '', '--reason', 'again');
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('it has been dropped already')]);
  expect(receiver.requests).toHaveLength(before);
});

describe('the lists of the API', () => {
  test('notices and deliveries, with pages; what is wrong is told', async () => {
    receiver.reply = () => ({ status: 503 });
    hub = await home.serve();
    for (const name of ['a', 'b', 'c']) await send('firing', name);
    await eventually(async () => expect(await listed('--state', 'retry')).toHaveLength(3));
    const get = async (path: string) => {
      const { status, text } = await request(`${hub.url}/api/v1/${path}`, { method: 'GET' });
      return { status, body: JSON.parse(text) };
    };
    const titles: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await get(`notices?limit=1${cursor}`);
      titles.push(...body.items.map(({ title }: Listed) => title));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(titles).toEqual(['c', 'b', 'a']);
    const { body } = await get('deliveries?outcome=failed&limit=2');
    expect(body.items).toMatchObject([{ outcome: 'failed', channel: 'webhook', phase: 'firing' }, {}]);
    expect((await get(`deliveries?outcome=failed&cursor=${body.next_cursor}`)).body.items.length).toBeGreaterThan(0);
    expect(await get('notices?state=lost')).toMatchObject({ status: 400 });
    expect(await get('notices?cursor=YQ')).toMatchObject({ status: 400 });
    expect(await get('notices/none:webhook')).toMatchObject({ status: 404 });
    expect((await outbox('drop', 'x:webhook')).code).toBe(2);
    expect((await outbox('retry')).code).toBe(2);
    const drop = await request(`${hub.url}/api/v1/notices/${(await listed())[0]?.id}/drop`, {
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(drop).toMatchObject({ status: 422, text: expect.stringContaining('must say why') });
  });
});
