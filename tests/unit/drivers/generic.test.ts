import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { SourceOptions } from '../../../src/drivers/generic/map.ts';
import { generic, namedSources, sourcesSchema } from '../../../src/drivers/generic.ts';
import { DRIVERS, type DriverOptionsError, enabledDrivers } from '../../../src/drivers/registry.ts';

const NOW = Date.UTC(2026, 6, 1, 12);
const CONTEXT = { userAgent: '', receivedAt: NOW };

function read(body: unknown, driver = generic) {
  const parsed = driver.parse(body, CONTEXT);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}
const one = (body: object) => read(body).alerts[0];

describe('the default names', () => {
  test.each(['title', 'name', 'alert_name', 'alertname'])('%s is the name', (field) => {
    expect(one({ [field]: 'Disk full' })).toMatchObject({ name: 'Disk full', status: 'firing', severity: 'warning' });
  });

  test.each([
    ['state', 'OK', 'resolved', 'OK'],
    ['status', 'resolved', 'resolved', undefined],
    ['status', false, 'resolved', 'false'],
    ['status', 0, 'resolved', '0'],
    ['state', 'alerting', 'firing', 'alerting'],
    ['state', 'wobbly', 'firing', 'wobbly'],
    ['state', '<no value>', 'firing', undefined],
  ])('%s %j is %s, kept as %j', (field, word, status, kept) => {
    const alert = one({ title: 'x', [field]: word });
    expect(alert).toMatchObject({ status });
    expect(alert?.annotations.original_status).toBe(kept);
  });

  test.each([
    [{ severity: 'P1' }, 'critical', 'P1'],
    [{ priority: 'high' }, 'critical', 'high'],
    [{ level: 'info' }, 'info', undefined],
    [{ labels: { severity: 'minor' } }, 'warning', 'minor'],
    [{ severity: 'gruesome' }, 'warning', 'gruesome'],
    [{ state: 'CRITICAL' }, 'critical', 'CRITICAL'],
    [{ state: 'ok' }, 'warning', undefined],
    [{ state: 'CRITICAL', severity: 'info' }, 'info', undefined],
  ])('%j is %s, kept as %s', (fields, severity, kept) => {
    const alert = one({ title: 'x', ...fields });
    expect(alert).toMatchObject({ severity });
    expect(alert?.annotations.original_severity).toBe(kept);
  });

  test('times of start and end, else the time it was said', () => {
    const [start, end] = ['2026-07-01T10:00:00Z', '2026-07-01T11:00:00Z'];
    const times = (body: object) => {
      const { startedAt, endedAt } = one({ title: 'x', ...body }) ?? {};
      return [startedAt, endedAt];
    };
    const [s, e] = [Date.parse(start), Date.parse(end)];
    expect(times({ startsAt: start, ended_at: end, state: 'ok' })).toEqual([s, e]);
    expect(times({ started_at: s / 1000, resolved_at: String(e), state: 'ok' })).toEqual([s, e]);
    expect(times({ timestamp: start })).toEqual([s, null]);
    expect(times({ time: end, state: 'ok' })).toEqual([e, e]);
    expect(times({ started_at: start, time: end, state: 'ok' })).toEqual([s, e]);
    expect(times({ startsAt: '0001-01-01T00:00:00Z' })).toEqual([NOW, null]);
  });

  test('the arrival orders, so that no time of the sender makes a resolve stale', () => {
    expect(one({ title: 'x', time: '2020-01-01T00:00:00Z' })?.observedAt).toBe(NOW);
  });

  test('texts and links are annotations, places and tags labels', () => {
    const body = {
      ...{ title: 'x', description: 'd', summary: 's', link: 'https://l', host: 'h1', tags: ['team:ops', 'prod'] },
      ...{ labels: { host: 'h2', n: 5, gone: '<no value>' }, annotations: { runbook: 'r' }, metrics: { cpu: 95 } },
    };
    expect(one(body)).toMatchObject({
      labels: { host: 'h2', n: '5', team: 'ops', prod: 'true' },
      annotations: { message: 'd', summary: 's', link: 'https://l', runbook: 'r' },
      metrics: { cpu: 95 },
    });
    expect(one(body)?.labels).not.toHaveProperty('gone');
  });

  test('a place is a label as it stands, NA (North America) too; what stands for nothing is none', () => {
    const body = {
      title: 'x',
      region: 'NA',
      host: 5,
      env: '<no value>',
      service: '',
      job: null,
      check: {},
      cluster: [],
    };
    expect(one(body)?.labels).toEqual({ region: 'NA', host: '5' });
  });
});

describe('identity', () => {
  const print = (body: object) => one({ title: 'Disk full', ...body })?.fingerprint;

  test.each(['fingerprint', 'alert_uid', 'dedup_key', 'id'])('is %s', (field) => {
    expect(print({ [field]: 'i1' })).toBe('i1');
    expect(print({ [field]: 7 })).toBe('7');
  });

  test('without one it is title and labels, never the text, the time or the state', () => {
    const first = print({ host: 'a', message: '93%', time: '2026-07-01T10:00:00Z' });
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(print({ host: 'a', message: '12%', state: 'ok', severity: 'info', annotations: { a: 1 } })).toBe(first);
    expect(print({ labels: { host: 'a' } })).toBe(first);
    expect(print({ host: 'b' })).not.toBe(first);
    expect(print({ host: 'a', title: 'other' })).not.toBe(first);
  });

  test.each(['', 'null', '<no value>', '$ALERT_ID', '{EVENT.ID}', '{{ .Fingerprint }}', '{$HOST.KEY}', {}])(
    '%j is none',
    (fingerprint) => {
      expect(print({ fingerprint })).toBe(print({}));
    },
  );

  test('a long one is hashed', () => {
    expect(print({ id: 'x'.repeat(300) })).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('forms of a body', () => {
  test('one object, a list, or a list in alerts', () => {
    const names = (body: unknown) => read(body).alerts.map(({ name }) => name);
    expect(names({ title: 'a' })).toEqual(['a']);
    expect(names([{ title: 'a' }, { name: 'b' }])).toEqual(['a', 'b']);
    expect(names({ alerts: [{ labels: { alertname: 'a' } }, { message: 'b\nmore' }] })).toEqual(['a', 'b more']);
    expect(names([])).toEqual([]);
  });

  test('what is wrong in a list is named, the rest kept', () => {
    const { alerts, errors } = read([
      { title: 'a' },
      5,
      {},
      { title: {} },
      { title: 'x', state: [] },
      { source: 'cluster', name: 'x' },
    ]);
    expect(alerts).toHaveLength(1);
    expect(errors.map(({ path }) => path)).toEqual([
      'alerts[1]',
      'alerts[2]',
      'alerts[3]',
      'alerts[4]',
      'alerts[5].source',
    ]);
  });

  test.each([[{}], ['text'], [null], [5], [{ foo: 1 }], [[{}]], [{ alerts: 'x' }]])('%j holds no alert', (body) => {
    expect(generic.parse(body, CONTEXT)).toMatchObject({ ok: false, errors: [{ message: expect.any(String) }] });
  });

  test('a push is not claimed, however it is written', () => {
    for (const source of ['cluster', 'Cluster', ' cluster ']) {
      for (const more of [{}, { title: 'x' }, { alerts: [{ title: 'x' }] }]) {
        expect(generic.claims({ source, ...more })).toBe(false);
      }
    }
    expect(one({ source: 'grafana', title: 'x' })).toBeDefined();
  });

  test('10,001 alerts are too many', () => {
    expect(generic.parse(Array(10_001).fill({ title: 'x' }), CONTEXT)).toMatchObject({ ok: false, tooMany: true });
  });

  test.each([
    [{ title: 'x' }, true],
    [{ message: 'x' }, true],
    [{ alerts: [{ title: 'x' }] }, true],
    [[{ title: 'x' }], true],
    [[], false],
    [{}, false],
    [{ title: {} }, false],
    [{ routing_key: 'k', event_action: 'trigger', message: 'x' }, false],
    [{ alerts: [], groupKey: '{}' }, false],
    [[{ labels: { alertname: 'x' } }], false],
  ])('%j is claimed: %s', (body, answer) => {
    expect(generic.claims(body)).toBe(answer);
  });
});

describe('a source with a map', () => {
  const MAP: SourceOptions = {
    map: {
      ...{
        alerts: '$.data.items',
        identity: '$.key',
        name: "$['what happened']",
        status: '$.flags[0]',
        severity: '$.sev',
      },
      ...{ started_at: '$.since', ended_at: '$.until', message: '$.more.text', url: '$.href' },
      labels: { host: '$.where.host', team: 'ops', nothing: '$.nowhere' },
      resolved_words: ['green'],
      firing_words: ['up'],
    },
  };
  const sourcesOf = (given: unknown) => namedSources(sourcesSchema.parse(given));
  const tool = sourcesOf({ mytool: MAP })[0] ?? generic;
  const ITEM = {
    ...{
      key: 'k1',
      'what happened': 'Disk full',
      flags: ['Green'],
      sev: 'P1',
      since: 1_782_900_000,
      until: '1782903600',
    },
    ...{ more: { text: 'm' }, href: 'https://l', where: { host: 'a' }, title: 'not this', id: 'nor this' },
  };

  test('is read by its paths and words, constants included', () => {
    const alert = read({ data: { items: [ITEM] } }, tool).alerts[0];
    expect(alert).toMatchObject({
      ...{ fingerprint: 'k1', name: 'Disk full', status: 'resolved', severity: 'critical' },
      ...{ startedAt: 1_782_900_000_000, endedAt: 1_782_903_600_000 },
      annotations: { message: 'm', link: 'https://l', original_status: 'Green', original_severity: 'P1' },
    });
    expect(alert?.labels).toEqual({ host: 'a', team: 'ops' });
  });

  test('its own words come before the common ones, which still hold', () => {
    const status = (word: string) => read({ data: { items: [{ ...ITEM, flags: [word] }] } }, tool).alerts[0]?.status;
    expect(['green', 'up', 'ok', 'down', 'purple'].map(status)).toEqual([
      'resolved',
      'firing',
      'resolved',
      'firing',
      'firing',
    ]);
  });

  test('what is mapped is looked for nowhere else', () => {
    const { key, ...rest } = ITEM;
    const alert = read({ data: { items: [{ ...rest, status: 'ok', flags: [] }] } }, tool).alerts[0];
    expect(alert).toMatchObject({ status: 'firing', fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(tool.parse({ data: { items: [{ title: 'x' }] } }, CONTEXT)).toMatchObject({ ok: false });
    expect(tool.parse({ title: 'x' }, CONTEXT)).toMatchObject({ ok: false });
  });

  test('claims nothing by itself, and bears its own name', () => {
    expect(tool).toMatchObject({ name: 'mytool', schemes: generic.schemes });
    expect(tool.claims({ title: 'x' })).toBe(false);
    expect(sourcesOf({ mytool: MAP, other: {} }).map(({ name }) => name)).toEqual(['mytool', 'other']);
    expect(sourcesOf({})).toEqual([]);
  });

  test.each([
    [{ map: { name: '$..title' } }, 'mytool.map.name'],
    [{ map: { labels: { a: '$[' } } }, 'mytool.map.labels.a'],
    [{ map: { nonsense: '$.a' } }, 'mytool.map'],
    [{ map: { resolved_words: [''] } }, 'mytool.map.resolved_words.0'],
    [{ code: 'x' }, 'mytool'],
  ])('%j is refused at %s', (source, at) => {
    let problem: unknown;
    try {
      sourcesOf({ mytool: source });
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(z.ZodError);
    expect((problem as z.ZodError).issues.map((issue) => issue.path.join('.'))).toEqual([at]);
  });

  test('the name of a source can be part of a route', () => {
    for (const name of ['My Tool', '../x', '', '1x']) {
      expect(() => sourcesOf(JSON.parse(`{${JSON.stringify(name)}:{}}`))).toThrow(z.ZodError);
    }
    expect(sourcesOf({ 'my-tool_2': {} })).toHaveLength(1);
  });
});

test.each(['local', 'monitor', 'auto', ...DRIVERS.map(({ name }) => name)])(
  'no source may be called %s, whose alerts are of another',
  (name) => {
    const enable = (clusterEnabled: boolean) => enabledDrivers({ clusterEnabled, sources: { [name]: {}, mytool: {} } });
    for (const clusterEnabled of [true, false]) {
      let problems: readonly string[] = [];
      try {
        enable(clusterEnabled);
      } catch (error) {
        problems = (error as DriverOptionsError).problems;
      }
      expect(problems).toEqual([
        expect.stringMatching(
          new RegExp(`^sources\\.${name}: (a driver|the hub itself) has this name; choose another$`),
        ),
      ]);
    }
  },
);
