import http, { type IncomingMessage } from 'node:http';
import { type Connecting, connectTo } from './connect.ts';
import { explain } from './failure.ts';

/** One event of a stream (the HTML standard, section 9.2); `id` is the last that was named. */
export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** What was asked for was answered with this status, and not with a stream. */
export class NotStreamed extends Error {
  readonly status: number;

  constructor(status: number, body: string) {
    super(body);
    this.name = 'NotStreamed';
    this.status = status;
  }
}

/** A line of a stream is no longer than this: an event of a hub has some kilobytes. */
const LONGEST = 8 * 1024 * 1024;

/** Reads an event stream until it ends or `signal` aborts. Throws NotStreamed, and an Error when it cannot be had. */
export async function* readEventStream(
  url: URL,
  headers: Readonly<Record<string, string>>,
  how: Connecting,
): AsyncGenerator<StreamEvent> {
  const response = await open(url, headers, how).catch((error: unknown) => {
    throw new Error(explain(error, url.host).reason);
  });
  const { statusCode = 0 } = response;
  response.setEncoding('utf8');
  if (statusCode !== 200) throw new NotStreamed(statusCode, await textOf(response));
  const parser = createEventParser();
  for await (const chunk of response as AsyncIterable<string>) yield* parser(chunk);
}

async function open(url: URL, headers: Readonly<Record<string, string>>, how: Connecting): Promise<IncomingMessage> {
  const { socket, plainProxy } = await connectTo(url, how);
  const path = `${plainProxy === null ? '' : url.origin}${url.pathname}${url.search}`;
  const all = { ...headers, host: url.host, accept: 'text/event-stream' };
  return new Promise((resolve, reject) => {
    const request = http.get({ createConnection: () => socket, path, headers: all, signal: how.signal });
    request.once('response', resolve).once('error', reject);
  });
}

async function textOf(response: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of response) {
    text += chunk;
    if (text.length > 64 * 1024) break;
  }
  return text;
}

/** Makes of pieces of text the events that they complete. A piece may end anywhere, between `\r` and `\n`, too. */
export function createEventParser(): (chunk: string) => StreamEvent[] {
  let rest = '';
  let [id, event, data] = ['', '', [] as string[]];
  const line = (text: string): StreamEvent | null => {
    if (text === '') {
      const done = data.length === 0 ? null : { id, event: event || 'message', data: data.join('\n') };
      [event, data] = ['', []];
      return done;
    }
    const colon = text.indexOf(':');
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    return null;
  };
  return (chunk) => {
    const found: StreamEvent[] = [];
    // A \r at the end may be half of a line break.
    const text = rest + chunk;
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const parts = whole.split(/\r\n|\r|\n/);
    rest = (parts.pop() ?? '') + text.slice(whole.length);
    if (rest.length > LONGEST) throw new Error('the stream has a line without an end');
    for (const part of parts) {
      const one = line(part);
      if (one !== null) found.push(one);
    }
    return found;
  };
}
