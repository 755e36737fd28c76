import { principalKey } from '../../core/access/principal.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { createRecent } from '../../lib/recent.ts';
import { failure, type Reply } from '../reply.ts';
import type { Answer, Route, RouteRequest } from './route.ts';

/** Answers a request, and for a while the same one under the same key as the first time, without doing it again. */
export type AnswerOnce = (route: Route, path: string, request: RouteRequest) => Promise<Answer>;

/** For how long a key is remembered: somebody who has heard no answer asks again within seconds. */
export const KEY_MINUTES = 10;
// All of them together; what is oldest is forgotten first.
const MOST = 1000;

interface Done {
  readonly digest: string;
  readonly at: number;
  readonly answer: Promise<Answer>;
}

/**
 * Whether a request of this route can be named by a key without the store knowing of it: what is asked by who is known,
 * and what does not keep the key itself.
 */
export function isKeyedHere({ method, role, isKeyed }: Pick<Route, 'method' | 'role' | 'isKeyed'>): boolean {
  return method === 'POST' && isKeyed !== true && (role === 'read' || role === 'write' || role === 'admin');
}

/** Remembers what was done under a key; of what failed on the side of the hub nothing, so that it is tried again. */
export function createAnswerOnce(now: () => number): AnswerOnce {
  const known = createRecent<Done>(MOST);
  return async (route, path, request) => {
    const { idempotencyKey, principal, confinement, body } = request;
    if (idempotencyKey === null || !isKeyedHere(route)) return route.answer(request);
    const key = JSON.stringify([principalKey(principal), path, idempotencyKey]);
    const digest = sha256(JSON.stringify([body ?? null, confinement]));
    const before = known.get(key);
    if (before !== undefined && now() - before.at < KEY_MINUTES * 60_000) {
      if (before.digest !== digest) return REUSED;
      return before.answer;
    }
    const done = { digest, at: now(), answer: route.answer(request) };
    known.set(key, done);
    const forget = () => {
      if (known.get(key) === done) known.delete(key);
    };
    try {
      const answered = await done.answer;
      if (!isKept(answered)) forget();
      return answered;
    } catch (error) {
      forget();
      throw error;
    }
  };
}

const REUSED = failure(422, 'this Idempotency-Key was used for something else: give each request its own');

function isKept(answer: Answer): answer is Reply {
  return 'status' in answer && !('stream' in answer) && answer.status < 500 && answer.status !== 429;
}
