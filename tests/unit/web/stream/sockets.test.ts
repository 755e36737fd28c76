import { get } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createHttpServer, type Server } from '../../../../src/web/server.ts';
import type { StreamedEvent } from '../../../../src/web/stream/event.ts';
import { createFeed, type Feed } from '../../../../src/web/stream/feed.ts';
import { makeGate } from '../../../support/access.ts';
import { NOTHING_BEHIND } from '../../../support/api-routes.ts';
import { eventually } from '../../../support/hub.ts';

// Live streams of the real server over real sockets, with a history that grows by hand.

const events: StreamedEvent[] = [];
const failures: unknown[] = [];
let feed: Feed;
let server: Server;
beforeAll(async () => {
  const onFailure = (error: unknown) => void failures.push(error);
  feed = createFeed({
    reads: {
      head: async () => String(events.length),
      resume: async () => 'resume',
      after: async (position, limit) => events.slice(Number(position), Number(position) + limit),
    },
    ...{ clock: systemClock, onFailure },
  });
  server = createHttpServer({
    ...{ host: '127.0.0.1', port: 0, bounds: { perAddress: 100, all: 100, isShared: () => true } },
    onConnectionRefused: onFailure,
    api: {
      ...{ ...NOTHING_BEHIND, version: '1', instanceId: 'own', streams: feed },
      ...{ clock: systemClock, gate: makeGate(), onFailure },
    },
    webhook: {
      ...{ drivers: new Map(), authenticate: async () => ({ ok: false, reason: 'no' }), proveHead: () => 'none' },
      intake: async () => onFailure(new Error('a webhook was taken')) as never,
      ...{ now: () => 0, addressOf: () => '', onOutcome: () => {}, onFailure },
    },
  });
  await server.start();
});
afterAll(async () => {
  await feed.stop();
  await server.stop();
  expect(failures).toEqual([]);
});

const PADDING = 'x'.repeat(64 * 1024);
const grow = (count: number) => {
  for (let made = 0; made < count; made += 1) {
    const position = String(events.length + 1);
    const text = `{"seq":${position},"data":"${PADDING}"}`;
    events.push({ position, kind: 'opened', subject: 'alert', labels: [], text });
  }
  feed.wake();
};
/** Numbers of the events that have come as a whole. */
const seen = (text: string) =>
  [...text.matchAll(/^data: \{"seq":(\d+),"data":"x*"\}\n$/gm)].map(([, seq]) => Number(seq));

/** A reader that takes whatever comes, from the beginning or behind an id. */
function readAll(lastEventId: string) {
  let text = '';
  const request = get(
    {
      ...{ host: '127.0.0.1', port: server.address().port, path: '/api/v1/stream', agent: false },
      headers: { 'last-event-id': lastEventId },
    },
    (response) =>
      void response
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          text += chunk;
        })
        .on('error', () => {}),
  );
  return { seen: () => seen(text), close: () => void request.destroy() };
}

/** A socket that asks for the stream, and then reads no more. */
function readNothing(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(server.address().port, '127.0.0.1');
    socket.once('error', reject).setEncoding('latin1');
    socket.write(`GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${server.address().port}\r\n\r\n`);
    socket.once('data', () => {
      socket.pause();
      resolve(socket);
    });
  });
}

test('whoever stops reading is cut off, and misses nothing behind the last id; others see each event once meanwhile', async () => {
  const quick = readAll('0');
  const slow = await readNothing();
  await eventually(() => expect(feed.count()).toBe(2));
  // What the sockets hold themselves counts for nothing: it differs from machine to machine.
  for (let turn = 0; turn < 60 && feed.count() === 2; turn += 1) {
    grow(16);
    const all = events.length;
    await eventually(() => expect(quick.seen()).toHaveLength(all));
  }
  expect(feed.count()).toBe(1);
  let text = '';
  const ended = new Promise((done) => slow.once('close', done));
  slow
    .on('data', (chunk) => {
      text += chunk;
    })
    .on('error', () => {});
  slow.resume();
  await ended;
  // In pieces with their lengths between them, as they crossed.
  const whole = text.replaceAll(/\r\n[0-9a-f]+\r\n/g, '');
  const before = seen(whole);
  const last = before.at(-1) ?? 0;
  expect(last).toBeLessThan(events.length);
  const back = readAll(String(last));
  grow(3);
  const everything = events.map(({ position }) => Number(position));
  await eventually(() => expect([...before, ...back.seen()]).toEqual(everything));
  await eventually(() => expect(quick.seen()).toEqual(everything));
  quick.close();
  back.close();
});
