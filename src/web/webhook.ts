import type { IncomingMessage } from 'node:http';
import { LIMITS } from '../core/alert.ts';
import type { Driver } from '../drivers/contract.ts';
import { readBody } from './body.ts';
import type { Authenticate } from './credentials.ts';
import { type Intake, readJson } from './intake.ts';
import { failure, later, type Reply } from './reply.ts';

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

/** What a webhook path names. */
export interface WebhookRoute {
  readonly path: string;
  /** '' where the body has to tell. */
  readonly driver: string;
  /** The secret behind the driver's name, if there is one, decoded. */
  readonly pathSecret?: string;
}

/** `/alerts/webhook`, `/alerts/webhook/<driver>` or `/alerts/webhook/<driver>/<secret>`, with or without a last slash; null for another path. */
export function webhookRoute(path: string): WebhookRoute | null {
  const match = /^\/alerts\/webhook(?:\/([^/]*)(?:\/([^/]+))?)?\/?$/.exec(path);
  if (match === null) return null;
  const [, driver = '', pathSecret] = match;
  return { path, driver, ...(pathSecret !== undefined && { pathSecret: decoded(pathSecret) }) };
}

/** A secret may hold what an address must encode; one that is wrongly encoded is none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Answers one request of a webhook route: its method, its size, its sender; then intake has it. */
export async function answerWebhook(
  parts: WebhookParts,
  request: IncomingMessage,
  route: WebhookRoute,
): Promise<Reply> {
  const { path, driver: name, pathSecret } = route;
  if (request.method === 'GET' || request.method === 'HEAD') {
    if (name !== '' && !parts.drivers.has(name)) return unknownDriver(parts, name);
    const ready = { status: 'ok', message: 'Alert webhook endpoint is ready', driver: name || 'auto-detect' };
    return { status: 200, body: ready };
  }
  if (request.method !== 'POST') {
    const reply = failure(405, 'send alerts with POST; GET says whether the endpoint is ready');
    return { ...reply, headers: { Allow: 'GET, HEAD, POST' }, unread: true };
  }
  const isLate = parts.stopping();
  const { headers } = request;
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    return { ...failure(415, 'send the body without Content-Encoding'), unread: true };
  }
  const body = await readBody(request, LIMITS.bodyBytes);
  if (!body.ok) {
    const tooLarge = failure(413, `a body holds at most ${LIMITS.bodyBytes} bytes: send fewer alerts at once`);
    return { ...(body.reason === 'too_large' ? tooLarge : failure(400, 'the body was cut off')), unread: true };
  }
  if (isLate) return later(503, 'the hub is stopping', 5);
  const driver = name === '' ? detectDriver(parts.drivers, body.bytes) : parts.drivers.get(name);
  if (driver === undefined) return unknownDriver(parts, name);
  if ('status' in driver) return driver;
  const receivedAt = parts.now();
  const raw = { method: 'POST', path, ...(pathSecret && { pathSecret }), headers, body: body.bytes, receivedAt };
  try {
    const proof = await parts.authenticate(driver, raw, request);
    if (!proof.ok) {
      parts.onRefused(driver.name, proof.reason, request.socket.remoteAddress ?? '');
      return failure(403, proof.reason);
    }
    const { verified, credential } = proof;
    const userAgent = headers['user-agent'] ?? '';
    return await parts.intake({ driver: driver.name, receivedAt, userAgent, verified, credential }, body.bytes);
  } catch (error) {
    parts.onFailure(error);
    return later(503, 'the hub cannot take this at the moment', 5);
  }
}

const NOT_DETECTED =
  'Could not detect driver for payload: send it to the path of its tool, such as /alerts/webhook/generic/';

/** The driver that claims a body, `generic` only where nobody else does; else the answer to its sender. */
function detectDriver(drivers: WebhookParts['drivers'], bytes: Buffer): Driver | Reply {
  const json = readJson(bytes);
  if (!json.ok) return json.reply;
  const claimants = [...drivers.values()].filter((driver) => driver.claims(json.value));
  return claimants.find((driver) => driver.name !== 'generic') ?? claimants[0] ?? failure(400, NOT_DETECTED);
}

function unknownDriver(parts: WebhookParts, name: string): Reply {
  const known = [...parts.drivers.keys()].sort();
  const hint = name === 'cluster' ? ': set CLUSTER_ENABLED=1 on this hub to accept pushes' : '';
  const list = known.length === 0 ? 'none is enabled' : `enabled here: ${known.join(', ')}`;
  return failure(400, `Unknown driver${hint} (${list})`);
}
