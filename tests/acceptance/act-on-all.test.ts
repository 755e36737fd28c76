import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { startMonitor } from '../support/run-monitor.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

// One action on all incidents that a filter finds, on both engines.

type Json = Record<string, unknown> & { items: readonly Record<string, unknown>[] };

describe.each(['sqlite', 'postgres'])('on %s', (engine) => {
  let home: HubHome;
  let hub: Hub;
  let server: SharedPostgres | undefined;
  beforeAll(async () => {
    home = makeHubHome({ MONITOR_CHECKERS: '', MONITOR_LIMITS_BURST: '100000' });
    server = engine === 'postgres' ? await sharedPostgres() : undefined;
    hub = await home.serve(server === undefined ? {} : { DATABASE_URL: await server.createStore() });
  });
  afterAll(async () => {
    await hub.stop();
    await home.remove();
    await server?.dropAll();
  });

  /** Opens incidents of a team of their own. */
  const open = async (team: string, count: number) => {
    const alerts = Array.from({ length: count }, (_, number) => ({
      ...{ name: `${team} ${number}`, fingerprint: `${team}-${number}`, group_key: `${team}-${number}` },
      ...{ status: 'firing', severity: number === 0 ? 'critical' : 'warning', labels: { team } },
    }));
    const body = JSON.stringify({ alerts });
    expect((await request(`${hub.url}/alerts/webhook/generic/`, { body })).status).toBe(200);
  };
  const act = async (body: object, headers: Record<string, string> = {}) => {
    const answer = await request(`${hub.url}/api/v1/incidents/actions`, {
      ...{ body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } },
    });
    return { status: answer.status, json: answer.json as Json };
  };
  const statuses = async (team: string) =>
    (await items(hub.url, `incidents?label=team=${team}&limit=500`)).map(({ status }) => status);

  test('a dry run tells which ones these are; then each is done and answered', async () => {
    await open('dry', 3);
    const asked = { action: 'acknowledge', filter: { label: 'team=dry' }, by: 'ann', comment: 'all of them' };
    const planned = await act({ ...asked, dry_run: true });
    expect(planned).toMatchObject({ status: 200, json: { dry_run: true, matched: 3, done: 0, next_cursor: null } });
    expect(planned.json.items.map(({ outcome }) => outcome)).toEqual(['planned', 'planned', 'planned']);
    expect(await statuses('dry')).toEqual(['open', 'open', 'open']);
    const done = await act(asked);
    expect(done.json).toMatchObject({ matched: 3, done: 3, unchanged: 0, refused: 0 });
    expect(done.json.items.map(({ id, title }) => [id, title])).toEqual(
      planned.json.items.map(({ id, title }) => [id, title]),
    );
    expect(await items(hub.url, 'incidents?label=team=dry&severity=critical')).toMatchObject([
      { status: 'acknowledged', acknowledged_by: 'ann' },
    ]);
    // What somebody has already is not found again, unless it is asked for.
    expect((await act(asked)).json).toMatchObject({ matched: 0, items: [] });
    const again = { ...asked, filter: { ...asked.filter, status: 'acknowledged' } };
    expect((await act(again)).json).toMatchObject({ matched: 3, done: 0, unchanged: 3 });
  });

  test('more than fit are done in turns, each once, and no other', async () => {
    await open('turns', 7);
    await open('others', 2);
    const asked = { action: 'note', comment: 'seen', filter: { label: ['team=turns'], severity: 'warning' }, limit: 4 };
    const first = await act(asked);
    expect(first.json).toMatchObject({ matched: 6, done: 4 });
    const second = await act({ ...asked, cursor: first.json.next_cursor });
    expect(second.json).toMatchObject({ matched: 6, done: 2, next_cursor: null });
    const ids = [...first.json.items, ...second.json.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(6);
    const noted = (await items(hub.url, 'events?kind=noted&limit=500')).map(({ subject_id: id }) => id);
    expect(noted.filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted());
  });

  test('a request with a key is done once, to those that it found then', async () => {
    await open('once', 2);
    const asked = { action: 'note', comment: 'seen', filter: { label: 'team=once', since: '1h' } };
    const key = { 'idempotency-key': randomUUID() };
    const first = await act(asked, key);
    await open('once', 4);
    expect((await act(asked, key)).json).toEqual(first.json);
    expect(first.json.items).toHaveLength(2);
    expect((await act({ ...asked, comment: 'other' }, key)).status).toBe(422);
    const [id] = first.json.items.map((item) => item.id);
    expect(await items(hub.url, `events?kind=noted&subject_id=${id}`)).toHaveLength(1);
  });

  test('one that is refused keeps no other from it, and an id that is not there is told', async () => {
    await open('mixed', 2);
    const [one, two] = (await items(hub.url, 'incidents?label=team=mixed')).map(({ id }) => String(id));
    await request(`${hub.url}/api/v1/incidents/${one}/close`, { method: 'POST' });
    const none = randomUUID();
    const { json } = await act({ action: 'acknowledge', ids: [one, two, none, two] });
    expect(json).toMatchObject({ done: 1, refused: 2 });
    const told = new Map(json.items.map(({ id, reason }) => [id, reason]));
    expect([told.get(one), told.get(two), told.get(none)]).toEqual(['is_over', 'asked', 'not_found']);
  });

  test.each([
    ['no action', { filter: { status: 'open' } }, 'action'],
    ['another action', { action: 'explode', filter: { status: 'open' } }, 'action'],
    ['neither filter nor ids', { action: 'close' }, 'filter'],
    ['both', { action: 'close', filter: { status: 'open' }, ids: [randomUUID()] }, 'filter'],
    ['a filter of nothing', { action: 'close', filter: {} }, 'filter'],
    ['an empty search', { action: 'close', filter: { q: '  ' } }, 'filter'],
    ['a filter that there is not', { action: 'close', filter: { status: 'open', servity: 'x' } }, 'filter.servity'],
    ['a label that is none', { action: 'close', filter: { label: 'team' } }, 'filter.label'],
    ['a number as a text', { action: 'close', filter: { name: 5 } }, 'filter.name'],
    ['a span that is none', { action: 'close', filter: { since: 'yesterday' } }, 'filter.since'],
    ['too many', { action: 'close', filter: { status: 'open' }, limit: 501 }, 'limit'],
    ['no ids', { action: 'close', ids: [] }, 'ids'],
    ['an id that is none', { action: 'close', ids: ["' OR 1=1"] }, 'ids.0'],
    ['a cursor of another list', { action: 'close', filter: { status: 'open' }, cursor: 'eA' }, 'cursor'],
    ['a note without words', { action: 'note', filter: { status: 'open' } }, 'comment'],
    ['no time to shelve for', { action: 'shelve', filter: { status: 'open' } }, 'until'],
    ['a field of another action', { action: 'close', filter: { status: 'open' }, assignee: 'bob' }, 'assignee'],
  ])('%s is refused, and nothing is done', async (_, body, path) => {
    const { status, json } = await act(body);
    expect([status, (json.errors as { path: string }[] | undefined)?.map((error) => error.path)]).toEqual([
      422,
      [path],
    ]);
  });

  test('the command does the same, after a dry run', async () => {
    await open('shell', 3);
    const run = (...args: string[]) =>
      startMonitor(['incidents', ...args], home.folder, { MONITOR_URL: hub.url }).ended;
    await eventually(async () => expect(await items(hub.url, 'incidents?q=shell')).toHaveLength(3));
    const dry = await run('ack', '--search', 'shell', '--dry-run');
    expect(dry.stdout.trim().split('\n').at(-1)).toBe('3 found, nothing was done');
    const done = await run('ack', '--label', 'team=shell', '--by', 'ann');
    expect([done.code, done.stdout.trim().split('\n').at(-1)]).toEqual([0, '3 done, 0 unchanged, 0 refused']);
    expect(await statuses('shell')).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    for (const wrong of [
      ['ack'],
      ['ack', randomUUID(), '--label', 'a=b'],
      ['ack', '--label', 'x'],
      ['ack', 'a1b2', '--dry-run'],
    ])
      expect((await run(...wrong)).code).toBe(2);
  });
});
