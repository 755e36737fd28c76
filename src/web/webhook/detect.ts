import { readBody } from '../../core/reading/body.ts';
import type { Driver } from '../../drivers/contract.ts';
import { claimantsOf } from '../../drivers/read.ts';
import { createLimiter } from '../limits.ts';
import type { RequestHead } from '../request.ts';
import type { Authenticate } from './credentials.ts';
import { unreadableBody } from './intake.ts';
import { type Postponed, postponed, type Refusal, refusal } from './outcome.ts';
import type { GivenRequest } from './schemes.ts';

/** When and from where a request came. */
export interface Arrival {
  readonly receivedAt: number;
  readonly address: string;
}

/** The driver that claims the body of a request without a route, else why nobody takes it. */
export type Detect = (
  given: GivenRequest,
  request: RequestHead,
  arrival: Arrival,
) => Promise<Driver | Refusal | Postponed>;

/** What detection is made of. */
export interface DetectParts {
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly authenticate: Authenticate;
}

// A body is parsed for it, at once and beside all others: of each sender 1 MiB a second, 4 MiB at once.
const STEP_BYTES = 64 * 1024;
const LIMIT = { perSecond: 16, burst: 64 };

const NOT_PROVEN =
  'this request shows the secret of no driver of this hub: show it by a header or the path, and send it to the path of its tool, such as /alerts/webhook/generic/';
const NOT_A_PUSH = 'pushes of instances are taken at /alerts/webhook/cluster/ only';
const NOT_DETECTED =
  'Could not detect driver for payload: send it to the path of its tool, such as /alerts/webhook/generic/';
const TOO_MUCH = 'too much without a driver in the path: send it to the path of its tool';

/** Detection with a limit of its own. Nothing is parsed for somebody whom no driver knows. */
export function createDetect({ drivers, authenticate }: DetectParts): Detect {
  const limit = createLimiter(LIMIT);
  const senderOf = async (given: GivenRequest, request: RequestHead) => {
    for (const driver of drivers.values()) {
      const proof = await authenticate(driver, given, request);
      if (proof.ok) return proof.credential.name;
    }
    return null;
  };
  return async (given, request, { receivedAt, address }) => {
    const sender = await senderOf(given, request);
    if (sender === null) return refusal('forbidden', NOT_PROVEN);
    const wait = limit(`${sender} ${address}`, receivedAt, given.body.length / STEP_BYTES);
    if (wait > 0) return postponed(TOO_MUCH, wait, 'rate_limited');
    const content = readBody(given.body, request.headers['content-type'] ?? '');
    if (!content.ok) return unreadableBody(content);
    const driver = claimantsOf(drivers, content.value)[0];
    // Its signature is made for its own path.
    if (driver?.name === 'cluster') return refusal('unreadable', NOT_A_PUSH);
    return driver ?? refusal('unreadable', NOT_DETECTED);
  };
}
