import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Part } from '../lib/lifecycle.ts';
import { type ApiParts, createApi } from './api/application.ts';
import { createRoutes, type RouteParts } from './api/routes.ts';
import { discardRest } from './body.ts';
import { send } from './reply.ts';
import { answerWebhook, type WebhookParts } from './webhook/handler.ts';
import { createAllowBody } from './webhook/large-bodies.ts';
import { type ApiPaths, apiPathsOf, isOwnPath, webhookRoute } from './webhook/route.ts';

/** Where and what to serve. */
export interface ServerParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly api: Omit<ApiParts, 'routes'> & RouteParts;
  readonly webhook: Omit<WebhookParts, 'stopping' | 'allowBody'>;
}

/** The HTTP server: a part that lives long, and where it listens once started. */
export interface Server extends Part {
  address(): AddressInfo;
}

// A sender that is this slow is cut off; an idle connection outlives the usual minute between two pushes.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 75_000;
// At stop, requests under way have so long to end.
const DRAIN_MS = 10_000;

/**
 * Webhooks are answered straight from Node's server, for they are what must be fast; everything else is Express's.
 * `stop` lets no request be cut off: it takes no new ones, and waits for the answers of those it has.
 */
export function createHttpServer(parts: ServerParts): Server {
  let stopping = false;
  const webhook: WebhookParts = { ...parts.webhook, stopping: () => stopping, allowBody: createAllowBody() };
  const routes = createRoutes(parts.api);
  const readable = new Set(routes.map((route) => route.path));
  const api = createApi({ ...parts.api, routes });
  const apis = apiPathsOf(webhook.drivers.values());
  const sockets = new Set<Socket>();
  const server = createServer({ keepAlive: true }, (request, response) => {
    if (stopping) response.setHeader('Connection', 'close');
    dispatch({ webhook, apis, readable, api }, request, response);
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = IDLE_TIMEOUT_MS;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
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
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, DRAIN_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}

interface Doors {
  readonly webhook: WebhookParts;
  readonly apis: ApiPaths;
  /** Paths of the API. */
  readonly readable: ReadonlySet<string>;
  readonly api: (request: IncomingMessage, response: ServerResponse) => void;
}

function dispatch({ webhook, apis, readable, api }: Doors, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  const route = webhookRoute(path, apis);
  // At a path of a vendor's API, what is posted is a webhook, and what is read is the API's, where it has that path.
  if (route === null || (isOwnPath(route) && request.method !== 'POST' && readable.has(route.apiPath ?? ''))) {
    api(request, response);
    return;
  }
  answerWebhook(webhook, request, route)
    .then((reply) => send(response, reply, reply.unread ? discardRest(request) : undefined))
    .catch((error: unknown) => {
      webhook.onFailure(error);
      response.destroy();
    });
}
