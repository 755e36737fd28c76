import { type Clock, sleep } from '../lib/clock.ts';
import type { Secret } from '../lib/crypto/secret.ts';
import { type HttpSettings, postJson } from '../lib/http/client.ts';

/** A push endpoint of a hub, and how it is reached. */
export interface HeartbeatTarget {
  /** Base addresses of hubs that share a store: the next is asked when one does not answer. */
  readonly hubs: readonly string[];
  readonly key: Secret;
  /** Name of the endpoint, where several have the same key; '' for none. */
  readonly name: string;
  /** Names the run. */
  readonly run: string;
  readonly how: HttpSettings;
}

// A hub that restarts is back by then; a job is not to wait for longer.
const PAUSES_MS = [0, 1000, 3000, 6000] as const;

/** Calls it: `start`, or an exit code, with what is to be kept. Null once a hub has taken it, else why none did. Never rejects. */
export async function callHeartbeat(
  { hubs, key, name, run, how }: HeartbeatTarget,
  word: string,
  body: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  const parts = [key.reveal(), ...(name === '' ? [] : [name]), word].map(encodeURIComponent);
  let reason = 'no hub was asked';
  for (const pause of PAUSES_MS) {
    if (pause > 0) await sleep(clock, pause);
    for (const hub of hubs) {
      if (signal.aborted) return reason;
      const url = new URL(`${hub.replace(/\/+$/, '')}/ping/${parts.join('/')}?rid=${run}`);
      const result = await postJson({ url, headers: {}, body, contentType: 'text/plain; charset=utf-8', signal }, how);
      if (result.ok && result.body.includes('not found')) return `${url.host} has no push endpoint with this key`;
      if (result.ok) return null;
      reason = result.reason;
      if (result.permanent) return reason;
    }
  }
  return reason;
}

/** Keeps the last bytes of what is written. */
export function createTail(limit: number): { add(chunk: Uint8Array): void; text(): string } {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let isCut = false;
  return {
    add: (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= 2 * limit) return;
      const whole = Buffer.concat(chunks);
      chunks = [whole.subarray(whole.length - limit)];
      size = limit;
      isCut = true;
    },
    text: () => {
      const whole = Buffer.concat(chunks);
      const kept = whole.subarray(Math.max(0, whole.length - limit));
      const text = kept.toString('utf8');
      // The first character may be a part of one.
      return isCut || kept.length < whole.length ? text.replace(/^\ufffd+/, '') : text;
    },
  };
}
