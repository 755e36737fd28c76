import { createHmac, timingSafeEqual } from 'node:crypto';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** One alert of a push, as another implementation of the format reads it. */
export interface ReceivedAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly status: string;
  readonly severity: string;
  readonly started_at: string;
  readonly ended_at?: string;
  readonly observed_at?: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly metrics: Record<string, unknown>;
}

/** One request, as it came. */
export interface ReceivedPush {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Alerts of a body that could be read. */
  readonly alerts: readonly ReceivedAlert[];
}

/** What a receiver answers instead of its own answer. */
export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** A receiver of the cluster format in the manner of the other implementation; knows nothing of this project's sources. */
export interface Receiver {
  readonly url: string;
  readonly pushes: ReceivedPush[];
  /** Decides the answer to a push that is signed and readable; null for the receiver's own. */
  answer: (push: ReceivedPush) => Answer | null | Promise<Answer | null>;
  /** What it holds, by fingerprint: status and severity. */
  readonly alerts: Map<string, { status: string; severity: string; history: string[] }>;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. With `secret` it asks for X-Cluster-Signature. */
export async function startReceiver(
  options: { secret?: string; tls?: { cert: string; key: string }; port?: number } = {},
): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const server = options.tls === undefined ? http.createServer() : https.createServer(options.tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    pushes: [],
    answer: () => null,
    alerts: new Map(),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', async (request: IncomingMessage, response: http.ServerResponse) => {
    const { status, body, headers } = await handle(request, receiver, options.secret);
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body ?? '');
  });
  return receiver;
}

async function handle(request: IncomingMessage, receiver: Receiver, secret: string | undefined): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const payload = parse(raw.toString('utf8'));
  const push: ReceivedPush = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: raw.toString('utf8'),
    alerts: Array.isArray(payload?.alerts) ? (payload.alerts as ReceivedAlert[]) : [],
  };
  receiver.pushes.push(push);
  if (payload === null) return error(400, 'Invalid JSON payload');
  if (!push.path.endsWith('/alerts/webhook/cluster/')) return error(400, 'Unknown driver');
  if (secret !== undefined && !isSigned(raw, request.headers['x-cluster-signature'], secret)) {
    return error(403, 'Invalid webhook signature');
  }
  const chosen = await receiver.answer(push);
  if (chosen !== null && chosen.status >= 300) return chosen;
  if (payload.source !== 'cluster' || !payload.instance_id) return error(400, 'Could not detect driver for payload');
  const counts = push.alerts.map((alert) => store(alert, receiver.alerts));
  const count = (what: string) => counts.filter((one) => one === what).length;
  const own = {
    status: 'success',
    alerts_created: count('created'),
    alerts_updated: count('updated'),
    alerts_resolved: count('resolved'),
    incidents_created: 0,
    incidents_updated: 0,
  };
  return chosen ?? { status: 200, body: JSON.stringify(own) };
}

function store(alert: ReceivedAlert, alerts: Receiver['alerts']): string {
  const { fingerprint, status, severity } = alert;
  const known = alerts.get(fingerprint);
  const history = [...(known?.history ?? []), `${status} ${severity} ${alert.started_at}`];
  alerts.set(fingerprint, { status, severity, history });
  if (known === undefined) return 'created';
  if (known.status === status) return 'updated';
  return status === 'resolved' ? 'resolved' : 'refired';
}

function isSigned(body: Buffer, header: unknown, secret: string): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'));
  const given = Buffer.from(String(header ?? '').replace(/^sha256=/, ''));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function error(status: number, message: string): Answer {
  return { status, body: JSON.stringify({ status: 'error', message }) };
}
