import type { Instance } from '../../core/cluster/instance.ts';
import { iso } from '../../core/iso-time.ts';
import type { JsonObject } from '../../core/reading/read.ts';
import type { InstanceSignal } from '../../core/submission.ts';
import { uuidOf } from '../../lib/crypto/ids.ts';
import { AlertaError, attributesOf, listOf, required, secondsOf, textOf, timeOf } from './read.ts';
import { TIMEOUT_S } from './words.ts';

// Origins stand among the instances, and must not be taken for one that pushes.
const PREFIX = 'alerta:';
const LONGEST_ORIGIN = 200;
const LONGEST_TEXT = 8000;
// Milliseconds; as Alerta has it by default.
const MAX_LATENCY = 2000;

/** What an origin says of itself. */
interface Said {
  readonly origin: string;
  readonly customer: string | null;
  readonly tags: readonly string[];
  readonly attributes: JsonObject;
  /** UTC milliseconds. */
  readonly createTime: number;
  /** Seconds. */
  readonly timeout: number;
}

/** The range of instances among which origins stand: from behind the first to before the second. */
export const ORIGINS = { after: PREFIX, isOne: (id: string) => id.startsWith(PREFIX) } as const;

/** A heartbeat as a client sends it: what it says of its origin. Throws AlertaError. */
export function readHeartbeat(given: JsonObject, now: number): InstanceSignal & { readonly kind: 'seen' } {
  const customer = textOf(given, 'customer');
  const said: Said = {
    origin: required(given, 'origin'),
    customer,
    tags: listOf(given, 'tags'),
    attributes: attributesOf(given.attributes),
    createTime: timeOf(given, 'createTime') ?? now,
    timeout: secondsOf(given, 'timeout') ?? TIMEOUT_S,
  };
  if (said.origin.length > LONGEST_ORIGIN || (customer ?? '').length > LONGEST_ORIGIN || /\p{Cc}/u.test(said.origin))
    throw new AlertaError(400, `origin must be one line of at most ${LONGEST_ORIGIN} characters`);
  const heartbeat = JSON.stringify(said);
  if (heartbeat.length > LONGEST_TEXT)
    throw new AlertaError(400, `tags and attributes are longer than ${LONGEST_TEXT} characters`);
  const instanceId = PREFIX + (customer === null ? said.origin : `${customer}:${said.origin}`);
  return {
    ...{ kind: 'seen', instanceId, hostname: said.origin, version: '', clockOffsetMs: null, heartbeat },
    staleAfterMs: said.timeout * 1000,
  };
}

/** The id under which clients know the heartbeats of an instance. */
export function heartbeatId(instanceId: string): string {
  return uuidOf(`heartbeat ${instanceId}`);
}

/** How an origin stands, as Alerta gives it; null for what is none. */
export function heartbeatJson(
  instance: Pick<Instance, 'instanceId' | 'heartbeat' | 'lastSeenAt' | 'silentSince'>,
  now: number,
) {
  const { instanceId, heartbeat, lastSeenAt, silentSince } = instance;
  if (heartbeat === undefined) return null;
  const { origin, customer, tags, attributes, createTime, timeout } = JSON.parse(heartbeat) as Said;
  const id = heartbeatId(instanceId);
  const latency = Math.max(0, lastSeenAt - createTime);
  const isExpired = silentSince !== null || now - lastSeenAt > timeout * 1000;
  return {
    ...{ id, href: `/heartbeat/${id}`, origin, tags, attributes, type: 'Heartbeat', createTime: iso(createTime) },
    ...{ timeout, maxLatency: MAX_LATENCY, receiveTime: iso(lastSeenAt), customer, latency },
    since: Math.max(0, Math.round((now - lastSeenAt) / 1000)),
    status: isExpired ? 'expired' : latency > MAX_LATENCY ? 'slow' : 'ok',
  };
}

/** A heartbeat as Alerta gives it. */
export type HeartbeatJson = NonNullable<ReturnType<typeof heartbeatJson>>;
