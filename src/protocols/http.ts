import * as z from 'zod';
import { Refusal } from '../lib/http/failure.ts';
import { requestOnce } from '../lib/http/look.ts';
import {
  BODY_LIMIT,
  client,
  familyOf,
  LookFailure,
  type Protocol,
  type Seen,
  TargetError,
  tlsOptions,
} from './contract.ts';

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const text = z.string({ error: 'must be text' });

const options = z.strictObject({
  method: text
    .regex(/^[A-Za-z]{1,20}$/, { error: 'must be a method such as GET or POST' })
    .transform((method) => method.toUpperCase())
    .default('GET')
    .describe('Method of the request'),
  headers: z
    .record(
      z.string().regex(NAME, { error: 'is no name of a header' }),
      z.union([z.string(), z.number()]).transform(String),
      {
        error: 'must hold headers in the form "name: value", without line breaks',
      },
    )
    .default({})
    .superRefine((headers, context) => {
      for (const [name, value] of Object.entries(headers)) {
        if (!/[\r\n\0]/.test(value)) continue;
        context.addIssue({ code: 'custom', path: [name], message: 'must be one line; remove the line break' });
      }
    })
    .describe('Headers of the request; a value may be env:NAME or file:PATH'),
  body: text
    .max(1024 ** 2)
    .optional()
    .describe('Body of the request'),
  graphql: z.boolean({ error: 'must be true or false' }).default(false).describe('Sends the body as {"query": …}'),
  client: client(),
});
type Options = z.output<typeof options>;

/** What a request to another origin may still carry: whatever else the configuration says may be a credential. */
const HARMLESS = ['accept', 'accept-language', 'content-type', 'user-agent'];
const REDIRECTS = [301, 302, 303, 307, 308];

/** Web servers, over HTTP/1.1 and HTTP/2. */
export const http: Protocol = {
  name: 'http',
  schemes: ['http', 'https'],
  summary: 'Sends a request, follows redirects, and reads status, body and certificate',
  example: 'https://www.example.com/health',
  options,
  conditions: ['[CONNECTED] == true', '[STATUS] < 400'],
  bind(written, given) {
    const bound = options.parse(given);
    const first = firstRequest(written, bound);
    return async (wanted, deps) => {
      const tls = await tlsOptions(bound.client);
      const hosts: string[] = [];
      const seen = new Set<string>();
      let next: Request = { ...first, headers: { 'user-agent': deps.userAgent, ...first.headers } };
      const times = createTimes(deps.saw);
      for (;;) {
        seen.add(`${next.method} ${next.url.href}`);
        const { status, location } = await requestOnce(
          {
            ...next,
            version: bound.client.http_version,
            tls,
            family: familyOf(bound.client),
            bodyLimit: wanted.body ? BODY_LIMIT : 0,
            opened: ({ ip, dnsMs, connectMs }) => {
              times.add({ dnsMs, connectMs });
              deps.saw({ ip });
            },
            secured: ({ tlsMs, certificate }) => {
              times.add({ tlsMs });
              deps.saw({ certificate });
            },
            answered: ({ status: code, firstByteMs, version }) => {
              deps.saw({ connected: true, status: code, version, timings: { firstByteMs } });
            },
            read: (body, isBodyCut) => deps.saw({ body, isBodyCut }),
          },
          deps,
        );
        if (!REDIRECTS.includes(status) || location === undefined || bound.client.ignore_redirect) return;
        next = redirected(next, status, location);
        hosts.push(next.url.host);
        deps.saw({ redirects: [...hosts] });
        if (seen.has(`${next.method} ${next.url.href}`)) throw wrongWay('in a circle', next.url);
        if (hosts.length > bound.client.max_redirects) {
          throw wrongWay(`more than ${bound.client.max_redirects} times`, next.url);
        }
      }
    };
  },
};

interface Request {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

function firstRequest(written: string, { method, headers, body, graphql }: Options): Request {
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url === null || url.hostname === '')
    throw new TargetError('must be an address such as https://www.example.com/health');
  const own = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), asBytes(value)]));
  if (graphql && !own.has('content-type')) own.set('content-type', 'application/json');
  if (!own.has('accept')) own.set('accept', '*/*');
  if (!own.has('accept-encoding')) own.set('accept-encoding', 'gzip, deflate, br');
  if ((url.username !== '' || url.password !== '') && !own.has('authorization')) {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    own.set('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  const content = body === undefined ? null : graphql ? JSON.stringify({ query: body }) : body;
  return { url, method, headers: Object.fromEntries(own), body: content };
}

/** A value beyond latin-1 goes out as its bytes in UTF-8. */
function asBytes(value: string): string {
  return /[^\t\x20-\x7e\x80-\xff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
}

function redirected(request: Request, status: number, location: string): Request {
  const to = URL.canParse(location, request.url.href) ? new URL(location, request.url) : null;
  if (to === null)
    throw new Refusal('protocol', `${request.url.host} redirects to an address that cannot be read`, false);
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    throw new Refusal('protocol', `${request.url.host} redirects to ${to.protocol}, which is not followed`, false);
  }
  to.username = '';
  to.password = '';
  if (to.hash !== '') to.hash = '';
  const isSame = to.origin === request.url.origin;
  const keepsMethod = status === 307 || status === 308 || request.method === 'HEAD' || request.method === 'GET';
  const body = keepsMethod ? request.body : null;
  if (!isSame && body !== null) throw wrongWay('a request with a body to another server', to);
  const dropped = keepsMethod ? [] : ['content-type'];
  const kept = Object.entries(request.headers).filter(
    ([name]) =>
      !dropped.includes(name) && (isSame || HARMLESS.includes(name) || name === 'accept-encoding') && name !== 'host',
  );
  // Another host has another name; on the same, the one that was asked for stays.
  const host = isSame && request.headers.host !== undefined ? { host: request.headers.host } : {};
  return {
    url: to,
    method: keepsMethod ? request.method : 'GET',
    headers: { ...Object.fromEntries(kept), ...host },
    body,
  };
}

/** Redirects that are not followed any further. */
function wrongWay(how: string, to: URL): LookFailure {
  return new LookFailure('redirects', `redirects ${how}; the last one led to ${to.host}`);
}

/** Adds the times of all requests up, for each has a connection of its own. */
function createTimes(saw: (part: Seen) => void) {
  const sums: { dnsMs?: number; connectMs?: number; tlsMs?: number } = {};
  return {
    add(part: typeof sums): void {
      for (const [name, ms] of Object.entries(part) as [keyof typeof sums, number][])
        sums[name] = (sums[name] ?? 0) + ms;
      saw({ timings: { ...sums } });
    },
  };
}
