import type { Reply } from '../reply.ts';
import type { TextParts } from '../text.ts';

/**
 * One route of the API. `none` needs no credential: it tells whether the hub lives and can write, and its version. Of `link`
 * the path itself is one: the route proves it.
 */
export interface Route {
  readonly path: string;
  readonly authentication: 'none' | 'api' | 'link';
  /** The answer to methods that nothing else answers; left out, 405. */
  readonly otherwise?: Reply;
  /** What is posted at this path is a webhook. */
  readonly isPosted?: true;
  /** To GET and HEAD: an answer, or the JSON text of one with status 200. Left out, nothing is read here. */
  readonly answer?: (request: RouteRequest) => Promise<Reply | TextParts>;
  /** To methods that change something. They are refused to pages of other sites, and take JSON of at most 64 KiB or nothing; those of links take forms, too. */
  readonly writes?: Readonly<Partial<Record<WriteMethod, (request: WriteRequest) => Promise<Reply>>>>;
}

/** Methods that change something. */
export type WriteMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a route is asked. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
}

/** What a route is asked to change. */
export interface WriteRequest extends RouteRequest {
  /** The JSON value that was sent; undefined for nothing. */
  readonly body: unknown;
  /** What names this request among all of its sender, so that it may be sent again; null where it bears no name. */
  readonly idempotencyKey: string | null;
}

/** The methods that a route answers. */
export function methodsOf({ answer, isPosted, writes = {} }: Route): readonly string[] {
  return [...(answer === undefined ? [] : ['GET', 'HEAD']), ...(isPosted ? ['POST'] : []), ...Object.keys(writes)];
}
