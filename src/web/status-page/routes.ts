import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { type Route, type RouteRequest, route } from '../api/route.ts';
import { isAccepted } from '../pages/files.ts';
import { failure, isKnown, type Reply } from '../reply.ts';
import { readPast, type StatusPageSource, shownEndpoints, statusPageDocument } from './document.ts';
import { keptFor } from './kept.ts';
import { statusPageHtml } from './page.ts';
import { STATUS_PAGE_DOCUMENT } from './schemas.ts';
import type { StatusPageSettings } from './shown.ts';
import { STATUS_HEADERS } from './style.ts';

/** What the public status page is made of. */
export interface StatusPageParts {
  readonly endpoints: StatusPageSource;
  readonly statusPage: () => StatusPageSettings;
  readonly now: () => number;
}

// However many ask, the store is read so often; the past of 90 days more seldom.
const KEPT_S = 5;
const PAST_KEPT_MS = 60_000;
// A browser that shows the page asks again so often, without a script.
const REFRESH_S = 60;

/** An answer in the forms in which it is sent. */
interface Made {
  readonly plain: Uint8Array;
  readonly gzip: Uint8Array;
  readonly tag: string;
}

/** The public status page, for people and as JSON: where it is configured, open to all. */
export function statusPageRoutes({ endpoints, statusPage, now }: StatusPageParts): readonly Route[] {
  let last: Basis | null = null;
  const past = keptFor(PAST_KEPT_MS, now, basis, ({ settings }) => {
    const keys = shownEndpoints(settings, endpoints).map(({ key }) => key);
    return readPast(settings, endpoints, keys, now());
  });
  const made = keptFor(KEPT_S * 1000, now, basis, async ({ settings }) => {
    const [states, before] = await Promise.all([endpoints.reads.endpointStates(), past()]);
    const document = statusPageDocument(settings, endpoints, { states, past: before, now: now() });
    return { html: formsOf(statusPageHtml(document)), json: formsOf(JSON.stringify(document)) };
  });
  const answer = (form: 'html' | 'json', headers: Readonly<Record<string, string>>) => async (request: RouteRequest) =>
    statusPage().enabled
      ? sendMade((await made())[form], request, headers)
      : failure(404, 'there is nothing at this path');
  return [
    route({
      ...{ method: 'GET', path: '/status', role: 'public', summary: 'The public status page, where there is one' },
      answer: answer('html', {
        ...STATUS_HEADERS,
        ...{ 'Content-Type': 'text/html; charset=utf-8', Refresh: String(REFRESH_S) },
      }),
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/status-page', role: 'public', query: z.strictObject({}) },
      ...{ summary: 'The same as JSON', answers: { 200: STATUS_PAGE_DOCUMENT } },
      answer: answer('json', {
        ...{ 'Content-Type': 'application/json; charset=utf-8', 'Access-Control-Allow-Origin': '*' },
        'Cross-Origin-Resource-Policy': 'cross-origin',
      }),
    }),
  ];

  /** What was read again is another object; the same one is the same configuration. */
  function basis(): Basis {
    const [settings, document] = [statusPage(), endpoints.document()];
    if (last?.settings !== settings || last.document !== document) last = { settings, document };
    return last;
  }
}

interface Basis {
  readonly settings: StatusPageSettings;
  readonly document: ReturnType<StatusPageSource['document']>;
}

function formsOf(text: string): Made {
  const plain = Buffer.from(text);
  return { plain, gzip: gzipSync(plain), tag: `"${createHash('sha1').update(plain).digest('base64url')}"` };
}

function sendMade({ plain, gzip, tag }: Made, { header }: RouteRequest, own: Readonly<Record<string, string>>): Reply {
  // Of one content there are two forms: so the tag is a weak one.
  const headers = {
    ...own,
    ...{ ETag: `W/${tag}`, Vary: 'Accept-Encoding', 'Cache-Control': `public, max-age=${KEPT_S}` },
  };
  const known = header('if-none-match');
  if (known !== undefined && isKnown(known, tag)) return { status: 304, body: undefined, headers };
  if (!isAccepted('gzip', header('accept-encoding') ?? ''))
    return { status: 200, body: undefined, bytes: plain, headers };
  return { status: 200, body: undefined, bytes: gzip, headers: { ...headers, 'Content-Encoding': 'gzip' } };
}
