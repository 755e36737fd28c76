import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ask, items, request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let hub: Hub;
let last = 0;
beforeAll(async () => {
  home = makeHubHome();
  hub = await home.serve();
});
afterAll(() => home.remove());

/** Opens an incident of its own, and gives its id. */
async function open(): Promise<string> {
  last += 1;
  await send(`check ${last}`, 'firing');
  const [incident] = await items(hub.url, 'incidents?limit=1');
  return String(incident?.id);
}
async function send(name: string, status: string) {
  const body = JSON.stringify({ name, status, severity: 'critical', fingerprint: name, group_key: name });
  expect((await request(`${hub.url}/alerts/webhook/generic/`, { body })).status).toBe(200);
}
async function post(id: string, action: string, body: unknown = {}, headers: Record<string, string> = {}) {
  const { status, json } = await request(`${hub.url}/api/v1/incidents/${id}/${action}`, {
    ...{ method: 'POST', body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status, json: json as Record<string, unknown> & { action?: Record<string, unknown> } };
}
const kinds = async (id: string) =>
  ((await ask(hub.url, `incidents/${id}`)).events as { subject: string; kind: string }[])
    .filter(({ subject }) => subject === 'incident')
    .map(({ kind }) => kind);

describe('by the API', () => {
  let id: string;
  beforeEach(async () => {
    id = await open();
  });

  test('an incident is acknowledged, assigned, noted, shelved, resolved, reopened and closed, and its history says who', async () => {
    expect(await post(id, 'acknowledge', { by: 'alice', comment: 'on my way' })).toMatchObject({
      ...{ status: 200, json: { id, status: 'acknowledged', acknowledged_by: 'alice', action: { outcome: 'done' } } },
    });
    expect(await post(id, 'assign', { assignee: 'bob' })).toMatchObject({ status: 200, json: { assignee: 'bob' } });
    await post(id, 'note', { comment: 'a cable' });
    expect((await post(id, 'shelve', { for: '1h', by: 'bob' })).json.shelved_by).toBe('bob');
    expect((await post(id, 'unshelve')).json.shelved_until).toBeNull();
    expect((await post(id, 'unacknowledge')).json).toMatchObject({ status: 'open', acknowledged_by: null });
    expect((await post(id, 'resolve')).json).toMatchObject({ status: 'resolved', firing_count: 0 });
    expect((await post(id, 'reopen')).json.status).toBe('open');
    expect((await post(id, 'close')).json.status).toBe('closed');
    expect(await kinds(id)).toEqual([
      ...['opened', 'acknowledged', 'assigned', 'noted', 'shelved', 'unshelved', 'unacknowledged', 'resolved'],
      ...['reopened', 'closed'],
    ]);
  });

  test('the beginning of an id is enough, unless another begins so', async () => {
    expect((await post(id.slice(0, -1), 'acknowledge')).json.id).toBe(id);
    const other = await open();
    const several = await post(id.slice(0, 4), 'acknowledge');
    expect(several).toMatchObject({ status: 409, json: { reason: 'ambiguous_id' } });
    const { code, stderr } = await home.run(['incidents', 'ack', id.slice(0, 4)], { MONITOR_URL: hub.url });
    expect(code).toBe(1);
    for (const text of [JSON.stringify(several.json), stderr])
      for (const one of [id, other]) expect(text).toContain(one);
    expect((await ask(hub.url, `incidents/${id.slice(0, -1)}`)).id).toBe(id);
  });

  test('a request that is sent again under its key is done once, also by the next process', async () => {
    const again = () => post(id, 'note', { comment: 'once' }, { 'idempotency-key': 'k1' });
    const first = await again();
    await hub.kill();
    hub = await home.serve();
    expect(await again()).toEqual(first);
    expect((await kinds(id)).filter((kind) => kind === 'noted')).toHaveLength(1);
    expect(await post(id, 'resolve', {}, { 'idempotency-key': 'k1' })).toMatchObject({ status: 422 });
  });

  test.each<[string, RequestInit & { headers?: Record<string, string> }, number]>([
    ['no JSON', { body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['a form', { body: 'by=alice', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['a text, as pages of other sites may send it', { body: '{}', headers: { 'content-type': 'text/plain' } }, 415],
    ['a field that is none', { body: '{"id":"x"}', headers: { 'content-type': 'application/json' } }, 422],
    ['too much', { body: `{"comment":"${'a'.repeat(70_000)}"}`, headers: { 'content-type': 'application/json' } }, 413],
    ['a page of another site', { body: '{}', headers: { origin: 'https://evil.example.com' } }, 403],
  ])('%s is refused and changes nothing', async (_, { body, headers }, expected) => {
    const given = { method: 'POST', body: String(body), headers: headers ?? {} };
    const { status, json } = await request(`${hub.url}/api/v1/incidents/${id}/acknowledge`, given);
    expect([status, json?.status]).toEqual([expected, expected]);
    expect((await ask(hub.url, `incidents/${id}`)).status).toBe('open');
  });

  test('what is not possible is refused with its reason', async () => {
    await post(id, 'resolve');
    expect(await post(id, 'acknowledge')).toMatchObject({ status: 409, json: { reason: 'is_over', incident: { id } } });
    expect(await post('01a1fd96-f94d-7454-bbba-0b7460d066bd', 'resolve')).toMatchObject({ status: 404 });
  });

  test('a path of an action answers POST alone', async () => {
    const { status, headers } = await request(`${hub.url}/api/v1/incidents/${id}/acknowledge`, {});
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });
});

describe('by the command', () => {
  const monitor = (...args: string[]) => home.run(['incidents', ...args], { MONITOR_URL: hub.url });

  test('several at once, whoever is refused; the exit code says so', async () => {
    const [one, two] = [await open(), await open()];
    const acked = await monitor('ack', one, two, '--by', 'alice', '--comment', 'mine');
    expect([acked.code, acked.stdout.trim().split('\n')]).toEqual([
      0,
      [expect.stringMatching(/^check \d+: acknowledged by alice$/), expect.stringContaining('acknowledged by alice')],
    ]);
    await monitor('resolve', one);
    const mixed = await monitor('ack', one, two, '--by', 'bob', '--json');
    expect(mixed.code).toBe(1);
    expect(JSON.parse(mixed.stdout)).toMatchObject({
      items: [
        { id: one, error: expect.stringContaining('it is over') },
        { id: two, acknowledged_by: 'bob' },
      ],
    });
    expect(mixed.stderr).toContain(`${one}: it is over`);
  });

  test('every action, and the page of the incident says how it stands', async () => {
    const id = await open();
    const lines = [];
    for (const args of [
      ['assign', id, '--to', 'bob'],
      ['note', id, '--comment', 'a cable'],
      ['shelve', id, '--for', '2h', '--by', 'bob'],
      ['ack', id, '--by', 'carol'],
    ])
      lines.push((await monitor(...args)).stdout.trim().replace(/^.*?: /, ''));
    expect(lines).toEqual([
      'assigned to bob',
      'noted',
      expect.stringMatching(/^shelved until 2/),
      'acknowledged by carol',
    ]);
    const { stdout } = await monitor('show', id);
    expect(stdout).toMatch(/acknowledged\s+\S+ by carol/);
    expect(stdout).toMatch(/assigned to\s+bob/);
    expect(stdout).toMatch(/shelved until\s+\S+ by bob/);
    for (const args of [
      ['unshelve', id],
      ['unack', id],
      ['resolve', id],
      ['reopen', id],
      ['close', id],
    ])
      expect([args[0], (await monitor(...(args as [string]))).code]).toEqual([args[0], 0]);
    const again = await monitor('close', id);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('it is closed already')]);
  });

  test('by default it is who calls', async () => {
    const id = await open();
    const { stdout } = await monitor('ack', id, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ acknowledged_by: expect.stringMatching(/./) }] });
  });

  test.each([
    [['note', 'x'], /--comment TEXT/],
    [['shelve', 'x'], /--for TIME or --until TIME/],
    [['assign', 'x'], /--to <name>/],
    [['ack'], /ids, or filters such as/],
  ])('%j is a wrong call', async (args, message) => {
    const { code, stderr } = await monitor(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
