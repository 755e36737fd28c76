import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/lib/clock.ts';
import { createHttpServer, type Server } from '../../../src/web/server.ts';
import type { Outcome } from '../../../src/web/webhook/outcome.ts';
import { createRests } from '../../../src/web/webhook/rests.ts';
import { makeGate } from '../../support/access.ts';
import { NOTHING_BEHIND } from '../../support/api-routes.ts';

const COUNTS = { alertsCreated: 0, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 0, incidentsUpdated: 0 };
const ACCEPTED: Outcome = { outcome: 'accepted', answer: { outcome: 'committed', counts: COUNTS, errors: [] } };

let server: Server;
let failures: unknown[];
let taken: number;
let holds: number;
let held: () => Promise<void>;

/** From now on a push waits, until the test lets it go. */
function holdIntake() {
  let reach = () => {};
  let settle: { readonly go: () => void; readonly fail: () => void } = { go: () => {}, fail: () => {} };
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const released = new Promise<void>((resolve, reject) => {
    settle = { go: resolve, fail: () => reject(new Error('the canary of the intake')) };
  });
  held = () => {
    reach();
    return released;
  };
  return { reached, ...settle };
}

/** A server whose hub takes every push, or fails where the test says so. */
beforeEach(async () => {
  failures = [];
  [taken, holds] = [0, 0];
  held = async () => {};
  const onFailure = (error: unknown) => failures.push(error);
  const driver = { name: 'cluster', summary: '', verify: () => ({ ok: true }), parse: () => ({ ok: true }) };
  const broken = () => Promise.reject(new Error('the canary of the store'));
  server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    bounds: { perAddress: 10, all: 100, isShared: () => true },
    onConnectionRefused: () => {},
    api: {
      ...NOTHING_BEHIND,
      ...{ read: broken, findIds: broken },
      version: '1.2.3',
      instanceId: 'own',
      gate: makeGate(),
      clock: systemClock,
      onFailure,
    },
    webhook: {
      drivers: new Map([['cluster', driver as never]]),
      proveHead: () => 'none',
      authenticate: async () => ({ ok: true, verified: { ok: true }, credential: { name: 'local:cluster' } }),
      intake: async () => {
        taken += 1;
        await held();
        return ACCEPTED;
      },
      now: () => 0,
      addressOf: () => '127.0.0.1',
      onOutcome: () => {},
      rests: createRests(async () => {
        holds += 1;
      }),
      onFailure,
    },
  });
  await server.start();
});
afterEach(() => server.stop());

const PUSH = 'POST /alerts/webhook/cluster/ HTTP/1.1\r\nHost: 127.0.0.1\r\n';

/** Writes all of it, as a plain client does, before it looks at the answer; then gives everything that came. */
function exchange(...parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(server.address().port, '127.0.0.1');
    let text = '';
    socket.once('error', reject);
    socket.once('close', () => resolve(text));
    const write = (index: number) => {
      const part = parts[index];
      if (part !== undefined) socket.write(part, () => write(index + 1));
      else {
        socket.end();
        socket.setEncoding('utf8').on('data', (data: string) => {
          text += data;
        });
      }
    };
    write(0);
  });
}

describe('a request that is refused before it is read', () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  const large = Array.from({ length: 8 }, () => megabyte);
  const chunked = large.flatMap((part) => ['100000\r\n', part, '\r\n']);

  test.each([
    ['a length of 8 MiB', [`${PUSH}Content-Length: ${8 * 1024 * 1024}\r\n\r\n`, ...large], 413],
    ['chunks of 8 MiB', [`${PUSH}Transfer-Encoding: chunked\r\n\r\n`, ...chunked, '0\r\n\r\n'], 413],
    ['8 MiB with a wrong method', [`PUT${PUSH.slice(4)}Content-Length: ${8 * 1024 * 1024}\r\n\r\n`, ...large], 405],
    [
      '8 MiB compressed',
      [`${PUSH}Content-Encoding: gzip\r\nContent-Length: ${8 * 1024 * 1024}\r\n\r\n`, ...large],
      415,
    ],
  ])('%s: its sender gets to read why', async (_, parts, status) => {
    for (let round = 0; round < 5; round += 1) {
      expect(await exchange(...parts)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*"status":"error"`, 's'));
    }
    // Each answer is held, so that a stranger cannot send at the speed of its connections.
    expect([taken, holds]).toEqual([0, 5]);
  });

  test('what is small is answered at once', async () => {
    expect(await exchange(`PUT${PUSH.slice(4)}Content-Length: 2\r\nConnection: close\r\n\r\n{}`)).toMatch(/ 405 /);
    expect(holds).toBe(0);
  });

  test('the connection goes on behind it', async () => {
    const next = `${PUSH}Content-Length: 2\r\nConnection: close\r\n\r\n{}`;
    const answers = await exchange(`${PUSH}Content-Length: ${2 * 1024 * 1024}\r\n\r\n`, megabyte, megabyte, next);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });
});

describe('what fails on the way', () => {
  test.each([
    ['/api/v1/alerts/%ZZ', 400, 'the path is not well-formed'],
    ['/api/v1/alerts/%C3%28', 400, 'the path is not well-formed'],
    ['/api/v1/alerts/abcd', 503, 'the hub cannot read its store now'],
    ['/api/v1/alerts', 503, 'the hub cannot read its store now'],
    ['/no/such', 404, 'there is nothing at this path'],
  ])('%s: %d as problem+json, without a stack', async (path, status, detail) => {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
    const title = expect.stringMatching(/^[A-Z]/);
    const type = expect.stringMatching(/^urn:monitor:problem:[a-z-]+$/);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect([answer.status, await answer.json()]).toEqual([status, { type, title, status, detail }]);
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
    expect(failures).toHaveLength(status === 503 ? 1 : 0);
  });
});

/** A connection that is written to step by step. */
function connection() {
  const socket = createConnection(server.address().port, '127.0.0.1');
  let text = '';
  let heard = () => {};
  socket.setEncoding('utf8').on('data', (data: string) => {
    text += data;
    heard();
  });
  const closed = new Promise<void>((resolve, reject) => socket.once('error', reject).once('close', () => resolve()));
  return {
    write: (part: string) => socket.write(part),
    end: () => socket.end(),
    soFar: () => text,
    /** Resolves when the server has said so much. */
    until: (words: string) =>
      new Promise<void>((resolve) => {
        heard = () => text.includes(words) && resolve();
        heard();
      }),
    text: async () => {
      await closed;
      return text;
    },
  };
}

describe('a connection whose requests are plain', () => {
  const body = 'Content-Length: 2\r\n\r\n{}';
  const dateless = (text: string) => text.replaceAll(/Date: .*\r\n/g, 'Date: \r\n');

  test.each([
    ['is taken', `${PUSH}${body}`, '200'],
    ['names an unknown driver', `POST /alerts/webhook/zzz HTTP/1.1\r\nHost: a\r\n${body}`, '400'],
    ['is encoded', `${PUSH}Content-Encoding: gzip\r\n${body}`, '415'],
  ])('is answered as by Node when what is sent %s', async (_, request, status) => {
    const [plain, cut] = [connection(), connection()];
    plain.write(request);
    await plain.until('}');
    cut.write(request.slice(0, 30));
    await new Promise((resolve) => setImmediate(resolve));
    cut.write(request.slice(30));
    await cut.until('}');
    expect(dateless(plain.soFar())).toBe(dateless(cut.soFar()));
    expect(plain.soFar()).toMatch(`HTTP/1.1 ${status} `);
    for (const one of [plain, cut]) one.end();
    for (const one of [plain, cut]) await one.text();
  });

  test('goes to Node with the first one that is not, and answers come in the order of the requests', async () => {
    const sender = connection();
    sender.write(`${PUSH}${body}`);
    await sender.until('200 OK');
    const release = holdIntake();
    sender.write(`${PUSH}${body}`);
    await release.reached;
    sender.write('GET /no/such HTTP/1.1\r\nHost: a\r\n\r\n');
    sender.write(`${PUSH}Connection: close\r\n${body}`);
    // Whatever has been sent by now has arrived: another connection has been answered.
    expect((await fetch(`http://127.0.0.1:${server.address().port}/healthz`)).status).toBe(200);
    expect(sender.soFar().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    release.go();
    expect((await sender.text()).match(/HTTP\/1\.1 \d+/g)).toEqual([200, 200, 404, 200].map((n) => `HTTP/1.1 ${n}`));
  });

  test('still gets its answer when its client sends nothing more', async () => {
    const release = holdIntake();
    const sender = connection();
    sender.write(`${PUSH}${body}`);
    sender.end();
    await release.reached;
    release.go();
    expect(await sender.text()).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('goes on when what takes its request fails', async () => {
    const release = holdIntake();
    const sender = connection();
    sender.write(`${PUSH}${body}`);
    await release.reached;
    release.fail();
    await sender.until('503 Service Unavailable');
    expect(failures).toHaveLength(1);
    sender.write(`${PUSH}Connection: close\r\n${body}`);
    expect((await sender.text()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 503', 'HTTP/1.1 503']);
  });

  test('whose request is under way at stop gets its answer, and is told that it is the last', async () => {
    const release = holdIntake();
    const sender = connection();
    sender.write(`${PUSH}${body}`);
    await release.reached;
    const stopped = server.stop();
    release.go();
    await stopped;
    expect(await sender.text()).toMatch(/^HTTP\/1\.1 200 .*Connection: close/s);
  });
});

describe('at stop', () => {
  const body = 'Content-Length: 2\r\n\r\n{}';

  test('a push under way is taken, the one behind it is told to come back', async () => {
    const sender = connection();
    sender.write(`${PUSH}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{`);
    await sender.until('100 Continue');
    const stopped = server.stop();
    sender.write(`}${PUSH}${body}`);
    await stopped;
    expect((await sender.text()).match(/HTTP\/1\.1 [2-5]\d\d|Retry-After: \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 503',
      'Retry-After: 5',
    ]);
    expect(taken).toBe(1);
  });

  test('a push whose headers end after the stop began: 503, once its body was read', async () => {
    const sender = connection();
    // One packet, so that the answer to the first says that the second has begun.
    sender.write(`${PUSH}${body}${PUSH}`);
    await sender.until('HTTP/1.1 200');
    const stopped = server.stop();
    sender.write(body);
    await stopped;
    expect(await sender.text()).toMatch(/HTTP\/1\.1 503 .*Retry-After: 5.*"the hub is stopping"/s);
    expect(taken).toBe(1);
  });

  test('an idle connection does not hold it up', async () => {
    const sender = connection();
    sender.write(`${PUSH}${body}`);
    await sender.until('HTTP/1.1 200');
    await server.stop();
    await sender.text();
  });
});
