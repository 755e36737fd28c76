import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { API_ROUTES } from '../support/api-routes.ts';
import { items, push, request, wire } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { answerCheck, type Document, type Operation, operationsOf, valuesOf } from '../support/openapi.ts';
import fc from '../support/property.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

// The API held against its own document: by a validator, and by a client that makes requests of what the document says.

/** What strangers send where something else is meant. */
const ODD = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    "' OR 1=1 --",
    '"; DROP TABLE alerts; --',
    '%',
    '_',
    '*',
    '\\',
    '{"$gt":""}',
    '../../etc/passwd',
    '-1',
  ),
  fc.constantFrom('1e9', '0', '501', 'NaN', '9'.repeat(400), '<script>', '\u202e', 'null', '__proto__', 'constructor'),
);

describe.each(['sqlite', 'postgres'])('on %s', (engine) => {
  let home: HubHome;
  let hub: Hub;
  let server: SharedPostgres | undefined;
  let document: Document;
  let ids: readonly string[];
  beforeAll(async () => {
    home = makeHubHome({ MONITOR_CHECKERS: '', MONITOR_STATUS_PAGE: '1' });
    server = engine === 'postgres' ? await sharedPostgres() : undefined;
    hub = await home.serve(server === undefined ? {} : { DATABASE_URL: await server.createStore() });
    document = JSON.parse((await request(`${hub.url}/api/v1/openapi.json`, { method: 'GET' })).text);
    for (const name of ['web-1', 'web-2']) {
      await push(hub.url, name, [
        wire('cpu', { severity: 'critical' }),
        wire('disk'),
        wire('load', { severity: 'info' }),
      ]);
    }
    await push(hub.url, 'web-2', [wire('disk', { status: 'resolved' })]);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ matchers: ['checker="disk"'], for: '1h', by: 'mira', comment: 'known' });
    for (const path of ['silences', 'maintenance']) await request(`${hub.url}/api/v1/${path}`, { body, headers });
    const lists = await Promise.all(
      ['alerts', 'incidents', 'silences', 'maintenance'].map((path) => items(hub.url, path)),
    );
    ids = lists.flat().map(({ id }) => String(id));
  });
  afterAll(async () => {
    const { stderr } = await hub.stop();
    await home.remove();
    await server?.dropAll();
    // Whatever was asked, none of it was a failure of the hub.
    expect(stderr.match(/"level":"(error|fatal)".*/)).toBeNull();
  });

  test('a validator takes the document, which names every route of the API once', async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
    const described = operationsOf(document).map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    const served = API_ROUTES.filter(({ path }) => path.startsWith('/api/v1/'));
    expect(described.toSorted()).toEqual(served.map(({ method, path }) => `${method} ${path}`).toSorted());
    const names = operationsOf(document).map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  /** A request of an operation: what the document describes, with something odd here and there. */
  const asked = (path: string, { parameters = [], requestBody }: Operation) => {
    const query = parameters.filter((one) => one.in === 'query');
    const fields = Object.fromEntries(
      query.map(({ name, schema }) => [
        name,
        fc.oneof({ weight: 4, arbitrary: valuesOf(schema) }, { weight: 1, arbitrary: ODD }),
      ]),
    );
    const schema = requestBody?.content['application/json'].schema;
    return fc.record({
      query: fc.oneof(
        { weight: 1, arbitrary: fc.constant({}) },
        {
          weight: 4,
          arbitrary: fc.record(fields, {
            requiredKeys: query.filter(({ required }) => required).map(({ name }) => name),
          }),
        },
      ),
      extra: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.tuple(ODD, ODD) }),
      id: fc.oneof({ weight: 3, arbitrary: fc.nat() }, { weight: 1, arbitrary: ODD }),
      body:
        schema === undefined
          ? fc.constant(undefined)
          : fc.oneof({ weight: 5, arbitrary: valuesOf(schema) }, { weight: 1, arbitrary: fc.jsonValue() }),
      path: fc.constant(path),
    });
  };

  test('answers are what the document says, whatever is asked', async () => {
    const check = answerCheck(document);
    const seen = new Map<string, Set<number>>();
    for (const { path, method, operation } of operationsOf(document)) {
      if (path.endsWith('/stream')) continue;
      const statuses = new Set<number>();
      seen.set(operation.operationId, statuses);
      const holds = async ({
        query,
        extra,
        id,
        body,
      }: {
        query: object;
        extra: [string, string] | null;
        id: number | string;
        body: unknown;
      }) => {
        const url = new URL(hub.url);
        const named = typeof id === 'number' ? (ids[id % ids.length] ?? '') : id.replaceAll(/^\.*$/g, 'x');
        const own = path.replace(
          '{id}',
          encodeURIComponent(path.includes('/notices/') ? `${named}:ops` : named) || 'x',
        );
        for (const [name, value] of [...Object.entries(query), ...(extra === null ? [] : [extra])]) {
          for (const one of [value].flat()) url.searchParams.append(name, String(one));
        }
        const given =
          body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
        const answer = await request(`${hub.url}${own}${url.search}`, { method, ...given });
        statuses.add(answer.status);
        const said = answer.text === '' ? null : JSON.parse(answer.text);
        const fault = check(path, method, answer.status, String(answer.headers['content-type'] ?? ''), said);
        expect([method, own, url.search, answer.status, fault]).toEqual([method, own, url.search, answer.status, null]);
        expect(answer.status).toBeLessThan(500);
      };
      await fc.assert(fc.asyncProperty(asked(path, operation), holds), { numRuns: 25, seed: 14 });
    }
    // Each list was answered, and not only refused.
    for (const [name, statuses] of seen)
      if (/^get(?!.*(ById|ByKey|Preview))/.test(name)) expect([name, statuses.has(200)]).toEqual([name, true]);
  });
});

test('a client that holds answers against the document sees what is not in it', () => {
  const schema = { type: 'object', properties: { a: { type: 'string', format: 'date-time' } }, required: ['a'] };
  const responses = { 200: { content: { 'application/json': { schema } } } };
  const paths = { '/x': { get: { operationId: 'x', responses } } };
  const check = answerCheck({ openapi: '3.1.0', paths, components: { schemas: {} } });
  const json = 'application/json';
  expect(check('/x', 'GET', 200, json, { a: '2026-03-29T12:00:00.000Z' })).toBeNull();
  expect(check('/x', 'GET', 200, json, { a: 'yesterday' })).toMatch(/date-time/);
  expect(check('/x', 'GET', 200, json, {})).toMatch(/required/);
  expect(check('/x', 'GET', 200, json, { a: '2026-03-29T12:00:00.000Z', b: 1 })).toMatch(/additional/);
  expect(check('/x', 'GET', 200, 'text/html', {})).toMatch(/not application\/json/);
  expect(check('/x', 'GET', 204, json, null)).toMatch(/not described/);
});
