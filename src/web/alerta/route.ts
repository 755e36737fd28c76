import { type Route, type RouteDefinition, type RouteRequest, route } from '../api/route.ts';
import type { Reply } from '../reply.ts';
import type { TextParts } from '../text.ts';
import { AlertaError } from './read.ts';

type Definition = RouteDefinition<unknown, unknown>;

/** Answers a request of a client of Alerta. Throws AlertaError. */
export type Handler = (request: RouteRequest) => Promise<Reply | TextParts>;

// A text of an alert may be long; the rest is refused.
const BODY_BYTES = 1024 * 1024;

/** The answer that something was done. */
export const OK: Reply = { status: 200, body: { status: 'ok' } };

/** A route of Alerta's API. */
export function alertaRoute(
  method: Definition['method'],
  path: string,
  role: Definition['role'],
  summary: string,
  answer: Handler,
): Route {
  const limit = method === 'GET' ? {} : { bodyBytes: BODY_BYTES };
  return route({ ...{ method, path, role, summary, clients: 'alerta' }, ...limit, answer: answered(answer) });
}

/** What cannot be taken is answered as Alerta does. */
function answered(handler: Handler): Handler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (!(error instanceof AlertaError)) throw error;
      return { status: error.status, body: { status: 'error', message: error.message } };
    }
  };
}

/** A document, or that there is none. Throws AlertaError. */
export function found(text: TextParts | undefined): TextParts {
  if (text === undefined) throw new AlertaError(404, 'not found');
  return text;
}
