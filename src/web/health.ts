import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Part } from '../lib/lifecycle.ts';
import { failure, type Reply, send } from './reply.ts';

/** Answers whether a process lives, for one that has no API. */
export interface HealthServer extends Part {
  address(): AddressInfo;
}

/** Where it listens, and what it says. */
export interface HealthParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** null when the process does its work, else why not. */
  readonly notReady: () => string | null;
}

// Whoever asks is a program beside it.
const MOST_CONNECTIONS = 50;
const SLOW_MS = 5000;

/** `/healthz` is answered while the process lives, also to those of uptop (`/api/health`); `/readyz` while it does its work. */
export function createHealthServer({ host, port, notReady }: HealthParts): HealthServer {
  const answerTo = (path: string): Reply => {
    if (path === '/healthz' || path === '/api/health') return { status: 200, body: { status: 'ok' } };
    if (path !== '/readyz') return failure(404, 'there are /healthz and /readyz');
    const reason = notReady();
    return reason === null
      ? { status: 200, body: { status: 'ready' } }
      : { status: 503, body: { status: 'not ready', reason } };
  };
  const server = createServer((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    request.resume();
    send(response, isRead ? answerTo(request.url?.split('?')[0] ?? '') : failure(405, 'only GET is answered'));
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = SLOW_MS;
  server.requestTimeout = SLOW_MS;
  return {
    name: 'health',
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject).listen(port, host, () => resolve());
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    address: () => server.address() as AddressInfo,
  };
}
