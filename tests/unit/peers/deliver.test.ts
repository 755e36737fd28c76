import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { PeerEntry } from '../../../src/core/peer/entry.ts';
import { PEER_PATHS, type PeerLink } from '../../../src/core/peer/link.ts';
import { begunAt } from '../../../src/core/peer/path.ts';
import type { HttpResult } from '../../../src/lib/http/client.ts';
import type { OutboundRequest } from '../../../src/lib/http/outbound.ts';
import { deliver } from '../../../src/peers/deliver.ts';

const HUB = { marker: 'mh-a', url: 'http://a:8080' };
const ABOUT = {
  ...({ id: 'alert-1', source: 'cluster', origin: 'web', fingerprint: 'f', severity: 'critical' } as const),
  ...{ observedAt: 1000, labels: {} },
};
const head = (key: string) => ({ ...begunAt(HUB, key), at: 1000, actor: 'api' });
const ALERT: PeerEntry = {
  ...head('1'),
  kind: 'alert',
  alert: {
    ...{ ...ABOUT, name: 'Down', status: 'firing', annotations: {}, metrics: {} },
    ...{ startedAt: 1000, endedAt: null, groupKey: 'web' },
  },
};
const ACK: PeerEntry = {
  ...{ ...head('2'), kind: 'action', incidentKey: 'web', openedAt: 1000, alerts: [ABOUT] },
  action: { id: 'x', kind: 'acknowledge', by: 'ann', comment: 'on it', until: 61_000 },
};
const DELETE: PeerEntry = { ...head('3'), kind: 'delete', by: 'ann', alerts: [ABOUT] };

const answer = (status: number, body = '{"status":"ok"}', retryAfterMs?: number): HttpResult => {
  const said = { status, body, headers: {} };
  if (status < 300) return { ok: true, ...said };
  const failure = { kind: 'status' as const, permanent: status < 500, reason: `HTTP ${status}`, ...said };
  return { ok: false, ...failure, ...(retryAfterMs !== undefined && { retryAfterMs }) };
};

/** A peer that answers so, one after the other, and what it was asked. */
function peer(kind: PeerLink['kind'], answers: readonly HttpResult[]) {
  const asked: OutboundRequest[] = [];
  const link: PeerLink = {
    ...{ name: 'b', url: 'http://b:9/api', kind, auth: null, filter: { words: ['*'], match: [] } },
    ...{ timeoutMs: 1000, tls: {}, paths: PEER_PATHS },
  };
  const send = (entries: readonly PeerEntry[]) =>
    deliver(
      {
        ...{ link, hub: HUB },
        outbound: {
          send: async (request) => {
            asked.push(request);
            return answers[asked.length - 1] ?? answer(200);
          },
        },
        authorize: ({ method, url, body }) => `Signed ${method} ${url.pathname} ${body.length > 0}`,
        alertaOf: async (_, id) => ({ id, event: 'Down' }),
      },
      entries,
      new AbortController().signal,
    );
  const lines = () => asked.map(({ method, url, body }) => `${method} ${url.pathname} ${body ?? ''}`);
  return { send, asked, lines };
}

const SENT = { outcome: 'sent', refused: [] };

describe('an Alerta', () => {
  test('is told one by one in its own calls, with the loop header and a signature over what is sent', async () => {
    const { send, asked, lines } = peer('alerta', [answer(201)]);
    expect(await send([ALERT, ACK, DELETE])).toEqual(SENT);
    expect(lines()).toEqual([
      'POST /api/alert {"id":"alert-1","event":"Down"}',
      'PUT /api/alert/alert-1/action {"action":"ack","text":"on it (ann)","timeout":60}',
      'DELETE /api/alert/alert-1 ',
    ]);
    for (const { headers } of asked)
      expect(headers).toMatchObject({ 'x-alerta-loop': 'http://a:8080', 'content-type': 'application/json' });
    expect(asked[2]?.headers.authorization).toBe('Signed DELETE /api/alert/alert-1 false');
  });

  test('that does not have the alert of an action gets it, and then the action again', async () => {
    const { send, lines } = peer('alerta', [answer(404), answer(201), answer(200)]);
    expect(await send([ACK])).toEqual(SENT);
    expect(lines().map((line) => line.split(' ', 2).join(' '))).toEqual([
      'PUT /api/alert/alert-1/action',
      'POST /api/alert',
      'PUT /api/alert/alert-1/action',
    ]);
  });

  test.each([
    ['an action that is so already', ACK, 409],
    ['a removal of what is gone', DELETE, 404],
  ])('has %s', async (_, entry, status) => {
    expect(await peer('alerta', [answer(status)]).send([entry])).toEqual(SENT);
  });

  test('that knows a removal which came round has it', async () => {
    const body = '{"message":"Delete forwarded by x already processed by y"}';
    expect(await peer('alerta', [answer(500, body)]).send([DELETE])).toEqual(SENT);
  });

  test('in which the id belongs to another alert makes one of its own', async () => {
    const { send, lines } = peer('alerta', [answer(500, '{"message":"duplicate key value"}'), answer(201)]);
    expect(await send([ALERT])).toEqual(SENT);
    expect(lines()[1]).toBe('POST /api/alert {"id":null,"event":"Down"}');
  });

  test.each([400, 403, 413])('refuses for good with %i, and the rest goes on', async (status) => {
    const { send, asked } = peer('alerta', [answer(status)]);
    expect(await send([ALERT, DELETE])).toEqual({
      outcome: 'sent',
      refused: [{ key: 'mh-a/1', kind: 'alert', reason: `HTTP ${status}` }],
    });
    expect(asked).toHaveLength(2);
  });

  test.each([
    [401, 'unauthorized'],
    [404, null],
    [302, null],
    [500, null],
    [503, null],
  ])('that answers %i holds up the rest, in order', async (status, trouble) => {
    const { send, asked } = peer('alerta', [answer(status, '', 7000)]);
    expect(await send([ALERT, DELETE])).toEqual({
      ...{ outcome: 'failed', reason: `HTTP ${status}`, trouble, retryAfterMs: 7000 },
    });
    expect(asked).toHaveLength(1);
  });
});

describe('a hub of ours', () => {
  const results = (...outcomes: readonly string[]) =>
    answer(
      200,
      JSON.stringify({ hub: { id: 'mh-b' }, results: outcomes.map((outcome) => ({ outcome, reason: 'so' })) }),
    );

  test('is told all at once, compressed where that is worth it', async () => {
    const many = Array.from({ length: 50 }, () => ALERT);
    const { send, asked } = peer('native', [results()]);
    expect(await send(many)).toEqual(SENT);
    expect(asked[0]?.headers['content-encoding']).toBe('gzip');
    const sent = JSON.parse(gunzipSync(asked[0]?.body as Buffer).toString()) as { entries: unknown[]; hub: unknown };
    expect([sent.entries.length, sent.hub]).toEqual([50, { id: 'mh-a', url: 'http://a:8080' }]);
  });

  test('names what it refuses for good', async () => {
    const { send } = peer('native', [results('applied', 'refused', 'seen')]);
    expect(await send([ALERT, ACK, DELETE])).toEqual({
      outcome: 'sent',
      refused: [{ key: 'mh-a/2', kind: 'action', reason: 'so' }],
    });
  });

  test('that cannot take all of it at once gets the halves, until one entry alone is refused', async () => {
    const { send, asked } = peer('native', [answer(413), answer(400), results(), answer(413), results()]);
    // All three, the first two, each of them, and the third.
    const answers = await send([ALERT, ACK, DELETE]);
    expect(asked).toHaveLength(5);
    expect(answers).toEqual({ outcome: 'sent', refused: [{ key: 'mh-a/2', kind: 'action', reason: 'HTTP 413' }] });
  });

  test.each([
    ['is this hub itself', answer(200, '{"hub":{"id":"mh-a"},"results":[]}'), 'misnamed', /is this hub itself/],
    ['bears the same address', answer(409), 'misnamed', /409/],
    ['is something else', answer(200, '<html>'), null, /no hub answers/],
    ['does not know the key', answer(401), 'unauthorized', /401/],
  ])('that %s is told nothing', async (_, given, trouble, reason) => {
    const told = await peer('native', [given]).send([ALERT]);
    expect(told).toMatchObject({ outcome: 'failed', trouble });
    expect((told as { reason: string }).reason).toMatch(reason);
  });
});
