import type { Reply } from '../reply.ts';
import type { TextParts } from '../text.ts';

/** One route of the API. `none` needs no credential: it tells whether the hub lives and can write, and its version. */
export interface Route {
  readonly path: string;
  readonly authentication: 'none' | 'api';
  /** The answer to other methods than GET and HEAD; left out, 405. */
  readonly otherwise?: Reply;
  /** What is posted at this path is a webhook. */
  readonly isPosted?: true;
  /** An answer, or the JSON text of one with status 200. */
  answer(request: RouteRequest): Promise<Reply | TextParts>;
}

/** What a route is asked. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
}
