import { LIMITS } from '../../core/alert/alert.ts';
import { topLevelTexts } from '../../core/reading/top-level.ts';
import type { Driver } from '../../drivers/contract.ts';
import type { ClientAddress } from '../address.ts';
import type { Reply } from '../reply.ts';
import type { ArrivingRequest, RequestHead } from '../request.ts';
import type { Authenticate, ProveHead } from './credentials.ts';
import type { Arrival, Detect } from './detect.ts';
import type { Intake } from './intake.ts';
import type { AllowBody } from './large-bodies.ts';
import type { LargeGate } from './large-gate.ts';
import { notTakenNow, type Outcome, postponed, type Refusal, refusal, replyTo } from './outcome.ts';
import type { Rests } from './rests.ts';
import type { WebhookRoute } from './route.ts';
import type { GivenRequest } from './schemes.ts';
import { answerVerification, asksForVerification } from './verification.ts';

/** What the webhook routes need of the rest of the hub. */
export interface WebhookParts {
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly authenticate: Authenticate;
  readonly proveHead: ProveHead;
  readonly allowBody: AllowBody;
  readonly detect: Detect;
  readonly rests: Rests;
  readonly largeGate: LargeGate;
  readonly intake: Intake;
  readonly now: () => number;
  readonly addressOf: ClientAddress;
  /** Whether the hub is stopping and takes nothing new. */
  readonly stopping: () => boolean;
  /** Called with the outcome of each request that has a body. */
  readonly onOutcome: (report: RequestReport) => void;
  /** Called when a request fails on the side of the hub. */
  readonly onFailure: (error: unknown) => void;
}

/** A request, and what became of it. */
export interface RequestReport {
  /** Name of its driver; `auto-detect` where that could not be told. */
  readonly source: string;
  /** Whether its sender has proven who it is. */
  readonly isProven: boolean;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** Of its sender, or of a proxy that is not trusted to name it. */
  readonly address: string;
  readonly outcome: Outcome;
}

/** Answers one request of a webhook route: its method, its size, its sender; then intake has it. */
export async function answerWebhook(
  parts: WebhookParts,
  arriving: ArrivingRequest,
  route: WebhookRoute,
): Promise<Reply> {
  const { head: request } = arriving;
  const { driver: name } = route;
  const named = parts.drivers.get(name);
  if (isQuestion(request, route)) {
    if (name !== '' && named === undefined) return replyTo(unknownDriver(parts, name));
    const asked = name === '' ? parts.drivers.get('cluster') : named;
    if (asked?.name === 'cluster' && asksForVerification(request))
      return answerVerification(parts, asked, route, request);
    const ready = { status: 'ok', message: 'Alert webhook endpoint is ready', driver: name || 'auto-detect' };
    return { status: 200, body: ready };
  }
  const receivedAt = parts.now();
  const address = parts.addressOf(request);
  const arrival = { receivedAt, address };
  const { outcome, driver, isUnread, isProven } = await outcomeOf(parts, arriving, route, named, arrival);
  // A stranger that goes on as soon as it is answered would have the hub read nothing but what it refuses.
  if (outcome.outcome === 'refused' && !isProven && !isSmall(request)) await parts.rests.hold();
  const source = driver?.name ?? 'auto-detect';
  parts.onOutcome({ source, isProven, receivedAt, address, outcome });
  const reply = asItsSenderWants(driver, route, withAllow(outcome, named, route));
  return isUnread ? { ...reply, unread: true } : reply;
}

/**
 * Whether a request asks if the endpoint is ready. One that brings something by GET, as some tools do unless they are
 * told otherwise, must not be told that all is well: nothing is taken by GET.
 */
function isQuestion(request: RequestHead, { apiPath }: WebhookRoute): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && apiPath === undefined && !bringsData(request);
}

function bringsData({ url = '', headers }: RequestHead): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody || /\?./.test(url);
}

/** What became of a request that is no question. */
interface Answered {
  readonly outcome: Outcome;
  readonly driver?: Driver | undefined;
  readonly isProven: boolean;
  readonly isUnread?: boolean;
}

async function outcomeOf(
  parts: WebhookParts,
  { head: request, readBody }: ArrivingRequest,
  route: WebhookRoute,
  named: Driver | undefined,
  { receivedAt, address }: Arrival,
): Promise<Answered> {
  const { headers, method = '' } = request;
  const head = { method, path: route.path, pathSecret: route.pathSecret, headers, receivedAt };
  const proof = named === undefined ? 'none' : parts.proveHead(named, head, request);
  const isProven = proof === 'proven';
  const refused = refusalOfHead(request, route, named?.methods ?? ['POST']);
  // A wrong method that brings nothing loses nothing.
  if (refused !== null)
    return { outcome: refused, driver: named, isProven: isProven && bringsData(request), isUnread: true };
  const rest = named?.name === 'cluster' ? parts.rests.restOf(request, receivedAt) : null;
  if (rest !== null) {
    await parts.rests.hold();
    return { outcome: rest, driver: named, isProven: false, isUnread: true };
  }
  const isLate = parts.stopping();
  const leave = isProven || isSmall(request) ? null : await parts.largeGate(address);
  const allowance = parts.allowBody(named, proof, request);
  try {
    const body = await readBody(allowance.bytes);
    if (!body.ok) {
      const outcome = refusalOfBody(body.reason, allowance.bytes);
      return { outcome, driver: named, isProven, isUnread: true };
    }
    if (isLate) return { outcome: postponed('the hub is stopping'), driver: named, isProven };
    const given = { ...head, body: body.bytes, texts: () => topLevelTexts(body.bytes) };
    const detected = route.driver === '' ? await parts.detect(given, request, { receivedAt, address }) : named;
    if (detected === undefined) return { outcome: unknownDriver(parts, route.driver), isProven };
    if ('outcome' in detected) return { outcome: detected, isProven };
    return await accept(parts, detected, request, { ...given, apiPath: route.apiPath, address, leave });
  } finally {
    allowance.release();
    leave?.();
  }
}

const SMALL_BYTES = 64 * 1024;

function isSmall({ headers }: RequestHead): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= SMALL_BYTES;
}

/** Why a request is refused before its body is read; null when it is not. */
function refusalOfHead(request: RequestHead, { apiPath }: WebhookRoute, methods: readonly string[]): Refusal | null {
  if (!methods.includes(request.method ?? '')) {
    const other = apiPath === undefined ? '; GET without data says whether the endpoint is ready' : '';
    return refusal('method', `send alerts with ${methods.join(' or ')}${other}`);
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return refusal('encoding', 'send the body without Content-Encoding');
  if (/^\s*multipart\//i.test(contentTypeOf(request))) {
    return refusal('encoding', 'the body is multipart: send it as JSON, with Content-Type: application/json');
  }
  return null;
}

/** The HTTP answer, with the methods that are taken where another one was used. */
function withAllow(outcome: Outcome, named: Driver | undefined, { apiPath }: WebhookRoute): Reply {
  const reply = replyTo(outcome);
  if (outcome.outcome !== 'refused' || outcome.cause !== 'method') return reply;
  const questions = apiPath === undefined ? ['GET', 'HEAD'] : [];
  return { ...reply, headers: { Allow: [...questions, ...(named?.methods ?? ['POST'])].join(', ') } };
}

function refusalOfBody(reason: 'too_large' | 'cut_off', limit: number): Refusal {
  if (reason === 'cut_off') return refusal('cut_off', 'the body was cut off');
  const more = limit < LIMITS.groupBytes ? ` (${LIMITS.groupBytes} where a header or the path shows the secret)` : '';
  return refusal('too_large', `a body holds at most ${limit} bytes${more}: send fewer alerts at once`);
}

function contentTypeOf({ headers }: RequestHead): string {
  return headers['content-type'] ?? '';
}

/** A request on its way to the engine; `leave` lets the next large one in. */
type Accepting = GivenRequest & {
  readonly apiPath?: string | undefined;
  readonly address: string;
  readonly leave: (() => void) | null;
};

async function accept(
  parts: WebhookParts,
  driver: Driver,
  request: RequestHead,
  { apiPath, address, leave, ...raw }: Accepting,
): Promise<Answered> {
  const { body, receivedAt } = raw;
  const contentType = contentTypeOf(request);
  let isProven = false;
  try {
    const proof = await parts.authenticate(driver, raw, request);
    // What follows is the engine's, which has a queue of its own.
    leave?.();
    if (!proof.ok) return { outcome: refusal('forbidden', proof.reason), driver, isProven };
    isProven = true;
    const { verified, credential } = proof;
    const userAgent = request.headers['user-agent'] ?? '';
    const flow = credential.instanceId === undefined ? `${credential.name} ${address}` : credential.name;
    const job = { driver: driver.name, receivedAt, userAgent, body, contentType, apiPath, verified, credential, flow };
    const outcome = await parts.intake(job);
    if (credential.instanceId !== undefined) parts.rests.note(request, outcome, receivedAt);
    return { outcome, driver, isProven };
  } catch (error) {
    parts.onFailure(error);
    return { outcome: notTakenNow(), driver, isProven };
  }
}

/** The answer with the status that makes this driver's senders do the right thing, and by a vendor's own path in its words. */
function asItsSenderWants(driver: Driver | undefined, { apiPath }: WebhookRoute, reply: Reply): Reply {
  if (driver === undefined) return reply;
  const common = { ...reply, status: driver.statuses?.[reply.status] ?? reply.status };
  return apiPath === undefined ? common : { ...common, ...driver.api?.answer(common, apiPath) };
}

function unknownDriver(parts: WebhookParts, name: string): Refusal {
  const known = [...parts.drivers.keys()].sort();
  const hint = name === 'cluster' ? ': set CLUSTER_ENABLED=1 on this hub to accept pushes' : '';
  const list = known.length === 0 ? 'none is enabled' : `enabled here: ${known.join(', ')}`;
  return refusal('unknown_driver', `Unknown driver${hint} (${list})`);
}
