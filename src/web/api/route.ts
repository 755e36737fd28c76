import * as z from 'zod';
import type { Confinement } from '../../core/access/confinement.ts';
import type { Principal } from '../../core/access/principal.ts';
import type { Caller } from '../access/caller.ts';
import type { RouteClients } from '../access/gate.ts';
import type { Reply, StreamReply } from '../reply.ts';
import type { TextParts } from '../text.ts';
import { readQuery } from './queries.ts';
import { readFields } from './write.ts';

/**
 * Who may use a route. `public` needs no credential: it tells whether the hub lives and can write, and its version. Of
 * `link` the path itself is one, of `probe` the token of a node that looks at endpoints, and of `push` the secret of a push
 * endpoint, in the path, a header or a parameter; all three are proved by the route. The others are roles of principals,
 * each of which includes the ones before it.
 */
export type RouteRole = 'public' | 'link' | 'probe' | 'push' | 'read' | 'write' | 'admin';

/** Methods that change something. */
export type WriteMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One method at one path, with all that is to be known of it: who may, what it takes, and what it answers. What a schema
 * refuses never reaches the handler: of a query it is answered with 400, of a body with 422.
 */
export interface Route {
  readonly method: 'GET' | WriteMethod;
  /** With `:name` for what varies. HEAD is answered where GET is. */
  readonly path: string;
  readonly role: RouteRole;
  /** One line for people. */
  readonly summary: string;
  /** Of the parts of the path that vary. */
  readonly params: z.ZodObject;
  readonly query: z.ZodType;
  /** null where no body is read. */
  readonly body: z.ZodType | null;
  /** Bodies of the answers that are no errors, by status; null for none. */
  readonly answers: Answers;
  /** Whether who is confined to some labels may ask: the answer keeps to what is theirs. Left out, they are refused. */
  readonly isConfinable?: boolean;
  /** Whether what these parts of the path name is open to all, as it is configured now; the role counts for all else. */
  readonly isOpen?: (params: Readonly<Record<string, string>>) => boolean;
  /** The body may be the form of a page of the hub's own. */
  readonly takesForm?: boolean;
  /**
   * Of a route for probes: null for a request that shows the secret it must, else its answer. Asked before anything of the
   * body is read.
   */
  readonly prove?: (request: ProvingRequest) => Reply | null;
  /** Bytes that a body may have; left out, 64 KiB. */
  readonly bodyBytes?: number;
  /** A body is any text, and is passed on as its bytes. */
  readonly takesText?: true;
  /**
   * A body may have one JSON value a line, at most so many: it is read as a list, in which a line that is none is an
   * UnreadableLine. Texts that no store can keep are for the route to refuse.
   */
  readonly mostLines?: number;
  /** A body may be compressed with gzip. */
  readonly takesGzip?: true;
  /** A GET reads nothing of the store, so it waits for nobody who does. */
  readonly readsNothing?: true;
  /** Left out: of no tool in particular. */
  readonly clients?: RouteClients;
  /** What is posted at this path is a webhook. */
  readonly isPosted?: true;
  /** An answer goes on for as long as it is read. */
  readonly isStream?: true;
  /**
   * The same request under the same `Idempotency-Key` is done once, for the store keeps the key. Of other routes that are
   * posted to, the hub remembers it for a while.
   */
  readonly isKeyed?: true;
  /** An answer, or the JSON text of one with status 200. Throws QueryError and WriteError. */
  readonly answer: (request: RouteRequest) => Promise<Answer>;
}

/** What a route answers. */
export type Answer = Reply | TextParts | StreamReply;

/** Schemas of answers by status; null for one without a body. */
export type Answers = Readonly<Record<number, z.ZodType | null>>;

/** What a secret is proved by. */
export type ProvingRequest = Pick<RouteRequest, 'params' | 'query' | 'caller' | 'header'>;

/** What a route is asked. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  /** The JSON value that was sent; undefined for nothing. */
  readonly body: unknown;
  /** What names this request among all of its sender, so that it may be sent again; null where it bears no name. */
  readonly idempotencyKey: string | null;
  /** The last event that its sender has read of a stream. */
  readonly lastEventId?: string | undefined;
  /** The part of everything that its sender may see; null for all of it. */
  readonly confinement: Confinement | null;
  /** Whether its sender may still read what goes on for long; left out: for as long as the process lives. */
  readonly isGranted?: () => Promise<boolean>;
  /** Who asks; null where the route is open to all, or proves a link. */
  readonly principal: Principal | null;
  /** What is known of who asks beside that. */
  readonly caller: Caller;
  /** A header of the request, by its name in lower case; undefined for none, and for several. */
  readonly header: (name: string) => string | undefined;
}

/** A request as the schemas of its route have read it. */
export interface ReadRequest<Query, Body> extends RouteRequest {
  readonly query: Query;
  readonly body: Body;
}

/** A route as it is written down. */
export interface RouteDefinition<Query, Body>
  extends Pick<
      Route,
      | 'method'
      | 'path'
      | 'role'
      | 'summary'
      | 'isPosted'
      | 'isStream'
      | 'isKeyed'
      | 'isConfinable'
      | 'isOpen'
      | 'takesForm'
      | 'prove'
      | 'bodyBytes'
      | 'takesText'
      | 'takesGzip'
      | 'mostLines'
      | 'readsNothing'
      | 'clients'
    >,
    Partial<Pick<Route, 'answers'>> {
  /** Left out: whatever is given is passed over. */
  readonly query?: z.ZodType<Query>;
  /** Left out: a body is passed on as it is. */
  readonly body?: z.ZodType<Body>;
  readonly answer: (request: ReadRequest<Query, Body>) => Promise<Answer>;
}

/** A route from its definition. */
export function route<Query = unknown, Body = unknown>(definition: RouteDefinition<Query, Body>): Route {
  const { query, body, answers = {}, answer, ...head } = definition;
  const names = [...head.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return {
    ...head,
    params: z.strictObject(Object.fromEntries(names.map((name) => [name, z.string()]))),
    query: query ?? z.unknown(),
    body: body ?? null,
    answers,
    answer: async (request) =>
      answer({
        ...request,
        query: query === undefined ? (request.query as Query) : readQuery(query, request.query),
        body: body === undefined ? (request.body as Body) : readFields(body, request.body),
      }),
  };
}

/** Routes by their paths, in their order. */
export function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const found = new Map<string, Route[]>();
  for (const one of routes) found.set(one.path, [...(found.get(one.path) ?? []), one]);
  return found;
}

/** The methods that the routes of one path answer. */
export function methodsOf(routes: readonly Route[]): readonly string[] {
  return routes.flatMap(({ method, isPosted }) => [
    ...(method === 'GET' ? ['GET', 'HEAD'] : [method]),
    ...(isPosted ? ['POST'] : []),
  ]);
}
