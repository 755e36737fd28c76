import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Route } from '../../src/web/api/route.ts';
import { API_ROUTES } from '../support/api-routes.ts';
import { ask, items, push, request, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

// Lists while they change, and answers that are still the same, on both engines.

describe.each(['sqlite', 'postgres'])('on %s', (engine) => {
  let home: HubHome;
  let hub: Hub;
  let server: SharedPostgres | undefined;
  beforeAll(async () => {
    home = makeHubHome({ MONITOR_CHECKERS: '', MONITOR_LIMITS_BURST: '100000' });
    server = engine === 'postgres' ? await sharedPostgres() : undefined;
    hub = await home.serve(server === undefined ? {} : { DATABASE_URL: await server.createStore() });
    for (let number = 0; number < 12; number += 1) {
      await push(
        hub.url,
        `web-${number}`,
        ['a', 'b', 'c', 'd', 'e'].map((name) => wire(`${number}${name}`)),
      );
    }
    for (let number = 0; number < 8; number += 1) for (const kind of ['silences', 'maintenance']) await mute(kind);
  });
  afterAll(async () => {
    await hub.stop();
    await home.remove();
    await server?.dropAll();
  });

  const post = async (path: string, body: object) =>
    request(`${hub.url}/api/v1/${path}`, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const muted: string[] = [];
  /** A silence or a window for what nobody has. */
  const mute = async (kind: string) => {
    const { json } = await post(kind, { matchers: [`x="${muted.length}"`], for: '1h', by: 'ann', comment: 'why' });
    muted.push(`${kind}/${json?.id}`);
  };

  /** Changes of every kind: new alerts, ended ones, other severities, old ones that fire again; what is silenced. */
  let turn = 0;
  const change = async () => {
    turn += 1;
    const [low, high] = [turn % 12, (turn * 5) % 12];
    await push(hub.url, `web-${low}`, [wire(`${low}a`, { severity: turn % 2 === 0 ? 'critical' : 'info' })]);
    await push(hub.url, `web-${high}`, [wire(`${high}b`, { status: turn % 3 === 0 ? 'firing' : 'resolved' })]);
    await push(
      hub.url,
      `new-${turn}`,
      Array.from({ length: 8 }, (_, index) => wire(`n${turn}.${index}`)),
    );
    for (const kind of ['silences', 'maintenance']) await mute(kind);
    await request(`${hub.url}/api/v1/${muted.shift()}`, { method: 'DELETE' });
  };

  test.each([
    ['alerts', 7],
    ['alerts?sort=attention', 7],
    ['incidents', 3],
    ['incidents?sort=attention', 3],
    ['instances', 3],
    ['events', 9],
    ['silences', 3],
    ['silences?status=all', 5],
    ['maintenance', 3],
  ])('%s in pages of %d, with ten changes between any two: each row once, and none is missing', async (path, limit) => {
    const idOf = (row: Record<string, unknown>) => String(row.id ?? row.instance_id ?? row.seq);
    const first = (await items(hub.url, `${path}${path.includes('?') ? '&' : '?'}limit=500`)).map(idOf);
    const seen: string[] = [];
    let cursor: unknown = null;
    for (let pages = 0; pages < 200; pages += 1) {
      const at: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page = await ask(hub.url, `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${at}`);
      seen.push(...(page.items as Record<string, unknown>[]).map(idOf));
      cursor = page.next_cursor;
      if (cursor === null) break;
      await change();
    }
    expect(cursor).toBeNull();
    const last = new Set((await items(hub.url, `${path}${path.includes('?') ? '&' : '?'}limit=500`)).map(idOf));
    expect(new Set(seen).size).toBe(seen.length);
    // By attention, what changed while pages were read has moved to the front, before where the list is.
    const missing = first.filter((id) => !seen.includes(id)).filter((id) => !isGone(path) || last.has(id));
    if (!path.includes('attention')) expect(missing).toEqual([]);
    else for (const id of missing) expect(await changedAfter(path, id, seen)).toBe(true);
  });

  /** Whether what is over leaves this list. */
  const isGone = (path: string) => ['silences', 'maintenance'].includes(path);

  /** Whether a row stands before all that were seen after it would have been: it has changed since. */
  const changedAfter = async (path: string, id: string, seen: readonly string[]) => {
    const of = async (one: string) => {
      const row = await ask(hub.url, `${path.split('?')[0]}/${one}`);
      return Date.parse(String(row.changed_at ?? row.received_at));
    };
    return (await of(id)) >= (await of(seen[0] ?? ''));
  };

  const LISTS = API_ROUTES.filter(
    ({ method, query }) => method === 'GET' && query instanceof z.ZodObject && 'cursor' in query.shape,
  ).map(({ path }) => path.slice('/api/v1/'.length));

  test('cursors of other lists, cut, long or of other signs are refused or answered, and never an error of the hub', async () => {
    expect(LISTS).toEqual(
      expect.arrayContaining(['alerts', 'incidents', 'instances', 'events', 'notices', 'deliveries']),
    );
    const code = (text: string) => Buffer.from(text).toString('base64url');
    const cursors = new Map<string, string>();
    // Nobody is told of anything here.
    const told = `${randomUUID()} ops`;
    cursors.set('notices', code(told)).set('deliveries', code(randomUUID()));
    for (const path of [...LISTS, 'alerts?sort=attention']) {
      const { next_cursor: cursor } = await ask(hub.url, `${path}${path.includes('?') ? '&' : '?'}limit=1`);
      if (cursor !== null) cursors.set(path, String(cursor));
    }
    expect(cursors.size).toBeGreaterThan(8);
    const texts = [...cursors.values()].map((cursor) => Buffer.from(cursor, 'base64url').toString());
    const hostile = [
      ...[...cursors.values()].flatMap((cursor) => [cursor, cursor.slice(0, -2), `${cursor}AA`, cursor.toUpperCase()]),
      ...texts.flatMap((text) => [code(`${text}' OR 1=1 --`), code(text.replaceAll(/\d/g, '9')), code(`-${text}`)]),
      ...['', '%00', 'AAAA', code('\0'), code('\ud800'), code('99999999999999999999'), code('1e9 x'), code(' ')],
      ...[code("0 '; DROP TABLE events; --"), code('9'.repeat(700)), 'A'.repeat(20_000), '%ff%fe', '../..', '*'],
    ];
    for (const path of [...LISTS, 'alerts?sort=attention', 'incidents?sort=attention']) {
      const known = new Set<number>();
      for (const cursor of hostile) {
        const sign = path.includes('?') ? '&' : '?';
        const { status, json } = await request(`${hub.url}/api/v1/${path}${sign}limit=2&cursor=${cursor}`);
        known.add(status);
        if (status === 200) expect([path, cursor, Array.isArray(json?.items)]).toEqual([path, cursor, true]);
        else if (status !== 414 && status !== 431) {
          const errors = (json?.errors ?? []) as { readonly path: string }[];
          expect([path, cursor, status, errors[0]?.path]).toEqual([path, cursor, 400, 'cursor']);
        }
      }
      expect([path, known.has(400), cursors.has(path) && !known.has(200)]).toEqual([path, true, false]);
    }
  });

  const isList = ({ answers: { 200: answer } }: Route) =>
    answer instanceof z.ZodObject && 'next_cursor' in answer.shape;
  const TAGGED = API_ROUTES.filter((one) => one.method === 'GET' && !one.path.includes(':') && isList(one)).map(
    ({ path }) => path.slice('/api/v1/'.length),
  );

  test('an answer that is still the same is 304 without a body; another one is given', async () => {
    expect(TAGGED).toEqual(
      expect.arrayContaining(['routes', 'keys', 'tokens', 'people', 'sessions', 'events', 'sources']),
    );
    const lists = ['alerts?limit=5', 'alerts?sort=attention&limit=2', 'incidents?sort=attention&limit=1'];
    for (const path of [...TAGGED, 'openapi.json', ...lists]) {
      const url = `${hub.url}/api/v1/${path}`;
      const { status, headers, text } = await request(url, { method: 'GET' });
      const tag = String(headers.etag);
      expect([status, tag]).toEqual([200, expect.stringMatching(/^"[\w-]{27}"$/)]);
      for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
        const again = await request(url, { method: 'GET', headers: { 'if-none-match': known } });
        expect([path, known, again.status, again.text, again.headers.etag]).toEqual([path, known, 304, '', tag]);
      }
      const other = await request(url, { method: 'GET', headers: { 'if-none-match': '"x"' } });
      expect([other.status, other.text]).toEqual([200, text]);
    }
    const before = (await request(`${hub.url}/api/v1/alerts?limit=5`, { method: 'GET' })).headers.etag;
    await push(hub.url, 'newest', [wire('newest')]);
    const headers = { 'if-none-match': String(before) };
    expect((await request(`${hub.url}/api/v1/alerts?limit=5`, { method: 'GET', headers })).status).toBe(200);
  });

  test('what is searched is found once the index has followed, within other filters', async () => {
    const named = { name: 'KubePodCrashLooping', labels: { team: 'checkout' }, annotations: { message: 'Café ürgs' } };
    await push(hub.url, 'searched', [wire('s1', named), wire('s2', { ...named, severity: 'critical' })]);
    const found = async (q: string, more = '') =>
      (await items(hub.url, `alerts?q=${encodeURIComponent(q)}${more}`)).map(({ fingerprint }) => fingerprint);
    await eventually(async () => expect(await found('podcrash team=checkout cafe')).toEqual(['s2', 's1']));
    expect(await found('searched', '&sort=attention&severity=critical')).toEqual(['s2']);
    expect(await items(hub.url, 'incidents?q=CHECKOUT&counts=severity')).toHaveLength(1);
    // Twelve instances were there before the hub was asked for the first time.
    await eventually(async () => expect(await items(hub.url, 'incidents?q=web&limit=500')).toHaveLength(12));
  });

  test.each([
    ['signs of both engines', `"' OR 1=1; -- ' & !a:* | (b) NEAR/2 ^x {y} [z] \\ ?1 $1 %s`],
    ['operators', 'AND OR NOT NEAR'],
    ['columns', 'words:disk rowid:1 rank:x'],
    ['half a quotation', 'disk"'],
    ['other scripts', '障害 диск دیسک ਡਿਸਕ 😀x'],
    ['long words', 'x'.repeat(1024)],
    ['marks alone and letters', '\u0301\u0301 qqx'],
    ['signs that are several letters', '\ufdfa'.repeat(5)],
  ])('a search for %s is answered with what has it: nothing', async (_, q) => {
    for (const list of ['alerts', 'incidents']) {
      const url = `${hub.url}/api/v1/${list}?q=${encodeURIComponent(q)}&count=true&counts=severity&sort=attention`;
      const { status, json } = await request(url);
      expect([status, json?.total]).toEqual([200, 0]);
    }
  });

  test.each([
    ['%00'],
    ['disk%00'],
    ['%22'],
    ['%2A%2A'],
    ['a+'.repeat(21) + Array.from({ length: 21 }, (_, n) => n).join('+')],
    ['%ff'],
    ['x'.repeat(1025)],
  ])('a search for what is no text is refused: %s', async (q) => {
    const { status } = await request(`${hub.url}/api/v1/alerts?q=${q}`);
    expect(status).toBe(400);
  });

  test('the history by its filters', async () => {
    await push(hub.url, 'told', [wire('t1'), wire('t2')]);
    await push(hub.url, 'told', [wire('t1', { status: 'resolved' })]);
    const own = await items(hub.url, 'events?actor=cluster:told&subject=alert');
    expect(own.map(({ kind }) => kind)).toEqual(['resolved', 'opened', 'opened']);
    const [one] = await items(hub.url, 'events?actor=cluster:told&kind=resolved&subject=alert');
    expect(await items(hub.url, `events?subject_id=${one?.subject_id}`)).toMatchObject([
      { kind: 'resolved' },
      { kind: 'opened' },
    ]);
    expect(await items(hub.url, 'events?since=2100-01-01')).toEqual([]);
    expect((await request(`${hub.url}/api/v1/events?subject=access`, { method: 'GET' })).status).toBe(400);
  });
});
