import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ReceivedMessage, readMessage } from '../core/notice/received.ts';
import { type Clock, sleep } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { discardRest, readBody } from './body.ts';

/** A message as it came, and what it was answered. */
export interface TrialMessage extends ReceivedMessage {
  /** UTC milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** By lower-case name; credentials are replaced by `[secret]`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** What it is answered. */
  readonly status: number;
}

/** Where it listens and how it answers. */
export interface TrialOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly status: number;
  /** Time before it answers, in milliseconds. */
  readonly delayMs: number;
  readonly clock: Clock;
  readonly onMessage: (message: TrialMessage) => void;
}

/** A receiver for trying: it takes whatever is sent and answers as it was told. */
export interface TrialReceiver extends Part {
  address(): AddressInfo;
}

const BODY_LIMIT = 4 * 1024 * 1024;
const CREDENTIALS = /^(authorization|proxy-authorization|cookie|x-gotify-key|x-api-key|api-key)$/;

/** Makes one; it listens once it is started. */
export function createTrialReceiver(options: TrialOptions): TrialReceiver {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    receive(request, response, options, count).catch(() => response.destroy());
  });
  return {
    name: 'receiver',
    address: () => server.address() as AddressInfo,
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  { status, delayMs, clock, onMessage }: TrialOptions,
  number: number,
): Promise<void> {
  const { method = 'GET', url: path = '/' } = request;
  const at = clock.now();
  if (method === 'GET' || method === 'HEAD') {
    // A browser, a health check, or a channel that asks what became of its message: none of them is a message.
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(answerText(200, number));
    return;
  }
  const body = await readBody(request, BODY_LIMIT);
  if (!body.ok) {
    if (body.reason === 'cut_off') return;
    response.writeHead(413).end();
    return discardRest(request);
  }
  const headers = plainHeaders(request);
  const message = readMessage(headers['content-type'] ?? '', body.bytes.toString('utf8'));
  onMessage({ at, method, path, headers, bytes: body.bytes.length, status, ...message });
  if (delayMs > 0) await sleep(clock, delayMs);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(status === 204 || status === 304 ? undefined : answerText(status, number));
}

/** What every channel's target says on success, in one: the ids are made up. */
function answerText(status: number, number: number): string {
  if (status >= 300) return JSON.stringify({ error: `this receiver was told to answer ${status}` });
  const id = String(number);
  const slack = { ok: true, channel: 'C1', ts: `1.${id}` };
  return JSON.stringify({ ...slack, status: 1, id, sid: id, event_id: `$${id}`, result: { message_id: number } });
}

function plainHeaders({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    CREDENTIALS.test(name) ? '[secret]' : String(value),
  ]);
  return Object.fromEntries(entries);
}
