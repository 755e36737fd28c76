import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createConnection, createServer as createPlainServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type PacedConnection, paceConnection } from '../../../../src/web/paced/connection.ts';
import { createTurns } from '../../../../src/web/paced/turns.ts';

// A real server of Node.js behind paced connections, whose requests wait until the test answers them.

let http: Server;
let door: ReturnType<typeof createPlainServer>;
let asked: { readonly request: IncomingMessage; readonly response: ServerResponse }[];
let pieces: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  [asked, pieces] = [[], 0];
  const paced = new WeakMap<object, PacedConnection>();
  http = createServer((request, response) => {
    paced.get(request.socket)?.begin(request, response);
    asked.push({ request, response });
  });
  const turns = createTurns((work) =>
    setImmediate(() => {
      pieces += 1;
      work();
    }),
  );
  door = createPlainServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    const connection = paceConnection(socket, turns, { bytes: Buffer.alloc(0), hasEnded: false });
    paced.set(connection.stream, connection);
    http.emit('connection', connection.stream);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
});
afterEach(async () => {
  http.removeAllListeners('request');
  for (const socket of sockets.splice(0)) socket.destroy();
  door.close();
  await once(door, 'close');
});

async function connect(): Promise<{ readonly socket: Socket; text(): string }> {
  const socket = createConnection((door.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.on('error', () => {}).setEncoding('latin1');
  socket.on('data', (part: string) => {
    text += part;
  });
  await once(socket, 'connect');
  return { socket, text: () => text };
}

/** Lets whatever can still happen, happen. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const pathsAsked = () => asked.map(({ request }) => request.url);
const answer = (index: number) => asked[index]?.response.end(`answer to ${asked[index]?.request.url}\n`);

test('of requests that come together the next is read when the last is answered, and each is answered in its order', async () => {
  const { socket, text } = await connect();
  socket.write(Array.from({ length: 1000 }, (_, index) => get(`/${index}`)).join(''));
  for (let index = 0; index < 50; index += 1) {
    await until(() => asked.length > index);
    await someTurns();
    expect(pathsAsked()).toHaveLength(index + 1);
    answer(index);
  }
  await until(() => text().includes('answer to /49\n'));
  expect([...text().matchAll(/answer to \/(\d+)/g)].map(([, index]) => Number(index))).toEqual(
    Array.from({ length: 50 }, (_, index) => index),
  );
});

test('who asks without end keeps nobody else from a turn', async () => {
  const [greedy, modest] = [await connect(), await connect()];
  greedy.socket.write(get('/greedy').repeat(2000));
  await until(() => asked.length === 1);
  modest.socket.write(get('/modest'));
  await until(() => asked.length === 2);
  expect(pathsAsked()).toEqual(['/greedy', '/modest']);
});

test('a body comes in pieces of one read, and whole', async () => {
  const { socket, text } = await connect();
  const body = Buffer.alloc(3 * 1024 * 1024, 'x');
  socket.write(`POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
  socket.write(Buffer.concat([body, Buffer.from(get('/next'))]));
  await until(() => asked.length === 1);
  let [length, largest] = [0, 0];
  asked[0]?.request.on('data', (part: Buffer) => {
    length += part.length;
    largest = Math.max(largest, part.length);
  });
  await until(() => length === body.length);
  expect(largest).toBeLessThanOrEqual(64 * 1024);
  expect(pieces).toBeGreaterThanOrEqual(length / (64 * 1024) / 8);
  answer(0);
  await until(() => asked.length === 2);
  answer(1);
  await until(() => text().includes('answer to /next'));
});

test('an answer that nobody reads is written as far as the system takes it, and what stands behind waits', async () => {
  const { socket } = await connect();
  socket.pause();
  socket.write(get('/long').repeat(100));
  await until(() => asked.length === 1);
  const { response } = asked[0] as (typeof asked)[number];
  const part = Buffer.alloc(1024 * 1024, 'x');
  // More than the system keeps for a client.
  for (let written = 0; written < 32; written += 1) response.write(part);
  response.end();
  socket.write(get('/more'));
  await someTurns();
  expect(asked).toHaveLength(1);
  socket.resume();
  await until(() => asked.length === 2);
});

test('a client that goes away ends what is under way, and one that says so is answered first', async () => {
  const [gone, done] = [await connect(), await connect()];
  gone.socket.write(get('/gone'));
  await until(() => asked.length === 1);
  const closed = once(asked[0]?.response as ServerResponse, 'close');
  gone.socket.destroy();
  await closed;
  done.socket.write(`GET /done HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await until(() => asked.length === 2);
  answer(1);
  await until(() => done.text().includes('answer to /done'));
  await once(done.socket, 'close');
});

test('what is no HTTP is answered with 400', async () => {
  const { socket, text } = await connect();
  socket.write('hello\r\n\r\n');
  await once(socket, 'close');
  expect(text()).toMatch(/^HTTP\/1\.1 400 /);
});

test("the server's time for a connection without a request counts", async () => {
  http.keepAliveTimeout = 20;
  const { socket, text } = await connect();
  socket.write(get('/once'));
  await until(() => asked.length === 1);
  answer(0);
  await once(socket, 'close');
  expect(text()).toContain('answer to /once');
});
