import { hubAddress, LOOP_HEADER, readLoopHeader, type Via } from '../../core/peer/path.ts';
import type { RouteRequest } from '../api/route.ts';
import type { Reply } from '../reply.ts';
import { AlertaError } from './read.ts';

type Handler = (request: RouteRequest) => Promise<Reply>;

/** The way of what a forwarder sends: the servers that it names; undefined where it names none. Its name it gets here. */
export function viaOf(request: Pick<RouteRequest, 'header'>): Via | undefined {
  const urls = readLoopHeader(request.header(LOOP_HEADER));
  return urls.length === 0 ? undefined : { key: '', path: [], urls };
}

/**
 * A handler of what forwarders send: what this hub has had is answered as done, by whole entries of the header; and what
 * is so already is no fault of another server's, for it may have come by two ways.
 */
export function unlooped(what: 'Alert' | 'Action' | 'Delete', own: string, handler: Handler): Handler {
  return async (request) => {
    const via = viaOf(request);
    if (via === undefined) return handler(request);
    if (via.urls.includes(hubAddress(own))) {
      const from = request.header('origin') ?? '(unknown)';
      const message = `${what} forwarded by ${from} already processed by ${hubAddress(own)}`;
      return { status: 202, body: { status: 'ok', message } };
    }
    try {
      return await handler(request);
    } catch (error) {
      if (!(error instanceof AlertaError && error.status === 409)) throw error;
      return { status: 200, body: { status: 'ok', message: error.message } };
    }
  };
}
