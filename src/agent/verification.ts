import { timeOf } from '../core/reading/read.ts';
import type { HttpResult } from '../lib/http/client.ts';
import { foreignForm, parse } from './receipt.ts';

/** What a hub says of the proof of an agent, without a push. */
export interface Verification {
  readonly isAccepted: boolean;
  /** Why it is not; null when it is. */
  readonly reason: string | null;
  /** What the agent was known by, such as `key:k7f3` or `secret:cluster`; null where the hub does not say. */
  readonly credential: string | null;
  /** How far this machine's clock is ahead of the hub's, in milliseconds; null where the hub does not tell its time. */
  readonly clockOffsetMs: number | null;
  /** What the hub answered over HTTP; null when nothing did. */
  readonly answer: { readonly status: number; readonly body: string } | null;
}

/** Who asked, and when by its own clock, in UTC milliseconds. */
export interface Asked {
  readonly instanceId: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Reads what a hub answered to an agent that asked whether it would be accepted. */
export function verificationOf(result: HttpResult, { instanceId, sentAt, answeredAt }: Asked): Verification {
  const { status = 0, body = '' } = result;
  const answer = result.status === undefined ? null : { status, body };
  const said = parse(body);
  const receivedAt = timeOf(said?.received_at);
  const facts = {
    credential: typeof said?.credential === 'string' ? said.credential : null,
    // The hub saw the request about half way between the two.
    clockOffsetMs: receivedAt === undefined ? null : Math.round((sentAt + answeredAt) / 2 - receivedAt),
    answer,
  };
  const reason = result.ok ? doubtOf(result, said, instanceId) : result.reason;
  return { isAccepted: reason === null, reason, ...facts };
}

type Said = ReturnType<typeof parse>;

function doubtOf({ headers }: Extract<HttpResult, { ok: true }>, said: Said, instanceId: string): string | null {
  const foreign = foreignForm(headers);
  if (foreign !== null) return foreign;
  if (said === null) return 'the answer is not the JSON object of a hub; check HUB_URL';
  if (said.accepted !== true)
    return 'the hub can be reached, but did not say whether it accepts this signature: it may be older than this agent; push to find out';
  const { instance_id: own } = said;
  if (typeof own !== 'string' || own === instanceId) return null;
  return `the key is valid for ${own} only, and this machine is ${instanceId}: set INSTANCE_ID=${own}, or create a key for ${instanceId} on the hub`;
}
