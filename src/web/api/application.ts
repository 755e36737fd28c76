import type { IncomingMessage } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Clock } from '../../lib/clock.ts';
import type { Gate, RouteClients } from '../access/gate.ts';
import type { ProveBody } from '../access/signed.ts';
import { asAlerta } from '../alerta/reply.ts';
import { discardRest } from '../body.ts';
import type { PageFiles } from '../pages/files.ts';
import { servePages } from '../pages/pages.ts';
import { failure, later, type Reply, type StreamReply, sendTagged, sendText, send as write } from '../reply.ts';
import type { TextParts } from '../text.ts';
import { type AnswerOnce, createAnswerOnce } from './once.ts';
import { asProblem } from './problem.ts';
import { QueryError } from './queries.ts';
import { createReadSlots, type ReadSlot } from './read-slots.ts';
import { type Answer, byPath, methodsOf, type Route, type RouteRequest, type RouteRole } from './route.ts';
import { refuseUnstorable } from './unstorable.ts';
import { readForm, readText, readWrite, type Wanted, WriteError } from './write.ts';

/** What the API needs beside its routes. */
export interface ApiParts {
  readonly routes: readonly Route[];
  /** Decides who asks, and whether they may. */
  readonly gate: Gate;
  /** The dashboard; null, or left out, where it has not been built. */
  readonly pages?: PageFiles | null;
  readonly clock: Clock;
  /** Called when a request fails on the side of the hub. */
  readonly onFailure: (error: unknown) => void;
}

// Nothing the API answers is a page; helmet's own defaults would let scripts and styles in.
const NOTHING = ["'none'"];

/** The API as an Express application: each route behind the role it declares. */
export function createApi(parts: ApiParts): Express {
  const { routes, clock, onFailure } = parts;
  const slots = createReadSlots(clock);
  const once = createAnswerOnce(clock.now);
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: NOTHING, frameAncestors: NOTHING } },
    }),
  );
  if (parts.pages) app.use(servePages(parts.pages));
  // What no route answers there is read by the same clients.
  for (const [below, clients] of Object.entries(CLIENTS_BELOW)) app.use(below, isFor(clients));
  for (const [path, own] of byPath(routes)) {
    const clients = own[0]?.clients;
    if (clients !== undefined) app.all(path, isFor(clients));
    app.all(path, async (request: Request, response: Response) => {
      // Kept by nobody but its reader, who asks each time whether it is still so.
      response.setHeader('Cache-Control', request.method === 'GET' ? 'private, no-cache' : 'no-store');
      const answered = await answer(own, request, { ...parts, once }, () => slots.acquire(response));
      if ('stream' in answered) return begin(response, answered);
      if ('status' in answered) {
        if (isTagged(request, answered)) return sendDocument(response, answered, request.headers['if-none-match']);
        return send(response, answered, answered.unread ? discardRest(request) : undefined);
      }
      const { text, slot } = answered;
      try {
        await sendText(response, text, slot, request.headers['if-none-match']);
      } catch (error) {
        // By its name: it may come from another thread.
        const isSlow = error instanceof Error && error.name === 'SlowFilterError';
        if (isSlow && !response.headersSent) return send(response, failure(400, error.message));
        if (!isSlow) onFailure(error);
        // What has been written is no whole text, and its reader must see that.
        if (response.headersSent) response.destroy();
        else send(response, later(503, 'the hub cannot read its store now', 5));
      } finally {
        slot.release();
      }
    });
  }
  app.use((_request: Request, response: Response) => send(response, failure(404, 'there is nothing at this path')));
  // Express calls it by its four parameters; its own answer would be a page with the stack.
  app.use((error: { status?: unknown }, _request: Request, response: Response, _next: NextFunction) => {
    if (error.status === 400) return send(response, failure(400, 'the path is not well-formed'));
    onFailure(error);
    send(response, later(503, 'the hub cannot answer this now', 5));
  });
  return app;
}

/** Whether an answer is a document of the API that may be the same when it is asked for again. */
function isTagged({ method, path }: Request, { status, body, page, headers }: Reply): boolean {
  return (
    method === 'GET' &&
    path.startsWith('/api/v1/') &&
    status === 200 &&
    body !== undefined &&
    page === undefined &&
    headers?.ETag === undefined
  );
}

function sendDocument(response: Response, { body, headers }: Reply, known: string | undefined): void {
  for (const name in headers) response.setHeader(name, headers[name] as string);
  const head = ['Content-Type', 'application/json; charset=utf-8'];
  sendTagged(response, Buffer.from(JSON.stringify(body)), head, known);
}

/** Writes the head of an answer that goes on, and hands it to whoever writes the rest. */
function begin(response: Response, { headers, stream, refused }: StreamReply): void {
  if (response.req.method === 'HEAD') return void response.writeHead(200, headers).end();
  // Nothing is written before the next turn.
  if (stream(response)) response.writeHead(200, headers).flushHeaders();
  else send(response, refused);
}

const CLIENTS_BELOW: Readonly<Record<string, RouteClients>> = { '/alerta': 'alerta', '/api/v2': 'alertmanager' };

/** Remembers whose client it is that will read the answer. */
function isFor(clients: RouteClients) {
  return (_request: Request, response: Response, next: NextFunction) => {
    response.locals.clients = clients;
    next();
  };
}

/** Errors are problem+json, but for clients of an Alertmanager or an Alerta, which read no other type than JSON. */
function send(response: Response, reply: Reply, rest?: Promise<void>): void {
  const { clients } = response.locals as { readonly clients?: RouteClients };
  if (clients === 'alerta') write(response, asAlerta(reply, headerText(response.req, 'x-request-id')), rest);
  else write(response, clients === 'alertmanager' ? reply : asProblem(reply), rest);
}

/** An answer, or the text of one, for which a slot is held. */
type Answered = Reply | StreamReply | { readonly text: TextParts; readonly slot: ReadSlot };

async function answer(
  routes: readonly Route[],
  request: Request,
  parts: Pick<ApiParts, 'gate' | 'onFailure'> & { readonly once: AnswerOnce },
  acquire: () => Promise<ReadSlot | null>,
): Promise<Answered> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const route = routes.find(({ method }) => method === (isRead ? 'GET' : request.method));
  // Whoever may not read here is not told either what else could be done.
  const asker = route ?? routes[0];
  const role = asker?.role ?? 'admin';
  try {
    const params = request.params as Record<string, string>;
    const admitted = await admit(parts.gate, request, asker, { isChange: !isRead, params });
    if ('refused' in admitted) return admitted.refused;
    const lastEventId = request.headers['last-event-id'];
    const asked = {
      ...{ params, query: request.query as unknown, body: undefined, idempotencyKey: null, ...admitted },
      header: (name: string) => headerText(request, name),
      lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : undefined,
    };
    refuseUnstorable({ ...params, ...request.query });
    const { proveBody } = admitted;
    const unproven = asker?.prove?.(asked) ?? (isRead ? await proveBody?.(NO_BODY) : null) ?? null;
    if (unproven !== null) return unproven;
    if (route === undefined) return otherMethod(routes);
    if (isRead) {
      const slot = role === 'public' || route.isStream || route.readsNothing ? NO_SLOT : await acquire();
      if (slot === null) return later(503, 'the hub is busy with what others read', 5);
      return await answerWith(slot, route.answer(asked));
    }
    const wanted = await readWanted(request, route, proveBody);
    if ('refused' in wanted) return wanted.refused;
    const answered = await parts.once(route, request.path, { ...asked, ...wanted });
    return 'next' in answered ? { text: answered, slot: NO_SLOT } : answered;
  } catch (error) {
    if (error instanceof QueryError) return failure(400, error.message, error.errors);
    if (error instanceof WriteError) return failure(422, error.message, error.errors);
    if (error instanceof Error && error.name === 'SlowFilterError') return failure(400, error.message);
    parts.onFailure(error);
    return later(503, `the hub cannot ${isRead ? 'read' : 'write to'} its store now`, 5);
  }
}

/** What is to be changed, as the route takes it. */
async function readWanted(request: Request, route: Route, prove: ProveBody | undefined): Promise<Wanted> {
  const { role, takesForm, takesText, takesGzip, bodyBytes, mostLines } = route;
  if (takesText) return readText(request, bodyBytes, prove);
  if (role === 'link' || takesForm) return { body: await readForm(request), idempotencyKey: null };
  return readWrite(request, { bodyBytes, isAnyType: role === 'probe', takesGzip, mostLines, prove });
}

function headerText({ headers }: Request, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

// What tells whether the hub lives is read of no store, and waits for nobody.
const NO_SLOT: ReadSlot = { stalled: () => {}, drained: () => {}, release: () => {} };

async function answerWith(slot: ReadSlot, answer: Promise<Answer>): Promise<Answered> {
  try {
    const answered = await answer;
    if ('next' in answered) return { text: answered, slot };
    slot.release();
    return answered;
  } catch (error) {
    slot.release();
    throw error;
  }
}

function otherMethod(routes: readonly Route[]): Reply {
  const methods = methodsOf(routes);
  const words = methods.filter((method) => method !== 'HEAD').join(' and ');
  return { ...failure(405, `this path answers ${words} only`), headers: { Allow: methods.join(', ') } };
}

type Admitted = Pick<RouteRequest, 'principal' | 'caller' | 'confinement' | 'isGranted'> & {
  readonly proveBody?: ProveBody;
};

const NO_BODY = Buffer.alloc(0);

const PROVED_BY_ROUTES = ['public', 'link', 'probe', 'push'] as const;

function isProvedByRoute(role: RouteRole): role is (typeof PROVED_BY_ROUTES)[number] {
  return PROVED_BY_ROUTES.some((one) => one === role);
}

/** Who asks, as far as the route wants to know. A link is its own proof, from wherever it is opened. */
async function admit(
  gate: Gate,
  request: IncomingMessage,
  route: Route | undefined,
  { isChange, params }: { readonly isChange: boolean; readonly params: Readonly<Record<string, string>> },
): Promise<Admitted | { readonly refused: Reply }> {
  const role = route?.role ?? 'admin';
  const isOpen = !isChange && route?.isOpen?.(params) === true;
  if (!isOpen && !isProvedByRoute(role))
    return gate.admit(request, {
      ...{ role, isChange, isConfinable: route?.isConfinable === true, clients: route?.clients },
    });
  const received = gate.receive(request, isChange && role === 'public');
  return 'refused' in received ? received : { ...received, principal: null, confinement: null };
}
