import type { IncomingMessage } from 'node:http';
import { LIMITS } from '../../core/alert/alert.ts';
import type { Driver } from '../../drivers/contract.ts';
import { readBody } from '../body.ts';
import { failure, later, notTaken, type Reply } from '../reply.ts';
import { type BodyValue, type GivenBody, givenBody } from './body-value.ts';
import type { Authenticate } from './credentials.ts';
import { claimantsOf } from './driver-body.ts';
import type { Intake } from './intake.ts';
import type { WebhookRoute } from './route.ts';

/** What the webhook routes need of the rest of the hub. */
export interface WebhookParts {
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly authenticate: Authenticate;
  readonly intake: Intake;
  readonly now: () => number;
  /** Whether the hub is stopping and takes nothing new. */
  readonly stopping: () => boolean;
  /** Hears of requests that are not who they say. */
  readonly onRefused: (driver: string, reason: string, address: string) => void;
  /** Hears of requests that failed on the hub's side. */
  readonly onFailure: (error: unknown) => void;
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
    if (name !== '' && named === undefined) return unknownDriver(parts, name);
    const ready = { status: 'ok', message: 'Alert webhook endpoint is ready', driver: name || 'auto-detect' };
    return { status: 200, body: ready };
  }
  const body = await bodyOf(parts, request, named?.methods ?? ['POST']);
  if ('status' in body) return asItsSenderWants(named, route, body);
  const driver = name === '' ? detectDriver(parts.drivers, body.read()) : named;
  if (driver === undefined) return unknownDriver(parts, name);
  if ('status' in driver) return driver;
  return asItsSenderWants(driver, route, await take(parts, driver, request, route, body));
}

/** The whole body of a request that may have one, or the answer to its sender. */
async function bodyOf(
  parts: WebhookParts,
  request: IncomingMessage,
  methods: readonly string[],
): Promise<GivenBody | Reply> {
  if (!methods.includes(request.method ?? '')) {
    const reply = failure(405, `send alerts with ${methods.join(' or ')}; GET says whether the endpoint is ready`);
    return { ...reply, headers: { Allow: ['GET', 'HEAD', ...methods].join(', ') }, unread: true };
  }
  const isLate = parts.stopping();
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return { ...failure(415, 'send the body without Content-Encoding'), unread: true };
  if (/^\s*multipart\//i.test(contentTypeOf(request)))
    return {
      ...failure(415, 'the body is multipart: send it as JSON, with Content-Type: application/json'),
      unread: true,
    };
  const body = await readBody(request, LIMITS.bodyBytes);
  if (!body.ok) {
    const tooLarge = failure(413, `a body holds at most ${LIMITS.bodyBytes} bytes: send fewer alerts at once`);
    return { ...(body.reason === 'too_large' ? tooLarge : failure(400, 'the body was cut off')), unread: true };
  }
  return isLate ? later(503, 'the hub is stopping', 5) : givenBody(body.bytes, contentTypeOf(request));
}

function contentTypeOf({ headers }: IncomingMessage): string {
  return headers['content-type'] ?? '';
}

async function take(
  parts: WebhookParts,
  driver: Driver,
  request: IncomingMessage,
  { path, pathSecret, apiPath }: WebhookRoute,
  given: GivenBody,
): Promise<Reply> {
  const receivedAt = parts.now();
  const { headers } = request;
  const raw = {
    method: request.method ?? '',
    path,
    pathSecret,
    headers,
    body: given.bytes,
    read: given.read,
    receivedAt,
  };
  try {
    const proof = await parts.authenticate(driver, raw, request);
    if (!proof.ok) {
      parts.onRefused(driver.name, proof.reason, request.socket.remoteAddress ?? '');
      return failure(403, proof.reason);
    }
    const { verified, credential } = proof;
    const userAgent = headers['user-agent'] ?? '';
    return await parts.intake({
      driver: driver.name,
      receivedAt,
      userAgent,
      body: given,
      apiPath,
      verified,
      credential,
    });
  } catch (error) {
    parts.onFailure(error);
    return notTaken();
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

/** The driver that claims a body, else the answer to its sender. */
function detectDriver(drivers: WebhookParts['drivers'], body: BodyValue): Driver | Reply {
  if (!body.ok) return body.reply;
  return claimantsOf(drivers, body.value)[0] ?? failure(400, NOT_DETECTED);
}

function unknownDriver(parts: WebhookParts, name: string): Reply {
  const known = [...parts.drivers.keys()].sort();
  const hint = name === 'cluster' ? ': set CLUSTER_ENABLED=1 on this hub to accept pushes' : '';
  const list = known.length === 0 ? 'none is enabled' : `enabled here: ${known.join(', ')}`;
  return failure(400, `Unknown driver${hint} (${list})`);
}
