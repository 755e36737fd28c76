import type { IncomingMessage } from 'node:http';
import type { Body } from './body.ts';

/** The head of a request, whoever has read it from the socket. */
export type RequestHead = Pick<
  IncomingMessage,
  'method' | 'url' | 'headers' | 'httpVersionMajor' | 'httpVersionMinor'
> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/** A request whose body is still to be had. */
export interface ArrivingRequest {
  readonly head: RequestHead;
  /** Reads at most so many bytes of it. */
  readonly readBody: (limit: number) => Body | Promise<Body>;
}
