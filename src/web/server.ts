import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Part } from '../lib/lifecycle.ts';
import { type ApiParts, createApi } from './api/application.ts';
import { createRoutes, type RouteParts } from './api/routes.ts';
import { discardRest, readBody } from './body.ts';
import { type ConnectionBounds, type Connections, createConnections } from './connections.ts';
import { type PacedConnection, paceConnection } from './paced/connection.ts';
import { createTurns } from './paced/turns.ts';
import { takePlainRequests } from './plain/connection.ts';
import { replyWriter } from './plain/reply.ts';
import type { PlainRequest } from './plain/request.ts';
import { send } from './reply.ts';
import type { ArrivingRequest } from './request.ts';
import { createDetect } from './webhook/detect.ts';
import { answerWebhook, type WebhookParts } from './webhook/handler.ts';
import { createAllowBody } from './webhook/large-bodies.ts';
import { createLargeGate } from './webhook/large-gate.ts';
import { createRests } from './webhook/rests.ts';
import { type ApiPaths, apiPathsOf, isOwnPath, webhookRoute } from './webhook/route.ts';

/** Where and what to serve. */
export interface ServerParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly bounds: ConnectionBounds;
  /** Called with the address of a connection that is closed at once, for its address, or the server, has too many. */
  readonly onConnectionRefused: (address: string) => void;
  readonly api: Omit<ApiParts, 'routes'> & RouteParts;
  readonly webhook: Omit<WebhookParts, 'stopping' | 'allowBody' | 'detect' | 'rests' | 'largeGate'> &
    Partial<Pick<WebhookParts, 'rests'>>;
}

/** The HTTP server: a part that lives long, and where it listens once started. */
export interface Server extends Part {
  address(): AddressInfo;
}

// A sender that is this slow is cut off; an idle connection outlives the usual minute between two pushes.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 75_000;
// Node.js looks for slow senders so often: every 30 s, unless told.
const CHECK_EVERY_MS = 1000;
// A connection on which nothing moves, in neither direction: whoever is behind it does not read the answer.
const STALLED_MS = 60_000;
// At stop, requests under way have so long to end, and one whose head has arrived in part so long to arrive.
const DRAIN_MS = 10_000;
const HEAD_MS = 1000;

/**
 * Webhooks are answered straight from Node's server, for they are what must be fast; everything else is Express's.
 * `stop` lets no request be cut off: it takes no new ones, and waits for the answers of those it has.
 */
export function createHttpServer(parts: ServerParts): Server {
  let stopping = false;
  const webhook: WebhookParts = {
    rests: createRests(),
    ...parts.webhook,
    ...{ stopping: () => stopping, allowBody: createAllowBody(), detect: createDetect(parts.webhook) },
    largeGate: createLargeGate(),
  };
  const routes = createRoutes(parts.api);
  const readable = new Set(routes.map((route) => route.path));
  const api = createApi({ ...parts.api, routes });
  const apis = apiPathsOf(webhook.drivers.values());
  const connections = createConnections(parts.bounds, parts.onConnectionRefused);
  const turns = createTurns();
  // By what Node's server has of them.
  const paced = new WeakMap<object, PacedConnection>();
  const options = { keepAlive: true, connectionsCheckingInterval: CHECK_EVERY_MS };
  const server = createServer(options, (request, response) => {
    const connection = paced.get(request.socket);
    connection?.begin(request, response);
    if (connection !== undefined) connections.begin(connection.socket, response);
    if (stopping) response.setHeader('Connection', 'close');
    dispatch({ webhook, apis, readable, api }, request, response);
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = IDLE_TIMEOUT_MS;
  server.timeout = STALLED_MS;
  // Whoever sends what is plain is answered without Node's server; from the first request that is not, it has the connection.
  const write = replyWriter(webhook.now, IDLE_TIMEOUT_MS);
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    connections.add(socket);
    if (socket.destroyed) return;
    takePlainRequests(socket, {
      answer: (request) => {
        const route = webhookRoute(pathOf(request.url), apis);
        return route === null ? null : answerWebhook(webhook, arrivedWhole(request, socket), route);
      },
      handOver: (read) => {
        const connection = paceConnection(socket, turns, read);
        paced.set(connection.stream, connection);
        for (const listen of listeners) listen.call(server, connection.stream);
      },
      begin: (answering) => connections.begin(socket, answering),
      ...{ write, stopping: webhook.stopping, onFailure: webhook.onFailure },
      ...{ silenceMs: HEADERS_TIMEOUT_MS, idleMs: IDLE_TIMEOUT_MS },
    });
  });
  return {
    name: 'http server',
    address: () => server.address() as AddressInfo,
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(parts.port, parts.host, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    stop: async () => {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await drained(connections, closed);
    },
  };
}

/** Ends the connections of a server that listens no more, those first on which nothing is under way. */
async function drained(connections: Connections, closed: Promise<void>): Promise<void> {
  connections.closeSilent();
  const timers = [setTimeout(connections.closeIdle, HEAD_MS), setTimeout(connections.closeAll, DRAIN_MS)];
  await closed;
  for (const timer of timers) clearTimeout(timer);
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function arrivedWhole({ url, headers, body }: PlainRequest, socket: Socket): ArrivingRequest {
  const head = { method: 'POST', url, headers, httpVersionMajor: 1, httpVersionMinor: 1, socket };
  const readBody = (limit: number) =>
    body.length <= limit ? ({ ok: true, bytes: body } as const) : ({ ok: false, reason: 'too_large' } as const);
  return { head, readBody };
}

interface Doors {
  readonly webhook: WebhookParts;
  readonly apis: ApiPaths;
  /** Paths of the API. */
  readonly readable: ReadonlySet<string>;
  readonly api: (request: IncomingMessage, response: ServerResponse) => void;
}

function dispatch({ webhook, apis, readable, api }: Doors, request: IncomingMessage, response: ServerResponse): void {
  const route = webhookRoute(pathOf(request.url ?? '/'), apis);
  // At a path of a vendor's API, what is posted is a webhook, and what is read is the API's, where it has that path.
  if (route === null || (isOwnPath(route) && request.method !== 'POST' && readable.has(route.apiPath ?? ''))) {
    api(request, response);
    return;
  }
  answerWebhook(webhook, { head: request, readBody: (limit) => readBody(request, limit) }, route)
    .then((reply) => send(response, reply, reply.unread ? discardRest(request) : undefined))
    .catch((error: unknown) => {
      webhook.onFailure(error);
      response.destroy();
    });
}
