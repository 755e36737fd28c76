import * as z from 'zod';
import { keptBody, PING_BODY_BYTES, type Ping } from '../../core/endpoint/push/ping.ts';
import { type ReadRequest, type Route, type RouteDefinition, route } from '../api/route.ts';
import { failure, type Reply } from '../reply.ts';
import type { PushParts } from './desk.ts';

const HEADERS = {
  'Content-Type': 'text/plain; charset=utf-8',
  'Access-Control-Allow-Origin': '*',
  'Ping-Body-Limit': String(PING_BODY_BYTES),
};
const said = (status: number, text: string): Reply => ({ status, body: undefined, page: text, headers: HEADERS });

const QUERY = z.object({ rid: z.guid('must be a UUID').optional() });
type Asked = ReadRequest<z.infer<typeof QUERY>, unknown>;

/** What the last part of an address says. */
type Told = Pick<Ping, 'kind' | 'exitCode'>;

const KINDS = ['start', 'fail', 'log'] as const;

/** `start`, `fail`, `log` or an exit code; null for another word, which is the name of an endpoint then. */
function toldBy(word: string): Told | null {
  const kind = KINDS.find((one) => one === word);
  if (kind !== undefined) return { kind, exitCode: null };
  if (!/^\d{1,3}$/.test(word) || Number(word) > 255) return null;
  return { kind: word === '0' ? 'success' : 'fail', exitCode: Number(word) };
}

const SUCCESS: Told = { kind: 'success', exitCode: null };

/**
 * `/ping/<secret>`: the addresses that jobs call, in the manner of Healthchecks. The secret of several may be the same:
 * then the name of the endpoint stands behind it. Who knows no secret does not learn here which there are.
 */
export function pingRoutes({ pushes }: PushParts): readonly Route[] {
  const ping = async (asked: Asked, isPost: boolean, told: Told, slug?: string): Promise<Reply> => {
    const found = pushes.find(asked.params.key ?? '', slug);
    if (found.outcome === 'ambiguous')
      return failure(409, 'several push endpoints have this secret: write the name of one behind it');
    if (found.outcome === 'unknown') return slug === undefined ? said(200, 'OK (not found)') : said(404, 'not found');
    if (found.entry.postOnly && !isPost)
      return { ...failure(405, 'this push endpoint is called by POST only'), headers: { Allow: 'POST' } };
    const body = asked.body instanceof Uint8Array ? keptBody(asked.body) : { body: '', isBinary: false };
    const call = { ...told, ...body, run: asked.query.rid?.toLowerCase() ?? '', durationMs: null, error: '' };
    return (await pushes.take(found.entry, call)) ?? said(200, 'OK');
  };
  const both = (path: string, summary: string, answer: (asked: Asked, isPost: boolean) => Promise<Reply>) => {
    const common: Pick<RouteDefinition<z.infer<typeof QUERY>, unknown>, 'path' | 'role' | 'summary' | 'query'> = {
      ...{ path, role: 'push', summary, query: QUERY },
    };
    return [
      route({ ...common, method: 'GET', readsNothing: true, answer: (asked) => answer(asked, false) }),
      route({
        ...{ ...common, method: 'POST', takesText: true, bodyBytes: PING_BODY_BYTES },
        answer: (asked) => answer(asked, true),
      }),
    ];
  };
  return [
    ...both('/ping/:key', 'A run of a push endpoint has ended well', (asked, isPost) => ping(asked, isPost, SUCCESS)),
    ...both('/ping/:key/:word', 'What it says: start, fail, log or an exit code; or its name', (asked, isPost) => {
      const { word = '' } = asked.params;
      const told = toldBy(word);
      if (told === null && /^\d+$/.test(word)) return Promise.resolve(failure(400, 'an exit code is 0 to 255'));
      return told === null ? ping(asked, isPost, SUCCESS, word) : ping(asked, isPost, told);
    }),
    ...both('/ping/:key/:slug/:word', 'The same of one that is named', (asked, isPost) => {
      const told = toldBy(asked.params.word ?? '');
      if (told === null) return Promise.resolve(failure(400, 'the last part must be start, fail, log or 0 to 255'));
      return ping(asked, isPost, told, asked.params.slug ?? '');
    }),
  ];
}
