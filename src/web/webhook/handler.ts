import type { IncomingMessage } from 'node:http';
import { LIMITS } from '../../core/alert/alert.ts';
import { readBody as readContent } from '../../core/reading/body.ts';
import type { Driver } from '../../drivers/contract.ts';
import { claimantsOf } from '../../drivers/read.ts';
import { readBody } from '../body.ts';
import type { Reply } from '../reply.ts';
import type { Authenticate } from './credentials.ts';
import { type Intake, unreadableBody } from './intake.ts';
import { notTakenNow, type Outcome, postponed, type Refusal, refusal, replyTo } from './outcome.ts';
import type { WebhookRoute } from './route.ts';

/** What the webhook routes need of the rest of the hub. */
export interface WebhookParts {
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly authenticate: Authenticate;
  readonly intake: Intake;
  readonly now: () => number;
  /** Whether the hub is stopping and takes nothing new. */
  readonly stopping: () => boolean;
  /** Hears what became of each request whose driver is known. */
  readonly onOutcome: (report: RequestReport) => void;
  /** Called when a request fails on the side of the hub. */
  readonly onFailure: (error: unknown) => void;
}

/** A request, and what became of it. */
export interface RequestReport {
  /** Name of its driver. */
  readonly source: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** Of its sender, or of the proxy before it. */
  readonly address: string;
  readonly outcome: Outcome;
}

/** Answers one request of a webhook route: its method, its size, its sender; then intake has it. */
export async function answerWebhook(
  parts: WebhookParts,
  request: IncomingMessage,
  route: WebhookRoute,
): Promise<Reply> {
  const { driver: name } = route;
  const named = parts.drivers.get(name);
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (name !== '' && named === undefined) return replyTo(unknownDriver(parts, name));
    const ready = { status: 'ok', message: 'Alert webhook endpoint is ready', driver: name || 'auto-detect' };
    return { status: 200, body: ready };
  }
  const methods = named?.methods ?? ['POST'];
  const refused = refusalOfHead(request, methods);
  if (refused !== null) return { ...asItsSenderWants(named, route, withAllow(refused, methods)), unread: true };
  const isLate = parts.stopping();
  const body = await readBody(request, LIMITS.bodyBytes);
  if (!body.ok) return { ...asItsSenderWants(named, route, replyTo(refusalOfBody(body.reason))), unread: true };
  if (isLate) return asItsSenderWants(named, route, replyTo(postponed('the hub is stopping')));
  const driver = name === '' ? detectDriver(parts.drivers, body.bytes, contentTypeOf(request)) : named;
  if (driver === undefined) return replyTo(unknownDriver(parts, name));
  if ('outcome' in driver) return replyTo(driver);
  const receivedAt = parts.now();
  const outcome = await accept(parts, driver, request, route, body.bytes, receivedAt);
  parts.onOutcome({ source: driver.name, receivedAt, address: request.socket.remoteAddress ?? '', outcome });
  return asItsSenderWants(driver, route, replyTo(outcome));
}

/** Why a request is refused before its body is read; null when it is not. */
function refusalOfHead(request: IncomingMessage, methods: readonly string[]): Refusal | null {
  if (!methods.includes(request.method ?? '')) {
    return refusal('method', `send alerts with ${methods.join(' or ')}; GET says whether the endpoint is ready`);
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return refusal('encoding', 'send the body without Content-Encoding');
  if (/^\s*multipart\//i.test(contentTypeOf(request))) {
    return refusal('encoding', 'the body is multipart: send it as JSON, with Content-Type: application/json');
  }
  return null;
}

function withAllow(refused: Refusal, methods: readonly string[]): Reply {
  const reply = replyTo(refused);
  return refused.cause === 'method' ? { ...reply, headers: { Allow: ['GET', 'HEAD', ...methods].join(', ') } } : reply;
}

function refusalOfBody(reason: 'too_large' | 'cut_off'): Refusal {
  if (reason === 'cut_off') return refusal('cut_off', 'the body was cut off');
  return refusal('too_large', `a body holds at most ${LIMITS.bodyBytes} bytes: send fewer alerts at once`);
}

function contentTypeOf({ headers }: IncomingMessage): string {
  return headers['content-type'] ?? '';
}

async function accept(
  parts: WebhookParts,
  driver: Driver,
  request: IncomingMessage,
  { path, pathSecret, apiPath }: WebhookRoute,
  body: Buffer,
  receivedAt: number,
): Promise<Outcome> {
  const { headers, method = '' } = request;
  const contentType = contentTypeOf(request);
  const read = () => readContent(body, contentType);
  const raw = { method, path, pathSecret, headers, body, read, receivedAt };
  try {
    const proof = await parts.authenticate(driver, raw, request);
    if (!proof.ok) return refusal('forbidden', proof.reason);
    const { verified, credential } = proof;
    const userAgent = headers['user-agent'] ?? '';
    return await parts.intake({
      driver: driver.name,
      receivedAt,
      userAgent,
      body,
      contentType,
      apiPath,
      verified,
      credential,
    });
  } catch (error) {
    parts.onFailure(error);
    return notTakenNow();
  }
}

/** The answer with the status that makes this driver's senders do the right thing, and by a vendor's own path in its words. */
function asItsSenderWants(driver: Driver | undefined, { apiPath }: WebhookRoute, reply: Reply): Reply {
  if (driver === undefined) return reply;
  const common = { ...reply, status: driver.statuses?.[reply.status] ?? reply.status };
  return apiPath === undefined ? common : { ...common, ...driver.api?.answer(common, apiPath) };
}

const NOT_DETECTED =
  'Could not detect driver for payload: send it to the path of its tool, such as /alerts/webhook/generic/';

/** The driver that claims a body, else why nobody takes it. */
function detectDriver(drivers: WebhookParts['drivers'], bytes: Buffer, contentType: string): Driver | Refusal {
  const content = readContent(bytes, contentType);
  if (!content.ok) return unreadableBody(content);
  return claimantsOf(drivers, content.value)[0] ?? refusal('unreadable', NOT_DETECTED);
}

function unknownDriver(parts: WebhookParts, name: string): Refusal {
  const known = [...parts.drivers.keys()].sort();
  const hint = name === 'cluster' ? ': set CLUSTER_ENABLED=1 on this hub to accept pushes' : '';
  const list = known.length === 0 ? 'none is enabled' : `enabled here: ${known.join(', ')}`;
  return refusal('unknown_driver', `Unknown driver${hint} (${list})`);
}
