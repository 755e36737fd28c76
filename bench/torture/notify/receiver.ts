import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { V4Body } from '../../../src/core/notice/alertmanager.ts';

/** What a receiver does with a request. All but `accept` and `deaf` are failures that may pass. */
export const MOODS = ['accept', 'busy', 'limited', 'hang-up', 'hang-up-after', 'refuse', 'deaf'] as const;
/** One of them. */
export type Mood = (typeof MOODS)[number];

/** A message whose body arrived whole, in the order of arrival. */
export interface Arrival {
  readonly key: string;
  readonly body: V4Body;
  readonly mood: Mood;
  readonly at: number;
}

/** A target of notices that goes up and down. */
export interface Receiver {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  set(mood: Mood): void;
  close(): Promise<void>;
}

// Longer than a round's blows, shorter than what an attempt may take.
const DEAF_MS = 4000;

/** Starts a receiver of Alertmanager's body, which accepts. */
export async function startReceiver(): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  const sockets = new Set<Socket>();
  let mood: Mood = 'accept';
  const take = (request: IncomingMessage, response: ServerResponse, body: string, present: Mood) => {
    const key = String(request.headers['idempotency-key'] ?? '');
    arrivals.push({ key, body: JSON.parse(body) as V4Body, mood: present, at: Date.now() });
    if (present === 'accept') response.writeHead(200).end();
    else if (present === 'busy') response.writeHead(503).end();
    else if (present === 'limited') response.writeHead(429, { 'retry-after': '1' }).end();
    else if (present === 'hang-up-after') request.socket.destroy();
    else setTimeout(() => response.writeHead(200).end(), DEAF_MS).unref();
  };
  const server = createServer((request, response) => {
    const present = mood;
    if (present === 'hang-up') return void request.socket.destroy();
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => take(request, response, Buffer.concat(parts).toString('utf8'), present));
    request.on('error', () => {});
    response.on('error', () => {});
  });
  server.on('connection', (socket: Socket) => {
    if (mood === 'refuse') return void socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    arrivals,
    set: (next) => {
      mood = next;
      if (next === 'refuse') for (const socket of sockets) socket.destroy();
    },
    close: () => closed(server, sockets),
  };
}

function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
