import { describe, expect, test } from '@jest/globals';
import { receiptOf } from '../../../src/agent/receipt.ts';
import { type SpoolResult, sendSpool } from '../../../src/agent/send-spool.ts';
import type { SpoolEntry } from '../../../src/core/cluster/spool.ts';
import type { HttpResult } from '../../../src/lib/http/client.ts';

const SENDER = { instanceId: 'web-1', hostname: 'web-1.example' };

function entries(count: number, sender = SENDER): SpoolEntry[] {
  return Array.from({ length: count }, (_, at) => ({
    seq: at,
    ...sender,
    alert: {
      fingerprint: `${sender.instanceId}-${at}`,
      name: 'x',
      status: 'firing',
      severity: 'warning',
      started_at: '2026-01-01T00:00:00.000Z',
      observed_at: '2026-01-01T00:00:00.000Z',
      labels: {},
      annotations: {},
      metrics: {},
    },
  }));
}

const taken = (body: object = { status: 'success' }): HttpResult => ({
  ok: true,
  status: 200,
  headers: {},
  body: JSON.stringify(body),
});
const failed = (status: number, body: object = {}): HttpResult => ({
  ok: false,
  kind: 'status',
  status,
  permanent: status < 500 && status !== 429,
  reason: `HTTP ${status}`,
  headers: {},
  body: JSON.stringify(body),
});

interface Run extends SpoolResult {
  /** How many alerts each push held. */
  readonly pushes: number[];
  /** Fingerprints in the order in which they were taken. */
  readonly order: string[];
}

async function run(spool: SpoolEntry[], hub: (batch: readonly SpoolEntry[]) => HttpResult): Promise<Run> {
  const pushes: number[] = [];
  const order: string[] = [];
  const delivery = await sendSpool(spool, {
    sender: SENDER,
    post: async (batch) => {
      pushes.push(batch.length);
      const answer = hub(batch);
      if (answer.ok) order.push(...batch.map((entry) => entry.alert.fingerprint));
      return receiptOf(answer);
    },
    progress: async () => {},
  });
  return { ...delivery, pushes, order };
}

/** Every alert is taken, refused or left, and none twice. */
function expectAllAccountedFor(spool: SpoolEntry[], done: Run): void {
  const refused = done.refused.map((one) => one.alert.fingerprint);
  const left = done.left.map((entry) => entry.alert.fingerprint);
  expect(done.sent + refused.length + left.length).toBe(spool.length);
  expect(new Set([...done.order, ...refused, ...left]).size).toBe(spool.length);
}

test('a hub that takes everything gets it in order and in batches', async () => {
  const spool = entries(1100);
  const done = await run(spool, () => taken({ alerts_created: 2, alerts_updated: 1 }));
  expect(done).toMatchObject({ left: [], sent: 1100, refused: [], failure: null, pushes: [500, 500, 100] });
  expect(done.counts).toEqual({ alerts_created: 6, alerts_updated: 3 });
  expect(done.order).toEqual(spool.map((entry) => entry.alert.fingerprint));
});

test('nothing to send is nothing sent', async () => {
  expect(await run([], () => failed(500))).toMatchObject({ sent: 0, failure: null, last: null, pushes: [] });
});

test.each([[401], [403], [404], [408], [429], [500], [503]])(
  '%i: all is kept, and no second push is tried',
  async (status) => {
    const spool = entries(600);
    const done = await run(spool, () => failed(status));
    expect(done).toMatchObject({ left: spool, sent: 0, refused: [], pushes: [500], failure: { status } });
  },
);

test('a failure in the middle keeps the rest only', async () => {
  let calls = 0;
  const spool = entries(600);
  const done = await run(spool, () => (++calls === 1 ? taken() : failed(500)));
  expect(done).toMatchObject({ left: spool.slice(500), sent: 500, failure: { status: 500 } });
});

test('progress is told after each push that was taken, with what is left', async () => {
  const told: number[] = [];
  await sendSpool(entries(1100), {
    sender: SENDER,
    post: async () => receiptOf(taken()),
    progress: async (left) => void told.push(left.length),
  });
  expect(told).toEqual([600, 100, 0]);
});

describe('alerts that the hub will not take', () => {
  test.each([
    [400, 0],
    [400, 250],
    [413, 599],
    [422, 77],
  ])('%i for a push that holds number %i: it alone is set aside', async (status, bad) => {
    const spool = entries(600);
    const done = await run(spool, (batch) => (batch.some((entry) => entry.seq === bad) ? failed(status) : taken()));
    expect(done).toMatchObject({ left: [], sent: 599, failure: null });
    expect(done.refused).toMatchObject([{ alert: { fingerprint: `web-1-${bad}` }, reason: `HTTP ${status}` }]);
    expect(done.pushes.length).toBeLessThan(30);
    expectAllAccountedFor(spool, done);
  });

  test('a hub that refuses everything is at fault itself: all is kept, in order, after a few tries', async () => {
    const spool = entries(600);
    const done = await run(spool, () => failed(400, { message: 'Unknown driver' }));
    expect(done).toMatchObject({ left: spool, sent: 0, refused: [], failure: { status: 400 } });
    expect(done.pushes.length).toBeLessThanOrEqual(24);
    const single = await run(entries(1), () => failed(400));
    expect(single).toMatchObject({ left: entries(1), refused: [], failure: { status: 400 } });
  });

  test('those that a 400 names are set aside at once, and the others sent again', async () => {
    const spool = entries(5);
    const done = await run(spool, (batch) => {
      const bad = batch.findIndex((entry) => entry.seq === 3);
      return bad < 0
        ? taken()
        : failed(400, { errors: [{ path: `alerts[${bad}].labels`, message: 'must be an object' }] });
    });
    expect(done).toMatchObject({ left: [], sent: 4, failure: null, pushes: [5, 4] });
    expect(done.refused).toMatchObject([
      { alert: { fingerprint: 'web-1-3' }, reason: 'alerts[3].labels must be an object' },
    ]);
  });

  test('those that a partial success names are set aside, the others are taken', async () => {
    const spool = entries(3);
    const errors = [{ path: 'alerts[1].metrics', message: 'must be an object' }];
    const done = await run(spool, () => taken({ status: 'partial', alerts_created: 2, errors }));
    expect(done).toMatchObject({ left: [], sent: 2, failure: null });
    expect(done.refused).toMatchObject([
      { alert: { fingerprint: 'web-1-1' }, reason: 'alerts[1].metrics must be an object' },
    ]);
  });

  test('of several hubs behind one address one refuses everything: nothing is set aside', async () => {
    let calls = 0;
    const spool = entries(1200);
    const done = await run(spool, () => (++calls % 3 === 0 ? failed(400, { message: 'Unknown driver' }) : taken()));
    expect(done).toMatchObject({ left: [], sent: 1200, refused: [], failure: null });
    expectAllAccountedFor(spool, done);
  });

  test('a single alert that only one of several hubs refuses is taken at its second try', async () => {
    let calls = 0;
    const done = await run(entries(2), () => ([1, 2].includes(++calls) ? failed(400) : taken()));
    expect(done).toMatchObject({ left: [], sent: 2, refused: [], pushes: [2, 1, 1, 1] });
  });

  test('a hub that refuses everything from some push on is at fault itself: the rest is kept, in order', async () => {
    let calls = 0;
    const spool = entries(9500);
    const done = await run(spool, () => (++calls <= 2 ? taken() : failed(400, { message: 'Unknown driver' })));
    expect(done).toMatchObject({ left: spool.slice(1000), sent: 1000, refused: [], failure: { status: 400 } });
    expect(done.pushes.length).toBeLessThanOrEqual(2 + 24);
  });

  test('one that nothing is taken after is kept, and set aside by the next run', async () => {
    const hub = (batch: readonly SpoolEntry[]) => (batch.some(({ seq }) => seq === 500) ? failed(413) : taken());
    const first = await run(entries(501), hub);
    expect(first).toMatchObject({ left: [{ seq: 500 }], sent: 500, refused: [], failure: { status: 413 } });
    const next = await run(entries(510).slice(500), hub);
    expect(next).toMatchObject({ left: [], sent: 9, refused: [{ alert: { fingerprint: 'web-1-500' } }] });
  });

  test('every one of many that are bad is set aside, and every other is taken', async () => {
    const spool = entries(300);
    const done = await run(spool, (batch) => (batch.some(({ seq }) => seq % 10 === 0) ? failed(422) : taken()));
    expect(done).toMatchObject({ left: [], sent: 270, failure: null });
    expect(done.refused).toHaveLength(30);
    expectAllAccountedFor(spool, done);
  });

  test('very many of a name that this machine had before do not block the present one either', async () => {
    const old = entries(900, { instanceId: 'old', hostname: 'old' });
    const spool = [...old, ...entries(2).map((entry) => ({ ...entry, seq: 900 + entry.seq }))];
    const done = await run(spool, (batch) => (batch[0]?.instanceId === 'old' ? failed(403) : taken()));
    expect(done).toMatchObject({ sent: 2, left: old.slice(500), failure: { status: 403 } });
    expect(done.refused).toHaveLength(500);
    const next = await run([...done.left, ...entries(2)], (batch) =>
      batch[0]?.instanceId === 'old' ? failed(403) : taken(),
    );
    expect(next).toMatchObject({ sent: 2, left: [] });
  });

  test('those of a name that this machine had before do not block the present one', async () => {
    const spool = [...entries(3, { instanceId: 'old', hostname: 'old' }), ...entries(2)];
    const done = await run(spool, (batch) => (batch[0]?.instanceId === 'old' ? failed(403) : taken()));
    expect(done).toMatchObject({ left: [], sent: 2, failure: null });
    expect(done.refused).toHaveLength(3);
    expectAllAccountedFor(spool, done);
  });
});

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json';
const SUCCESS = '{"status":"success","alerts_created":1}';

describe('a 2xx that is not believed', () => {
  test.each([
    ['<!DOCTYPE html><html>login</html>', { 'content-type': HTML }, /web page/],
    ['<?xml version="1.0"?><!DOCTYPE html><html>login</html>', { 'content-type': HTML }, /web page/],
    ['<!-- portal --><html>login</html>', { 'content-type': 'Text/HTML' }, /web page/],
    [SUCCESS, { 'content-type': HTML }, /web page/],
    [SUCCESS, { 'content-type': 'application/xhtml+xml' }, /web page/],
    [SUCCESS, { 'content-type': 'text/xml' }, /"text\/xml", not JSON/],
    ['\u001f\ufffd', { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }, /encoded as "gzip"/],
    [SUCCESS, { 'content-type': JSON_TYPE, 'content-encoding': 'br' }, /encoded as "br"/],
    ['<head><meta http-equiv="refresh">', {}, /not the JSON object of a hub/],
    ['<script>location="http://10.0.0.1/"</script>', { 'content-type': JSON_TYPE }, /not the JSON object/],
    ['', { 'content-type': HTML }, /web page/],
    ['', {}, /not the JSON object/],
    ['ok', { 'content-type': 'text/plain' }, /not the JSON object/],
    ['[]', { 'content-type': JSON_TYPE }, /not the JSON object/],
    ['{}', { 'content-type': JSON_TYPE }, /no "status" of a hub/],
    ['{"login":"required"}', { 'content-type': JSON_TYPE }, /no "status" of a hub/],
    // What a GET is answered: a proxy that turned the push into one has stored nothing.
    ['{"status":"ok","message":"Alert webhook endpoint is ready"}', {}, /no "status" of a hub/],
    ['{"status":"error"}', { 'content-type': JSON_TYPE }, /answered "error"/],
    ['{"status":"partial","alerts_created":0,"errors":["Could not detect driver"]}', {}, /stored nothing: Could not/],
  ])('%j %j', async (body, headers: Record<string, string>, reason) => {
    const done = await run(entries(2), () => ({ ok: true, status: 200, headers, body }));
    expect(done).toMatchObject({ sent: 0, left: entries(2), failure: { reason: expect.stringMatching(reason) } });
  });

  test.each([
    [200, SUCCESS, { 'content-type': 'application/json; charset=utf-8' }],
    [200, SUCCESS, { 'content-type': JSON_TYPE, 'content-encoding': 'identity' }],
    // Go sends text/plain where a handler names no type.
    [200, SUCCESS, { 'content-type': 'text/plain; charset=utf-8' }],
    [200, SUCCESS, { 'content-type': 'application/vnd.hub+json' }],
    [200, '{"alerts_created":0}', {}],
    [202, '{"status":"queued","pipeline_id":"1"}', { 'content-type': JSON_TYPE }],
    [202, '{"status":"accepted","run_id":"1"}', { 'content-type': JSON_TYPE }],
    [200, '{"status":"partial","errors":["x"],"alerts_created":1}', {}],
    [200, '', { 'content-type': JSON_TYPE }],
    [204, '', {}],
  ])('but %i %j %j is', async (status, body, headers: Record<string, string>) => {
    const done = await run(entries(2), () => ({ ok: true, status, headers, body }));
    expect(done).toMatchObject({ sent: 2, left: [], failure: null });
  });
});
